"""The archive of one day, from its log tables: whole, or in parts that have visitors of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving import labels
from tidemark.archiving.aggregation import Groups, Partial, Starts, groups_of, merged, partial
from tidemark.archiving.catalogue import Catalogue, per_goal_name
from tidemark.archiving.compiling import CompiledRecord, Grouping
from tidemark.archiving.content import SET_PREFIX, Content, Number, stored_number
from tidemark.archiving.evaluation import Array, Parameters, SourceColumns
from tidemark.archiving.rows import leaves_of
from tidemark.archiving.shapes import METRIC, PATH, Shape
from tidemark.archiving.sources import conversion_pages
from tidemark.archiving.tables import Frame, encode, split
from tidemark.archiving.tree import Forest, RootLimits, cut, grow
from tidemark.model.settings import Settings
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin.expression import Col
from tidemark.plugin.record import Aggregate, Record, Source

MERGED_GROUPS = 1_500_000
"""At least so many groups of parts wait before those that are the same are merged, and twice as many as were left."""
VISIT_ORDER = {"start": "visit_first_action_time", "sent": "first_sequence"}
"""What tells which visit came first, by the names that parts use."""
_APART = frozenset({"idvisit", "visitor_id", "user_id", "order_id"})
"""Columns whose values are found in one part of a day's visitors only."""


@dataclass(frozen=True, slots=True)
class DayInputs:
    """A day's log tables (those without rows may be left out), and what else its archive depends on."""

    tables: Mapping[Source, pa.Table]
    site: TrackedSite
    settings: Settings
    parameters: Parameters
    is_part: bool = False
    """Whether other visitors of the day come in other tables."""


@dataclass(slots=True)
class DayPart:
    """What some of a day's visitors add to its archive."""

    partials: dict[Grouping, list[Partial]] = field(default_factory=dict)
    sets: dict[str, list[Array]] = field(default_factory=dict)
    waiting: int = 0
    """Groups that are not merged yet."""
    left: int = 0
    """How many the last merge left."""

    def keep(self, grouping: Grouping, found: Partial) -> None:
        """Take in the groups of a grouping."""
        self.partials[grouping] = [found]
        if not grouping.is_apart:  # what is found in one part only is never merged
            self.waiting += found.count

    def add(self, other: DayPart) -> None:
        """Add other visitors' part. What is the same is merged now and then, which bounds memory."""
        for grouping, partials in other.partials.items():
            self.partials.setdefault(grouping, []).extend(partials)
        for name, ids in other.sets.items():
            self.sets.setdefault(name, []).extend(ids)
        self.waiting += other.waiting
        if self.waiting > max(MERGED_GROUPS, 2 * self.left):
            self.waiting = 0
            for grouping, found in self.partials.items():  # one after the other, so that few groups stand twice
                if not grouping.is_apart:
                    self.keep(grouping, merged(grouping, found))
            self.left = self.waiting

    def take_groups(self) -> dict[Grouping, Groups]:
        """All groups as they are stored; those of the parts are let go."""
        found: dict[Grouping, Groups] = {}
        for grouping in list(self.partials):
            found[grouping] = groups_of(grouping, merged(grouping, self.partials.pop(grouping)))
        return found


def build_day(inputs: DayInputs, catalogue: Catalogue) -> Content:
    """All numbers and tables of a day. Without visits there are none."""
    return build_parts([inputs], catalogue)


def build_parts(parts: Iterable[DayInputs], catalogue: Catalogue) -> Content:
    """The same of a day whose visitors come in parts, no visitor, user or order in two of them."""
    given: list[tuple[TrackedSite, Settings]] = []

    def found() -> Iterator[DayPart]:
        for inputs in parts:
            given[:] = [(inputs.site, inputs.settings)]
            part = part_of(inputs, catalogue)
            del inputs  # before the next ones are read
            if part is not None:
                yield part

    whole = sum_of(found())
    return content_of(whole, *given[0], catalogue) if given else Content()


def sum_of(parts: Iterable[DayPart]) -> DayPart | None:
    """What all visitors add; None if no part has visits."""
    whole: DayPart | None = None
    for part in parts:
        if whole is None:
            whole = part
        else:
            whole.add(part)
    return whole


