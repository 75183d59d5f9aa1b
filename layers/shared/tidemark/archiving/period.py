"""Archives of longer periods, merged from those of shorter ones. Hits and visits are not read again.

Source: Matomo 5.2, archiving rules, section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.appearance import ranked
from tidemark.archiving.catalogue import GOAL_FIELD, Catalogue
from tidemark.archiving.content import SET_PREFIX, Content, Number, stored_number
from tidemark.archiving.day import by_shape, forest_frames, forest_numbers
from tidemark.archiving.merging import merge_goals, merge_rows
from tidemark.archiving.shapes import Shape
from tidemark.archiving.stacking import Stored, Unfolded, unfolded
from tidemark.archiving.tables import Frame, encode
from tidemark.archiving.tree import gather
from tidemark.model.period import PeriodKind
from tidemark.model.settings import Settings
from tidemark.plugin.record import Merge, Record

MERGED_ROWS = 1_000_000
"""So many rows of one shape are merged at a time, which bounds memory."""
STACKED_ROWS = 200_000
"""So many rows of one name are unfolded at a time."""


@dataclass(frozen=True, slots=True)
class Child:
    """An archive to merge: its numbers, the names of its frames, a reader of them."""

    numbers: Mapping[str, Number]
    names: Iterable[str]
    table: Callable[[str], pa.Table]
    start: date
    """Its first day."""


def merge_period(
    kind: PeriodKind, children: Sequence[Child], catalogue: Catalogue, settings: Settings, *, keeps_sets: bool
) -> Content:
    """The content of a period from archives that cover it, given in any order.

    `keeps_sets`: longer periods will be merged from it.
    """
    children = sorted(children, key=lambda child: child.start)
    sets = {name: _union(name, children) for name in catalogue.unique_values}
    numbers = dict(_numbers(children, catalogue))
    if settings.flag(f"General.enable_processing_unique_visitors_{kind}"):
        numbers |= {name: len(values) for name, values in sets.items()}
    frames: dict[str, Frame] = {}
    if keeps_sets:
        frames = {SET_PREFIX + name: encode(values) for name, values in sets.items() if len(values)}
    stored = {name for child in children for name in child.names}
    for day_shape, records in by_shape(_present(catalogue, stored), catalogue.shapes):
        shape = day_shape.above_day
        rows, goals = _merged(children, records, shape)
        forest = gather(rows, goals)
        numbers |= forest_numbers(forest, records, catalogue, totals=False)
        frames |= forest_frames(forest, records, shape, settings)
    return Content({name: value for name, value in numbers.items() if value}, frames)


def _present(catalogue: Catalogue, stored: set[str]) -> list[Record]:
    """The declared records of which there are tables, in declared order."""
    names = {record.name for name in stored if (record := catalogue.record_of(name)) is not None}
    return [record for record in catalogue.records if record.name in names]


def _numbers(children: Sequence[Child], catalogue: Catalogue) -> Iterator[tuple[str, Number]]:
    """Sums, smallest and largest values. Uniques become the sum of days under their other name."""
    for number in catalogue.numerics:
        renamed = number.measure.daily_sum
        for name in _names_of(number.name, children):
            values = [child.numbers[name] for child in children if name in child.numbers]
            if renamed is None:
                yield name, _combined(number.measure.merge, values)
        if renamed is not None:
            values = [child.numbers.get(renamed, child.numbers.get(number.name, 0)) for child in children]
            yield renamed, stored_number(sum(values))
    for total in catalogue.totals:
        yield total.name, stored_number(sum(child.numbers.get(total.name, 0) for child in children))


def _names_of(name: str, children: Sequence[Child]) -> list[str]:
    """The number's name, or of a number per goal the names that stand for it."""
    if GOAL_FIELD not in name:
        return [name]
    start, _, end = name.partition(GOAL_FIELD)
    found = {
        stored
        for child in children
        for stored in child.numbers
        if stored.startswith(start) and stored.endswith(end) and _is_goal(stored[len(start) : len(stored) - len(end)])
    }
    return sorted(found)


def _is_goal(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _combined(merge: Merge, values: Sequence[Number]) -> Number:
    if not values:
        return 0
    match merge:
        case Merge.MIN:
            return min(values)
        case Merge.MAX | Merge.KEEP:
            return max(values)
        case Merge.SUM:
            return stored_number(sum(values))


def _union(number: str, children: Sequence[Child]) -> pa.Table:
    """All different values of the children's sets, sorted."""
    name = SET_PREFIX + number
    columns = [child.table(name)["id"] for child in children if name in child.names]
    chunks = [chunk for column in columns for chunk in column.chunks]
    values = pc.unique(pa.chunked_array(chunks, pa.uint64()))
    return pa.table({"id": values.take(pc.sort_indices(values))})


def _merged(children: Sequence[Child], records: Sequence[Record], shape: Shape) -> tuple[pa.Table, pa.Table | None]:
    """All children's rows of records of one shape, merged by their paths."""
    rows: list[pa.Table] = []
    goals: list[pa.Table] = []
    waiting = 0
    for found in _unfolded(children, records, shape):
        rows.append(found.rows)
        goals.extend(found.goals)
        waiting += found.rows.num_rows
        if waiting > MERGED_ROWS:
            rows, goals = [merge_rows(rows, shape, are_alike=True)], [merge_goals(goals, shape)] if goals else []
            waiting = rows[0].num_rows
    merged = ranked(merge_rows(rows, shape, are_alike=len(children) > 1), shape)
    return merged, merge_goals(goals, shape) if goals else None


def _unfolded(children: Sequence[Child], records: Sequence[Record], shape: Shape) -> Iterator[Unfolded]:
    """The children's stored tables as rows with paths: those of one name together, as far as memory allows."""
    for root, name in _roots({name for child in children for name in child.names}, records):
        tables: list[Stored] = []
        waiting = 0
        for child in children:
            if name in child.names:
                tables.append(Stored(child.table(name), child.start))
                waiting += tables[-1].table.num_rows
            if waiting > STACKED_ROWS:
                yield unfolded(root, tables, shape)
                tables, waiting = [], 0
        if tables:
            yield unfolded(root, tables, shape)


def _roots(names: Iterable[str], records: Sequence[Record]) -> Iterator[tuple[str, str]]:
    """Stored tables of the records, each with its root."""
    stored = sorted(names)
    for index, record in enumerate(records):
        if not record.per_goal:
            if record.name in stored:
                yield str(index), record.name
            continue
        start, _, end = record.name.partition(GOAL_FIELD)
        for name in stored:
            idgoal = name[len(start) : len(name) - len(end)]
            if name.startswith(start) and name.endswith(end) and _is_goal(idgoal):
                yield f"{index}:{idgoal}", name
