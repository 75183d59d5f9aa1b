"""The stored form of one table: an Arrow stream, compressed by itself.

Rows stand by depth: first the main table, then every subtable in the order of its parent row, so each (sub)table is a
run of rows. Columns: `label` (a path component), `parent` (row number, NULL in the main table), metrics `m:…`, texts
`t:…`, `weight`, notes `f:…`, and `goals`, a list of structs. Equal tables give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.appearance import notes
from tidemark.archiving.merging import IDGOAL, PLACE, WEIGHT
from tidemark.archiving.numbers import row_numbers
from tidemark.archiving.shapes import GOAL, GOALS, METRIC, TEXT, Shape
from tidemark.archiving.tree import LABEL, PARENT, ROOT, Level

ANCHOR = b"anchor"
_CODEC = "zstd"


@dataclass(frozen=True, slots=True)
class Frame:
    """A compressed table and the length of its bytes when decompressed."""

    data: bytes
    raw_bytes: int


def encode(table: pa.Table) -> Frame:
    """A stored table as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.combine_chunks().to_batches():
            writer.write_batch(batch)
    raw = sink.getvalue()
    return Frame(pa.compress(raw, codec=_CODEC, asbytes=True), raw.size)


def decode(data: bytes | memoryview, raw_bytes: int) -> pa.Table:
    """The table that `encode` was given."""
    raw = pa.decompress(data, decompressed_size=raw_bytes, codec=_CODEC)
    return pa.ipc.open_stream(raw).read_all()


def split(levels: Sequence[Level], shape: Shape, roots: int) -> Iterator[tuple[int, pa.Table]]:
    """The stored table of every root that has rows."""
    slices = [_runs(level.rows[ROOT], roots) for level in levels]
    goal_slices = [_goal_slices(level, found) for level, found in zip(levels, slices, strict=True)]
    for root in range(roots):
        own = [(level, found[root]) for level, found in zip(levels, slices, strict=True) if found[root][1]]
        if own:
            yield root, _stored(own, [found[root] for found in goal_slices[: len(own)]], shape)


_Slice = tuple[int, int]
"""First row and number of rows."""


def _runs(numbers: pa.ChunkedArray, count: int) -> list[_Slice]:
    """Where the rows of each root are in a column sorted by roots."""
    sizes = [0] * count
    for entry in numbers.value_counts().to_pylist():
        sizes[entry["values"]] = entry["counts"]
    runs, start = [], 0
    for size in sizes:
        runs.append((start, size))
        start += size
    return runs


def _goal_slices(level: Level, slices: Sequence[_Slice]) -> list[_Slice]:
    if level.goals is None:
        return [(0, 0)] * len(slices)
    places = level.goals[PLACE]
    found, start = [], 0
    for first, size in slices:
        count = pc.sum(pc.less(places, first + size)).as_py() or 0
        found.append((start, count - start))
        start = count
    return found


def _stored(own: Sequence[tuple[Level, _Slice]], goals: Sequence[_Slice], shape: Shape) -> pa.Table:
    """One root's rows of all levels as its stored table."""
    rows = pa.concat_tables([level.rows.slice(*found) for level, found in own])
    columns: dict[str, Any] = {LABEL: rows[LABEL], PARENT: _parent_rows(own)}
    for column in shape.metrics:
        columns[METRIC + column.name] = rows[METRIC + column.name]
    goal_rows = _goal_rows(own, goals)
    if goal_rows.num_rows:
        columns[GOALS] = _goal_lists(goal_rows, rows.num_rows, shape)
    for column in shape.goal_sums:
        columns[METRIC + column.name] = rows[METRIC + column.name]
    for name in (*(TEXT + text for text in shape.texts), *([WEIGHT] if shape.texts else [])):
        columns[name] = rows[name]
    return _described(columns, shape, dict(notes(rows, shape)))


def _described(columns: Mapping[str, Any], shape: Shape, notes: Mapping[pa.Field, Any]) -> pa.Table:
    """Columns that hold something, with the anchors of those whose NULL is a value, and notes about columns."""
    anchors = {METRIC + column.name: METRIC + column.anchor for column in shape.columns if column.anchor}
    fields, arrays = [], []
    for name, values in columns.items():
        anchor = anchors.get(name)
        stands = columns[anchor] if anchor else values
        if name not in {LABEL, PARENT} and stands.null_count == len(values):
            continue
        fields.append(pa.field(name, values.type, metadata={ANCHOR: anchor.encode()} if anchor else None))
        arrays.append(values)
    return pa.table([*arrays, *notes.values()], schema=pa.schema([*fields, *notes]))


def _parent_rows(own: Sequence[tuple[Level, _Slice]]) -> pa.ChunkedArray:
    """Each row's parent as a row number of the stored table."""
    chunks = [pa.nulls(own[0][1][1], pa.int32())]
    start = 0
    for (_, (above, size)), (level, found) in pairwise(own):
        parents = level.rows[PARENT].slice(*found)
        chunks.extend(pc.add(parents, start - above).cast(pa.int32()).chunks)
        start += size
    return pa.chunked_array(chunks, pa.int32())


def _goal_rows(own: Sequence[tuple[Level, _Slice]], goals: Sequence[_Slice]) -> pa.Table:
    """Goal rows with the numbers of their rows in the stored table."""
    tables, start = [], 0
    for (level, (first, size)), found in zip(own, goals, strict=True):
        if level.goals is not None and found[1]:
            rows = level.goals.slice(*found)
            tables.append(rows.set_column(rows.column_names.index(PLACE), PLACE, pc.add(rows[PLACE], start - first)))
        start += size
    return pa.concat_tables(tables) if tables else pa.table({})


def _goal_lists(goal_rows: pa.Table, count: int, shape: Shape) -> pa.ListArray:
    names = [column.name for column in shape.goals if goal_rows[GOAL + column.name].null_count < goal_rows.num_rows]
    arrays = [goal_rows[IDGOAL], *(goal_rows[GOAL + name] for name in names)]
    structs = pa.StructArray.from_arrays([array.combine_chunks() for array in arrays], names=[IDGOAL, *names])
    places = goal_rows[PLACE].combine_chunks()
    counts = places.value_counts()
    sizes = pc.fill_null(counts.field("counts").take(pc.index_in(row_numbers(count), counts.field("values"))), 0)
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(sizes)]).cast(pa.int32())
    mask = pa.concat_arrays([pc.equal(sizes, 0), pa.array([False])])
    nullable = pc.if_else(mask, pa.scalar(None, pa.int32()), offsets)
    return pa.ListArray.from_arrays(nullable, structs)