def can_split(catalogue: Catalogue) -> bool:
    """Whether all that is counted once is found in one part only: visits, visitors, users, orders."""
    groupings = [number.grouping for number in catalogue.compiled_numbers]
    groupings += [one for record in catalogue.compiled.values() for part in record.parts for one in part.groupings]
    return all(
        measure.of is not None and isinstance(measure.of.expression, Col) and measure.of.expression.name in _APART
        for grouping in groupings
        for measure in grouping.measures
        if measure.measure.aggregate is Aggregate.DISTINCT
    )


def part_of(inputs: DayInputs, catalogue: Catalogue) -> DayPart | None:
    """What the visitors of these tables add; None without visits."""
    visits = inputs.tables.get(Source.VISITS)
    if visits is None or not visits.num_rows:
        return None
    compiled = [catalogue.compiled[record.name] for record in catalogue.records_for(inputs.site)]
    wanted = _wanted(compiled, catalogue)
    sources = _sources(inputs, catalogue, with_pages=Source.CONVERSION_PAGES in wanted)
    starts = _starts(visits) if inputs.is_part else None
    found = DayPart()
    for source, rows in sources.items():
        for grouping, groups in partial(wanted.get(source, ()), rows, starts).items():
            found.keep(grouping, groups)
    found.sets = {name: [ids] for name, ids in _sets(catalogue, sources[Source.VISITS])}
    return found


def _starts(visits: pa.Table) -> Starts:
    """How parts find out which visit came first."""
    ids = visits["idvisit"].combine_chunks()
    columns = {name: visits[column].combine_chunks() for name, column in VISIT_ORDER.items()}

    def of(idvisit: Array) -> dict[str, Array]:
        place = pc.index_in(idvisit, value_set=ids)
        return {name: values.take(place) for name, values in columns.items()}

    return of


def groupings_of(site: TrackedSite, catalogue: Catalogue) -> list[Grouping]:
    """All groupings of a site's archives, in an order that equal declarations share."""
    compiled = [catalogue.compiled[record.name] for record in catalogue.records_for(site)]
    return [grouping for wanted in _wanted(compiled, catalogue).values() for grouping in wanted]


def content_of(whole: DayPart | None, site: TrackedSite, settings: Settings, catalogue: Catalogue) -> Content:
    """The archive's content of what all visitors add."""
    if whole is None:
        return Content()
    records = catalogue.records_for(site)
    found = whole.take_groups()
    numbers = dict(_numbers(catalogue, found, site))
    frames: dict[str, Frame] = {}
    for shape, group in by_shape(records, catalogue.shapes):
        options = {name: settings.value(name) for record in group for name in record.options}
        named = [(str(index), catalogue.compiled[record.name]) for index, record in enumerate(group)]
        leaves = leaves_of(named, shape, found, options)
        forest = grow(leaves.rows, leaves.goals, shape)
        numbers |= forest_numbers(forest, group, catalogue)
        frames |= forest_frames(forest, group, shape, settings)
    for name, ids in whole.sets.items():
        every = pc.unique(pa.chunked_array(ids))
        frames[SET_PREFIX + name] = encode(pa.table({"id": every.take(pc.sort_indices(every))}))
    return Content({name: value for name, value in numbers.items() if value}, frames)


def by_shape(records: Sequence[Record], shapes: Mapping[str, Shape]) -> Iterable[tuple[Shape, list[Record]]]:
    """Records that are worked on together: those of one and the same shape, which a catalogue has once each."""
    groups: dict[int, tuple[Shape, list[Record]]] = {}
    for record in records:
        shape = shapes[record.name]
        groups.setdefault(id(shape), (shape, []))[1].append(record)
    return groups.values()


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
        sells = inputs.site.site.ecommerce
        pages = conversion_pages(tables[Source.CONVERSIONS], tables[Source.ACTIONS], with_sales=sells)
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


def _sets(catalogue: Catalogue, visits: SourceColumns) -> Iterator[tuple[str, Array]]:
    """The different values of what longer periods count anew, as 64-bit numbers."""
    for name, value in catalogue.unique_values.items():
        ids = pc.unique(_identities(visits.values(value)).drop_null())
        if len(ids):
            yield name, ids


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
