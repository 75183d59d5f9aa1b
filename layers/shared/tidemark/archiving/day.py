"""The archive of one day, from its log tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving import labels
from tidemark.archiving.aggregation import Aggregation, Grouping, Groups, aggregate
from tidemark.archiving.catalogue import Catalogue, per_goal_name
from tidemark.archiving.content import SET_PREFIX, Content, Number, stored_number
from tidemark.archiving.measures import Parameters, value_sql
from tidemark.archiving.merging import PATH
from tidemark.archiving.rows import groupings_of, leaves_of
from tidemark.archiving.shapes import METRIC, Shape
from tidemark.archiving.sources import open_sources
from tidemark.archiving.tables import Frame, encode, split
from tidemark.archiving.tree import Forest, RootLimits, cut, grow, roots_of
from tidemark.model.settings import Settings
from tidemark.model.snapshot import TrackedSite
from tidemark.plugin.expression import Col, col
from tidemark.plugin.record import Numeric, Record, Source


@dataclass(frozen=True, slots=True)
class DayInputs:
    """A day's log tables (those without rows may be left out), and what else its archive depends on."""

    tables: Mapping[Source, pa.Table]
    site: TrackedSite
    settings: Settings
    parameters: Parameters


def build_day(cursor: Any, inputs: DayInputs, catalogue: Catalogue) -> Content:
    """All numbers and tables of a day. Without visits there are none."""
    visits = inputs.tables.get(Source.VISITS)
    if visits is None or not visits.num_rows:
        return Content()
    records = catalogue.records_for(inputs.site)
    uses_pages = any(part.source is Source.CONVERSION_PAGES for record in records for part in record.parts)
    sources = open_sources(cursor, inputs.tables, with_pages=uses_pages)
    found: dict[Grouping, Groups] = {}
    for wanted in _wanted(records, catalogue):
        if sources.rows.get(wanted.source):
            found |= aggregate(cursor, wanted, inputs.parameters, sources.rows[wanted.source])
    numbers = dict(_numbers(catalogue.numerics, found))
    frames: dict[str, Frame] = {}
    for shape, group in by_shape(records, catalogue.shapes).items():
        options = {name: inputs.settings.value(name) for record in group for name in record.options}
        named = [(str(index), record) for index, record in enumerate(group)]
        leaves = leaves_of(named, shape, found, options)
        forest = grow(leaves.rows, leaves.goals, shape)
        numbers |= forest_numbers(forest, group, catalogue)
        frames |= forest_frames(forest, group, shape, inputs.settings)
    frames |= dict(_sets(cursor, catalogue, inputs.parameters))
    return Content({name: value for name, value in numbers.items() if value}, frames)


def by_shape(records: Sequence[Record], shapes: Mapping[str, Shape]) -> dict[Shape, list[Record]]:
    """Records that are worked on together."""
    groups: dict[Shape, list[Record]] = {}
    for record in records:
        groups.setdefault(shapes[record.name], []).append(record)
    return groups


def forest_frames(forest: Forest, records: Sequence[Record], shape: Shape, settings: Settings) -> dict[str, Frame]:
    """The tables of records of one shape, cut and ready to be stored."""
    levels = cut(forest, shape, lambda root: _limits(_record_of(root, records), settings))
    roots = roots_of(forest)
    return {table_name(roots[number], records): encode(table) for number, table in split(levels, shape, len(roots))}


def forest_numbers(
    forest: Forest, records: Sequence[Record], catalogue: Catalogue, *, totals: bool = True
) -> dict[str, Number]:
    """Numbers taken from tables before they are cut: sums over the main table (`totals`) and numbers of rows."""
    roots = {record.name: str(index) for index, record in enumerate(records)}
    numbers: dict[str, Number] = {}
    for number in catalogue.totals if totals else ():
        if number.record in roots:
            column = forest.totals[METRIC + number.column]
            own = column.filter(pc.equal(forest.totals[PATH], roots[number.record]))
            numbers[number.name] = stored_number(own[0].as_py() if len(own) else 0)
    for count in catalogue.counts:
        if count.record in roots:
            levels = forest.levels[:1] if count.level == 0 else forest.levels[1:]
            start = roots[count.record] + labels.SEPARATOR
            numbers[count.name] = sum(pc.sum(pc.starts_with(level.rows[PATH], start)).as_py() or 0 for level in levels)
    return numbers


def table_name(root: str, records: Sequence[Record]) -> str:
    """The name under which a root's table is stored."""
    _, _, idgoal = root.partition(":")
    return per_goal_name(_record_of(root, records).name, idgoal)


def _record_of(root: str, records: Sequence[Record]) -> Record:
    return records[int(root.partition(":")[0])]


def _limits(record: Record, settings: Settings) -> RootLimits:
    rows, subtable_rows = (
        settings.number(name) if name else 0 for name in (record.limit.rows, record.limit.subtable_rows)
    )
    return RootLimits(rows, subtable_rows)


def _wanted(records: Sequence[Record], catalogue: Catalogue) -> list[Aggregation]:
    wanted: dict[Source, Aggregation] = {}

    def of(source: Source) -> Aggregation:
        return wanted.setdefault(source, Aggregation(source, catalogue.types[source]))

    for number in catalogue.numerics:
        of(number.source).want(_grouping(number), [number.measure])
    for record in records:
        for part in record.parts:
            for grouping, measures in groupings_of(record, part):
                of(part.source).want(grouping, measures)
    return list(wanted.values())


def _grouping(number: Numeric) -> Grouping:
    return Grouping(number.source, (col("idgoal"),) if number.per_goal else (), number.where)


def _numbers(numerics: Sequence[Numeric], found: Mapping[Grouping, Groups]) -> Iterator[tuple[str, Number]]:
    for number in numerics:
        groups = found.get(_grouping(number))
        if groups is None:
            continue
        values = groups.measure(number.measure).to_pylist()
        if not number.per_goal:
            yield number.name, stored_number(values[0])
            continue
        for idgoal, value in zip(groups.key(0).to_pylist(), values, strict=True):
            yield per_goal_name(number.name, idgoal), stored_number(value)


def _sets(cursor: Any, catalogue: Catalogue, parameters: Parameters) -> Iterator[tuple[str, Frame]]:
    """The different values of what longer periods count anew, as sorted 64-bit numbers."""
    for number in catalogue.uniques:
        of = number.measure.of
        if of is None:
            continue
        columns = catalogue.types[number.source]
        value = value_sql(of, columns, parameters)
        is_id = isinstance(of, Col) and columns.get(of.name) == "uint64"
        as_number = value if is_id else f"md5_number_lower(CAST({value} AS VARCHAR))"
        conditions = [f"{value} IS NOT NULL"]
        conditions += [part.sql(parameters) for part in (number.where, number.measure.where) if part is not None]
        values = cursor.sql(
            f"SELECT DISTINCT {as_number} AS id FROM {number.source.value} WHERE {' AND '.join(conditions)} ORDER BY 1"
        ).to_arrow_table()
        if values.num_rows:
            yield SET_PREFIX + number.name, encode(values)
