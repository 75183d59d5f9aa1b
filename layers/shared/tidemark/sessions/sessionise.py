"""Hits to the visit log of a day: a pure function of the set of hits, the visitors' history and the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import ARROW_TYPES, arrow_schema, canonical, encoded
from tidemark.model.daylog import LogTable
from tidemark.model.hit import Column
from tidemark.model.log import (
    ACTION_COLUMNS,
    CONVERSION_COLUMNS,
    ITEM_COLUMNS,
    VISIT_COLUMNS,
    VISITOR_COLUMNS,
)
from tidemark.plugin.dimension import Dimension, Scope
from tidemark.sessions.actions import actions_of
from tidemark.sessions.chain import Chain, chain_of
from tidemark.sessions.conversion_tables import conversions_of, items_of
from tidemark.sessions.conversions import Converted, convert
from tidemark.sessions.hits import UNIQUE_TEXTS, prepare
from tidemark.sessions.recognition import recognise
from tidemark.sessions.rules import Rules
from tidemark.sessions.scopes import only, scoped
from tidemark.sessions.visits import identity_of, visitors_of, visits_of

Logs = Mapping[LogTable, pa.Table]
"""The tables of a day's visit log, with the columns that `log_columns` tells, sorted."""


@dataclass(frozen=True, slots=True)
class History:
    """What earlier days say of the visitors of a day."""

    visitors: pa.Table = field(default_factory=lambda: arrow_schema(VISITOR_COLUMNS).empty_table())
    """One row per visitor, with VISITOR_COLUMNS: the last visit of earlier days that was received before this day's."""
    orders: Collection[str] = frozenset()
    """Order ids of this day that were given before."""


NO_HISTORY = History()
TIMES: Final[Mapping[LogTable, str]] = {
    "visits": "visit_last_action_time",
    "actions": "server_time",
    "conversions": "server_time",
    "items": "server_time",
}
"""Which time puts a row on its day."""


def log_columns(table: LogTable, dimensions: Iterable[Dimension]) -> tuple[Column, ...]:
    """The columns of a table of the visit log, plugins' dimensions included."""
    match table:
        case "visits":
            own = [one for one in dimensions if one.scope is Scope.VISIT]
            return VISIT_COLUMNS + _as_columns(own)
        case "actions":
            return ACTION_COLUMNS + _as_columns([one for one in dimensions if one.scope is Scope.ACTION])
        case "conversions":
            copied = [one for one in dimensions if one.scope is Scope.VISIT and one.on_conversion]
            return CONVERSION_COLUMNS + _as_columns(copied)
        case "items":
            return ITEM_COLUMNS
        case "visitors":
            return VISITOR_COLUMNS


def _as_columns(dimensions: list[Dimension]) -> tuple[Column, ...]:
    return tuple(Column(one.column, one.type) for one in dimensions)


def sessionise(hits: pa.Table, history: History, rules: Rules, day: tuple[int, int] | None = None) -> Logs:
    """The visit log of a site's local day.

    `hits`: in any order, with any repetition. Equal sets of hits give equal tables, byte for byte. Without `day` they
    are those of the day. Where visits go on at midnight they are also those around it, and `day` (start and end in unix
    seconds, the end excluded) says what is kept: visits by their last action, actions and conversions by their own time.
    """
    prepared = prepare(hits, rules.dimensions)
    earlier = history.visitors["visitor_id"].combine_chunks()
    recognised = recognise(prepared, earlier, rules)
    chain = chain_of(recognised)
    who = identity_of(chain, history.visitors)
    converted = convert(chain, history.orders)
    visits = visits_of(chain, who, converted.is_converting, _bonus(chain, converted), rules)
    both = recognised.column("custom_dimensions")
    of_visit = scoped(only(both, rules.visit_dimensions.__contains__), chain.runs)
    of_action = only(both, lambda key: key not in rules.visit_dimensions)
    variables = scoped(only(recognised.column("custom_variables_visit"), lambda _: True), chain.runs)
    visits["custom_dimensions"] = of_visit.at_end()
    visits["custom_variables_visit"] = variables.at_end()
    conversions = conversions_of(chain, converted.reached, who, visits, of_visit, variables, rules)

    def made(name: LogTable, columns: Mapping[str, pa.Array]) -> pa.Table:
        return _table(_of_day(columns, day, TIMES[name]), log_columns(name, rules.dimensions))

    logs: dict[LogTable, pa.Table] = {
        "visits": made("visits", visits),
        "conversions": made("conversions", conversions),
        "items": made("items", items_of(converted.sales, recognised, rules)),
        "actions": made("actions", actions_of(chain, of_action, rules)),
    }
    seen = prepared.key.filter(prepared.has_id).unique()
    summary = {
        "visitor_id": visits["visitor_id"],
        "first_visit_start": who.first_start,
        "last_visit_start": visits["visit_first_action_time"],
        "visits": visits["visitor_count_visits"],
        "last_order_start": who.order_start,
        "first_sequence": visits["first_sequence"],
        TIMES["visits"]: visits[TIMES["visits"]],
    }
    return {**logs, "visitors": visitors_of(_of_day(summary, day, TIMES["visits"]), seen)}


def _of_day(columns: Mapping[str, pa.Array], day: tuple[int, int] | None, time: str) -> Mapping[str, pa.Array]:
    """The rows whose time lies in the day."""
    if day is None:
        return columns
    is_kept = pc.and_(pc.greater_equal(columns[time], day[0]), pc.less(columns[time], day[1]))
    return {name: values.filter(is_kept) for name, values in columns.items()}


def _bonus(chain: Chain, converted: Converted) -> pa.Int64Array:
    """Of each visit: what its last request adds to the duration by converting the visit of a known visitor."""
    last = chain.runs.last
    is_known = pc.or_(pc.not_equal(last, chain.runs.first), chain.recognised.is_known)
    adds = pc.and_(converted.is_converting.take(last), is_known)
    return pc.if_else(adds, pc.add(converted.idgoal.take(last), 2), 0)


def _table(columns: Mapping[str, pa.Array], wanted: Iterable[Column]) -> pa.Table:
    """The columns in their declared order and types; texts that repeat are encoded by dictionary."""
    made = {}
    for column in wanted:
        values = columns[column.name]
        if ARROW_TYPES[column.type] == pa.string() and column.name not in UNIQUE_TEXTS:
            made[column.name] = canonical(values if pa.types.is_dictionary(values.type) else encoded(values))
        else:
            made[column.name] = values.cast(ARROW_TYPES[column.type])
    return pa.table(made)
