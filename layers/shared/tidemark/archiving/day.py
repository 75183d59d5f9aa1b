"""The archive of one day, from its log tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving import labels
from tidemark.archiving.aggregation import Groups, aggregate
from tidemark.archiving.catalogue import Catalogue, per_goal_name
from tidemark.archiving.compiling import CompiledRecord, Grouping
from tidemark.archiving.content import SET_PREFIX, Content, Number, stored_number
from tidemark.archiving.evaluation import Array, Parameters, SourceColumns
from tidemark.archiving.merging import PATH
from tidemark.archiving.rows import leaves_of
from tidemark.archiving.shapes import METRIC, Shape
from tidemark.archiving.sources import conversion_pages
from tidemark.archiving.tables import Frame, encode, split
from tidemark.archiving.tree import Forest, RootLimits, cut, grow
from tidemark.model.settings import Settings
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin.record import Record, Source


@dataclass(frozen=True, slots=True)
class DayInputs:
    """A day's log tables (those without rows may be left out), and what else its archive depends on."""

    tables: Mapping[Source, pa.Table]
    site: TrackedSite
    settings: Settings
    parameters: Parameters


def build_day(inputs: DayInputs, catalogue: Catalogue) -> Content:
    """All numbers and tables of a day. Without visits there are none."""
    visits = inputs.tables.get(Source.VISITS)
    if visits is None or not visits.num_rows:
        return Content()
    records = catalogue.records_for(inputs.site)
    compiled = [catalogue.compiled[record.name] for record in records]
    wanted = _wanted(compiled, catalogue)
    sources = _sources(inputs, catalogue, with_pages=Source.CONVERSION_PAGES in wanted)
    found: dict[Grouping, Groups] = {}
    for source, rows in sources.items():
        found |= aggregate(wanted.get(source, ()), rows)
    numbers = dict(_numbers(catalogue, found, inputs.site))
    frames: dict[str, Frame] = {}
    for shape, group in by_shape(records, catalogue.shapes).items():
        options = {name: inputs.settings.value(name) for record in group for name in record.options}
        named = [(str(index), catalogue.compiled[record.name]) for index, record in enumerate(group)]
        leaves = leaves_of(named, shape, found, options)
        forest = grow(leaves.rows, leaves.goals, shape)
        numbers |= forest_numbers(forest, group, catalogue)
        frames |= forest_frames(forest, group, shape, inputs.settings)
    frames |= dict(_sets(catalogue, sources))
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
    roots = forest.roots
    return {table_name(roots[number], records): encode(table) for number, table in split(levels, shape, len(roots))}


def forest_numbers(
    forest: Forest, records: Sequence[Record], catalogue: Catalogue, *, totals: bool = True
) -> dict[str, Number]:
    """Numbers taken from tables before they are cut: sums over the main table (`totals`) and numbers of rows."""
    roots = {record.name: str(index) for index, record in enumerate(records)}
    numbers: dict[str, Number] = {}
    for number in catalogue.totals if totals else ():
        if number.record in roots:
            numbers[number.name] = _total(forest, roots[number.record], METRIC + number.column)
    for count in catalogue.counts:
        if count.record in roots:
            levels = forest.levels[:1] if count.level == 0 else forest.levels[1:]
            start = roots[count.record] + labels.SEPARATOR
            numbers[count.name] = sum(pc.sum(pc.starts_with(level.rows[PATH], start)).as_py() or 0 for level in levels)
    return numbers


def _total(forest: Forest, root: str, column: str) -> Number:
    """The sum of a column over a main table."""
    if not forest.levels:
        return 0
    rows = forest.levels[0].rows
    own = rows[column].filter(pc.starts_with(rows[PATH], root + labels.SEPARATOR))
    return stored_number(pc.sum(own).as_py())


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


def _sources(inputs: DayInputs, catalogue: Catalogue, *, with_pages: bool) -> dict[Source, SourceColumns]:
    """The sources that have rows."""
    tables = {source: table for source, table in inputs.tables.items() if table.num_rows}
    if with_pages and Source.CONVERSIONS in tables and Source.ACTIONS in tables:
        pages = conversion_pages(tables[Source.CONVERSIONS], tables[Source.ACTIONS])
        tables |= {Source.CONVERSION_PAGES: pages} if pages.num_rows else {}
    return {source: SourceColumns.of(table, inputs.parameters, catalogue.shared) for source, table in tables.items()}


def _wanted(records: Sequence[CompiledRecord], catalogue: Catalogue) -> dict[Source, dict[Grouping, None]]:
    """The groupings to compute, each once, by source."""
    wanted: dict[Source, dict[Grouping, None]] = {}
    groupings = [number.grouping for number in catalogue.compiled_numbers]
    groupings += [grouping for record in records for part in record.parts for grouping in part.groupings]
    for grouping in groupings:
        wanted.setdefault(grouping.source, {})[grouping] = None
    return wanted


def _numbers(catalogue: Catalogue, found: Mapping[Grouping, Groups], site: TrackedSite) -> Iterator[tuple[str, Number]]:
    for compiled in catalogue.compiled_numbers:
        groups, number = found.get(compiled.grouping), compiled.number
        if groups is None or not (number.needs is None or number.needs(site)):
            continue
        values = groups.measures[compiled.measure].to_pylist()
        if not number.per_goal:
            yield number.name, stored_number(values[0])
            continue
        for idgoal, value in zip(groups.keys[0].to_pylist(), values, strict=True):
            yield per_goal_name(number.name, idgoal), stored_number(value)


def _sets(catalogue: Catalogue, sources: Mapping[Source, SourceColumns]) -> Iterator[tuple[str, Frame]]:
    """The different values of what longer periods count anew, as sorted 64-bit numbers."""
    for name, value in catalogue.unique_values.items():
        ids = pc.unique(_identities(sources[Source.VISITS].values(value)).drop_null())
        if len(ids):
            yield SET_PREFIX + name, encode(pa.table({"id": ids.take(pc.sort_indices(ids))}))


def _identities(values: Array) -> pa.Array:
    """Values as 64-bit numbers: ids as they are, all else by a hash that is the same everywhere."""
    if values.type == pa.uint64():
        return values
    if not isinstance(values, pa.DictionaryArray):
        values = values.cast(pa.string()).dictionary_encode()
    hashes = pa.array([_hashed(text) for text in values.dictionary.to_pylist()], pa.uint64())
    return hashes.take(values.indices)


def _hashed(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
