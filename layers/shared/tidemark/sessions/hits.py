"""A day's hits as the sessioniser works on them: encoded, once each, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import conform, encoded
from tidemark.model.hit import CORE_COLUMNS, Column
from tidemark.plugin.dimension import Dimension
from tidemark.sessions.vectors import changes, positions, shifted

UNREAD: Final = frozenset({"raw", "idsite"})
"""Columns of a hit that no visit log has."""
UNIQUE_TEXTS: Final = frozenset({"hit_id", "idpageview", "order_id"})
"""Texts that hardly repeat: a dictionary of them would only cost."""
ORDER: Final = 1
CART: Final = 2
"""Values of a hit's `ecommerce`."""
_LATEST: Final = (1 << 32) - 2  # seconds since 1970 that fit 32 bits


def hit_columns(dimensions: tuple[Dimension, ...]) -> tuple[Column, ...]:
    """The columns that a visit log is made from."""
    core = tuple(column for column in CORE_COLUMNS if column.name not in UNREAD)
    return core + tuple(Column(dimension.column, dimension.type) for dimension in dimensions)


@dataclass(frozen=True, slots=True)
class Hits:
    """Hits, each once, sorted by visitor key, time, sequence and hit id; `row` counts in the given table.

    The key of a hit is its visitor id or, without one, its fingerprint.
    """

    table: pa.Table
    """As given, with all columns; texts encoded by dictionary."""
    row: pa.Int64Array
    time: pa.Int64Array
    sequence: pa.Int64Array
    has_id: pa.BooleanArray
    key: pa.UInt64Array
    fingerprint: pa.UInt64Array

    def __len__(self) -> int:
        return len(self.row)

    def column(self, name: str) -> pa.Array:
        """A column in the order of these hits."""
        return single(self.table[name]).take(self.row)


def single(values: pa.ChunkedArray) -> pa.Array:
    """The column in one piece, without a copy if it is in one already."""
    if values.num_chunks == 1:
        return values.chunk(0)
    whole = values.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.nulls(0, values.type)


def flag(hits: Hits, name: str, place: pa.Int64Array) -> pa.BooleanArray:
    """A switch of the hits at some places; what is not said is off."""
    return pc.fill_null(single(hits.table[name]).take(hits.row.take(place)), False)


def prepare(given: pa.Table, dimensions: tuple[Dimension, ...]) -> Hits:
    """The hits of a table in any order, with any repetition."""
    table = _encode(conform(given, hit_columns(dimensions)))
    keys = _keys(table)
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in ("has_id", "key", "time", "sequence")])
    keys = keys.take(order)
    if pc.any(_same(keys)).as_py():
        order, keys = _once_each(table, order, keys)
    columns = {name: single(keys[name]) for name in keys.column_names}
    return Hits(table, order.cast(pa.int64()), **columns)


def _encode(table: pa.Table) -> pa.Table:
    columns = {}
    for name in table.column_names:
        values = table[name]
        if name in UNIQUE_TEXTS:
            columns[name] = single(values.cast(pa.string()))
        elif values.type == pa.string() or pa.types.is_dictionary(values.type):
            columns[name] = encoded(values)
        else:
            columns[name] = single(values)
    return pa.table(columns)


def _keys(table: pa.Table) -> pa.Table:
    visitor_id = table["visitor_id"]
    fingerprint = pc.fill_null(table["fingerprint"], 0)
    time = pc.fill_null(table["server_time"], 0)
    return pa.table(
        {
            "time": pc.min_element_wise(pc.max_element_wise(time, 0), _LATEST),
            "sequence": pc.fill_null(table["sequence"], 0),
            "has_id": pc.is_valid(visitor_id),
            "key": pc.coalesce(visitor_id, fingerprint),
            "fingerprint": fingerprint,
        }
    )


def _same(keys: pa.Table) -> pa.BooleanArray:
    """Where a hit has the key, time and sequence of the one before it."""
    differs = [changes(single(keys[name])) for name in ("has_id", "key", "time", "sequence")]
    return pc.invert(pc.or_(pc.or_(differs[0], differs[1]), pc.or_(differs[2], differs[3])))


def _once_each(table: pa.Table, order: pa.Array, keys: pa.Table) -> tuple[pa.Array, pa.Table]:
    """Order and keys without the repetitions, and with hits of the same moment in order of their ids."""
    named = keys.append_column("hit_id", pc.fill_null(single(table["hit_id"]).take(order), ""))
    again = pc.sort_indices(
        named, sort_keys=[(name, "ascending") for name in ("has_id", "key", "time", "sequence", "hit_id")]
    )
    named, order = named.take(again), order.take(again)
    hit_id = single(named["hit_id"])
    is_repeated = pc.and_(_same(named), pc.fill_null(pc.equal(hit_id, shifted(hit_id)), False))
    chosen = _chosen(table, order, is_repeated)
    return chosen, named.drop_columns("hit_id").filter(pc.invert(is_repeated))


def _chosen(table: pa.Table, order: pa.Array, is_repeated: pa.BooleanArray) -> pa.Array:
    """One row of each hit. Repetitions are equal unless settings changed between two deliveries: then the least."""
    follows = pa.concat_arrays([is_repeated.slice(1), pa.array([False][: len(is_repeated)], pa.bool_())])
    in_question = positions(pc.or_(is_repeated, follows))
    candidates = table.take(order.take(in_question))
    if _all_equal(candidates, is_repeated.take(in_question)):
        return order.filter(pc.invert(is_repeated))
    rows = order.to_pylist()
    best: list[int] = []
    for place, (row, repeated) in enumerate(zip(rows, is_repeated.to_pylist(), strict=True)):
        if repeated and _content(table, row) < _content(table, best[-1]):
            best[-1] = row
        elif not repeated:
            best.append(rows[place])
    return pa.array(best, pa.uint64())


def _all_equal(candidates: pa.Table, is_repeated: pa.BooleanArray) -> bool:
    """Whether every repetition equals the row before it in all columns."""
    for name in candidates.column_names:
        values = single(candidates[name])
        if pa.types.is_dictionary(values.type) or pa.types.is_list(values.type):
            values = (
                pa.array(list(map(repr, values.to_pylist())), pa.string())
                if pa.types.is_list(values.type)
                else values.cast(pa.string())
            )
        before = shifted(values)
        equal = pc.or_(pc.fill_null(pc.equal(values, before), False), pc.and_(pc.is_null(values), pc.is_null(before)))
        if pc.any(pc.and_(is_repeated, pc.invert(equal))).as_py():
            return False
    return True


def _content(table: pa.Table, row: int) -> str:
    return repr(table.slice(row, 1).to_pylist())
