"""The sources of records: log tables, the columns that are read of them, and what is derived from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.kinds import columns_of
from tidemark.archiving.numbers import row_numbers
from tidemark.model.daylog import LogTable
from tidemark.model.hit import ActionType, ColumnType
from tidemark.model.log import ACTION_COLUMNS, CONVERSION_COLUMNS, ITEM_COLUMNS, VISIT_COLUMNS
from tidemark.plugin.dimension import Dimension, Scope
from tidemark.plugin.record import Measure, Numeric, Part, Ratio, Record, Source

LOG_TABLE: Mapping[Source, LogTable] = {
    Source.VISITS: "visits",
    Source.ACTIONS: "actions",
    Source.CONVERSIONS: "conversions",
    Source.ITEMS: "items",
}
_CONVERSION = (
    "idgoal",
    "idvisit",
    "buster",
    "pageviews_before",
    "revenue",
    "revenue_subtotal",
    "revenue_tax",
    "revenue_shipping",
    "revenue_discount",
    "items",
)
_PAGE = ("url", "url_prefix", "title")
_SEEN, _ORDER, _PAGE_ORDER = "seen_time", "order", "page_order"
_KEYS: Mapping[Source, tuple[str, ...]] = {
    Source.ACTIONS: ("server_time", "action_type"),
    Source.CONVERSIONS: ("server_time", "idgoal"),
}
"""Columns that derived sources join on."""


def column_types(dimensions: Iterable[Dimension]) -> dict[Source, dict[str, ColumnType]]:
    """Columns of every source, those that plugins add included."""
    dimensions = tuple(dimensions)
    types: dict[Source, dict[str, ColumnType]] = {
        Source.VISITS: {column.name: column.type for column in VISIT_COLUMNS},
        Source.ACTIONS: {column.name: column.type for column in ACTION_COLUMNS},
        Source.CONVERSIONS: {column.name: column.type for column in CONVERSION_COLUMNS},
        Source.ITEMS: {column.name: column.type for column in ITEM_COLUMNS},
    }
    for dimension in dimensions:
        scope = Source.VISITS if dimension.scope is Scope.VISIT else Source.ACTIONS
        types[scope][dimension.column] = dimension.type
        if dimension.on_conversion:
            types[Source.CONVERSIONS][dimension.column] = dimension.type
    types[Source.CONVERSION_PAGES] = {
        **{name: types[Source.CONVERSIONS][name] for name in _CONVERSION},
        **{name: types[Source.ACTIONS][name] for name in _PAGE},
    }
    return types


def columns_needed(records: Iterable[Record], numbers: Iterable[Numeric]) -> dict[Source, set[str]]:
    """The columns that declarations read, by the log table that has them."""
    needed: dict[Source, set[str]] = {}
    for record in records:
        for part in record.parts:
            names = needed.setdefault(part.source, set())
            names.update(part_columns(part))
            if record.per_goal or part.per_goal:
                names.add("idgoal")
        names = needed.setdefault(record.parts[0].source, set())
        for text in record.texts:
            names.update(columns_of(text.of))
    for number in numbers:
        names = needed.setdefault(number.source, set())
        names.update(_measure_columns(number.measure), columns_of(number.where))
        if number.per_goal:
            names.add("idgoal")
    if Source.CONVERSION_PAGES in needed:
        del needed[Source.CONVERSION_PAGES]
        needed.setdefault(Source.CONVERSIONS, set()).update(_CONVERSION, _KEYS[Source.CONVERSIONS])
        needed.setdefault(Source.ACTIONS, set()).update(_PAGE, _KEYS[Source.ACTIONS])
    for names in needed.values():
        names.add("idvisit")
    return needed


def part_columns(part: Part) -> set[str]:
    """The columns that a part reads."""
    names = set(columns_of(part.where))
    for key in part.by:
        names.update(columns_of(key))
    for bucket in part.buckets:
        names.update(columns_of(bucket.where))
    for measure in part.metrics:
        if not isinstance(measure, Ratio):
            names.update(_measure_columns(measure))
    return names


def _measure_columns(measure: Measure) -> set[str]:
    return {name for expression in (measure.of, measure.where, measure.only) for name in columns_of(expression)}


def conversion_pages(conversions: pa.Table, actions: pa.Table, *, with_sales: bool) -> pa.Table:
    """The pages seen up to a conversion, in the order of both; up to orders and carts only of sites that sell.

    Source: Matomo 5.2, plugins/Actions/RecordBuilders/ActionReports (goal columns of page reports).
    """
    if not with_sales:
        conversions = conversions.filter(pc.greater(conversions["idgoal"], 0))
    pages = actions.filter(pc.equal(actions["action_type"], ActionType.PAGE))
    left = conversions.select([*_CONVERSION, "server_time"]).append_column(_ORDER, row_numbers(conversions.num_rows))
    right = pages.select(["idvisit", *_PAGE, "server_time"]).rename_columns(["idvisit", *_PAGE, _SEEN])
    right = right.append_column(_PAGE_ORDER, row_numbers(pages.num_rows))
    joined = left.join(right, "idvisit", join_type="inner", use_threads=False)
    seen = joined.filter(pc.less_equal(joined[_SEEN], joined["server_time"]))
    return seen.take(pc.sort_indices(seen, sort_keys=[(_ORDER, "ascending"), (_PAGE_ORDER, "ascending")]))
