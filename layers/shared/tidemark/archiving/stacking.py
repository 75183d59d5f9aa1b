"""Stored tables of one name, of several periods, as rows with paths: one pass over all costs little more than over one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving import labels
from tidemark.archiving.appearance import noted
from tidemark.archiving.merging import IDGOAL, ORDER
from tidemark.archiving.numbers import WHOLE, row_numbers
from tidemark.archiving.shapes import GOAL, GOALS, METRIC, PATH, Shape
from tidemark.archiving.tree import LABEL, PARENT


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored table and the first day of its period."""

    table: pa.Table
    start: date


@dataclass(frozen=True, slots=True)
class Unfolded:
    """Rows with paths, and those of their goals: one table for each set of columns that goals have."""

    rows: pa.Table
    goals: Sequence[pa.Table]


def unfolded(root: str, tables: Sequence[Stored], shape: Shape) -> Unfolded:
    """The rows of stored tables under one root, table by table. `shape` is that above the day."""
    counts = [one.table.num_rows for one in tables]
    firsts = [0, *accumulate(counts[:-1])]
    stacked = _stacked([one.table for one in tables], shape)
    offsets = _spread(firsts, counts)
    paths = _paths(root, stacked, offsets)
    days = _spread([one.start.toordinal() for one in tables], counts)
    rows = noted(_with_order(stacked, shape, offsets), stacked, shape, days)
    goals = _goal_tables([one.table for one in tables], firsts, paths)
    return Unfolded(rows.append_column(PATH, paths), tuple(goals))


def _spread(values: Sequence[int], counts: Sequence[int]) -> pa.Array:
    """Each value as often as its count says."""
    runs = [(end, value) for end, value, count in zip(accumulate(counts), values, counts, strict=True) if count]
    if not runs:
        return pa.array([], WHOLE)
    ends, kept = zip(*runs, strict=True)
    return pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(pa.array(ends, pa.int64()), pa.array(kept, WHOLE)))


def _stacked(tables: Sequence[pa.Table], shape: Shape) -> pa.Table:
    """All rows with all columns, by their names above the day; of goals only how many a row has."""
    names = {METRIC + column.day_name: METRIC + column.name for column in shape.columns if column.day_name}
    types = {METRIC + column.name: column.type for column in shape.columns}
    renamed = (table.rename_columns([names.get(name, name) for name in table.column_names]) for table in tables)
    alike = [_typed(table, types) for table in renamed]
    return pa.concat_tables(alike, promote_options="default").combine_chunks()


def _typed(table: pa.Table, types: dict[str, pa.DataType]) -> pa.Table:
    """The table with columns of these types, which names that are new are added to."""
    for place, (name, kind) in enumerate(zip(table.column_names, table.schema.types, strict=True)):
        if name == GOALS:
            table = table.set_column(place, name, pc.list_value_length(table[name]))
        elif kind != types.setdefault(name, kind):
            table = table.set_column(place, name, table[name].cast(types[name]))
    return table


def _paths(root: str, stacked: pa.Table, offsets: pa.Array) -> Any:
    """Labels from the root down to each row."""
    own = paths = stacked[LABEL]
    parents = above = pc.add(stacked[PARENT], offsets)
    while above.null_count < len(above):
        higher = labels.join(own.take(above), paths)
        paths = pc.if_else(pc.is_valid(above), higher, paths)
        above = parents.take(above)
    return labels.join(root, paths)


def _with_order(stacked: pa.Table, shape: Shape, offsets: pa.Array) -> pa.Table:
    """The rows' own columns, with their order where the table has one."""
    kept = stacked.drop_columns([name for name in (LABEL, PARENT, GOALS) if name in stacked.column_names])
    return kept if shape.sort else kept.append_column(ORDER, pc.subtract(row_numbers(len(offsets)), offsets))


def _goal_tables(tables: Sequence[pa.Table], firsts: Sequence[int], paths: Any) -> Iterator[pa.Table]:
    """The rows of goals with their rows' paths."""
    by_type: dict[pa.DataType, list[tuple[int, pa.Table]]] = {}
    for first, table in zip(firsts, tables, strict=True):
        if GOALS in table.column_names:
            by_type.setdefault(table.schema.field(GOALS).type, []).append((first, table))
    for alike in by_type.values():
        lists = _one([table[GOALS] for _, table in alike])
        yield _goal_rows(lists, _one([paths.slice(first, table.num_rows) for first, table in alike]))


def _one(columns: Sequence[pa.ChunkedArray]) -> Any:
    """Columns of one type behind each other."""
    return pa.concat_arrays([chunk for column in columns for chunk in column.chunks])


def _goal_rows(lists: pa.ListArray, paths: pa.Array) -> pa.Table:
    structs = lists.flatten()
    columns = {GOAL + field.name: structs.field(field.name) for field in structs.type if field.name != IDGOAL}
    return pa.table({PATH: paths.take(pc.list_parent_indices(lists)), IDGOAL: structs.field(IDGOAL), **columns})
