"""Columns of the logs that follow from others but for a little: files hold that little, readers see the whole.

Each is left out of a file only where every row of it can be had back to the last bit; else the file holds the column
itself. So files of before, and files with odd rows, are read by the same rule: what is there counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.model.hit import Column

SLOT_BITS: Final = 12
"""A sequence is microseconds times 4096 and a place among the hits of one microsecond."""
MICROSECONDS: Final = 1_000_000
DAY_SECONDS: Final = 86_400
LAST_TIME: Final = 1 << 40
"""Times beyond, in seconds, are left as they are: their microseconds would not fit."""


@dataclass(frozen=True, slots=True)
class Shortened:
    """A column, what files hold in its place, and how one becomes the other."""

    name: str
    type: pa.DataType
    """Columns of another type are left as they are."""
    needs: tuple[str, ...]
    """Columns that it follows from; those that are shortened themselves come first in SHORTENED."""
    held: tuple[Column, ...]
    shorten: Callable[[pa.Table], tuple[pa.ChunkedArray, ...] | None]
    """The held columns of a table's; None where they would not say all."""
    restore: Callable[[pa.Table], pa.ChunkedArray]
    sql: str
    """The whole, of columns that are there; understood by DuckDB and by Trino."""


def _sequence_held(table: pa.Table) -> tuple[pa.ChunkedArray, ...] | None:
    sequence, time = table["sequence"], table["server_time"]
    if not (_lies_within(time, LAST_TIME) and _lies_within(sequence, 1 << 63)):
        return None
    after = pc.subtract(pc.shift_right(sequence, SLOT_BITS), pc.multiply(time, MICROSECONDS))
    return after, pc.bit_wise_and(sequence, (1 << SLOT_BITS) - 1).cast(pa.int32())


def _sequence(table: pa.Table) -> pa.ChunkedArray:
    micros = pc.add(pc.multiply(table["server_time"], MICROSECONDS), table["received_after"])
    return pc.bit_wise_or(pc.shift_left(micros, SLOT_BITS), table["received_slot"].cast(pa.int64()))


def _hit_id_held(table: pa.Table) -> tuple[pa.ChunkedArray, ...] | None:
    hit_id, sequence = table["hit_id"], table["sequence"]
    ends = pc.min_max(sequence).as_py()
    digits = len(str(ends["min"]))
    if hit_id.null_count or sequence.null_count or digits != len(str(ends["max"])):
        return None
    code = pc.utf8_slice_codeunits(hit_id, digits + 1)
    whole = pc.binary_join_element_wise(sequence.cast(pa.string()), code, "-")
    return (code,) if whole.equals(hit_id) else None


def _hit_id(table: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table["sequence"].cast(pa.string()), table["hit_code"], "-")


def _local_time_held(table: pa.Table) -> tuple[pa.ChunkedArray, ...] | None:
    local, time = table["visitor_localtime"], table["server_time"]
    is_known = local.null_count < len(local)
    if not _lies_within(time, LAST_TIME) or (is_known and not _lies_within(local.drop_null(), DAY_SECONDS)):
        return None
    shift = pc.subtract(pc.add(local.cast(pa.int64()), DAY_SECONDS), _rest(time))
    return (_rest(shift).cast(pa.int32()),)


def _local_time(table: pa.Table) -> pa.ChunkedArray:
    return _rest(pc.add(table["server_time"], table["localtime_shift"].cast(pa.int64()))).cast(pa.int32())


def _last_action_held(table: pa.Table) -> tuple[pa.ChunkedArray, ...] | None:
    first, last = table["visit_first_action_time"], table["visit_last_action_time"]
    if not (_lies_within(first, LAST_TIME) and _lies_within(last, LAST_TIME)):
        return None
    return _small(pc.subtract(last, first))


def _last_action(table: pa.Table) -> pa.ChunkedArray:
    return pc.add(table["visit_first_action_time"], table["visit_lasted"].cast(pa.int64()))


def _total_time_held(table: pa.Table) -> tuple[pa.ChunkedArray, ...] | None:
    total, first, last = (table[name] for name in ("visit_total_time", *_VISIT_TIMES))
    if total.null_count or not (_lies_within(first, LAST_TIME) and _lies_within(last, LAST_TIME)):
        return None
    return _small(pc.subtract(total.cast(pa.int64()), pc.subtract(last, first)))


def _total_time(table: pa.Table) -> pa.ChunkedArray:
    lasted = pc.subtract(table["visit_last_action_time"], table["visit_first_action_time"])
    return pc.add(lasted, table["visit_beyond"].cast(pa.int64())).cast(pa.int32())


def _small(values: pa.ChunkedArray) -> tuple[pa.ChunkedArray, ...] | None:
    """The values in 32 bits; None if they do not fit."""
    ends = pc.min_max(values).as_py()
    return (values.cast(pa.int32()),) if -(1 << 31) <= ends["min"] <= ends["max"] < 1 << 31 else None


def _rest(seconds: pa.ChunkedArray) -> pa.ChunkedArray:
    """What is left of full days; of nothing below zero."""
    return pc.subtract(seconds, pc.multiply(pc.divide(seconds, DAY_SECONDS), DAY_SECONDS))


def _lies_within(values: pa.ChunkedArray, end: int) -> bool:
    """Whether all values are known, and from 0 until before an end."""
    ends = pc.min_max(values).as_py()
    return not values.null_count and bool(ends["min"] >= 0 and ends["max"] < end)


_VISIT_TIMES: Final = ("visit_first_action_time", "visit_last_action_time")
_SEQUENCE_SQL: Final = "(server_time * 1000000 + received_after) * 4096 + received_slot"
SHORTENED: Final = (
    Shortened(
        "sequence",
        pa.int64(),
        ("server_time",),
        (
            Column("received_after", "int64", "microseconds from server_time to the hit's reception"),
            Column("received_slot", "int32", "place among the hits of that microsecond"),
        ),
        _sequence_held,
        _sequence,
        _SEQUENCE_SQL,
    ),
    Shortened(
        "hit_id",
        pa.string(),
        ("sequence",),
        (Column("hit_code", "string", "chance that tells hits of one moment apart: the end of hit_id"),),
        _hit_id_held,
        _hit_id,
        f"cast(coalesce(sequence, {_SEQUENCE_SQL}) AS varchar) || '-' || hit_code",
    ),
    Shortened(
        "visitor_localtime",
        pa.int32(),
        ("server_time",),
        (Column("localtime_shift", "int32", "seconds from the time of day in UTC to the visitor's"),),
        _local_time_held,
        _local_time,
        "cast((server_time + localtime_shift) % 86400 AS integer)",
    ),
    Shortened(
        "visit_last_action_time",
        pa.int64(),
        ("visit_first_action_time",),
        (Column("visit_lasted", "int32", "seconds from the visit's first action to its last"),),
        _last_action_held,
        _last_action,
        "visit_first_action_time + visit_lasted",
    ),
    Shortened(
        "visit_total_time",
        pa.int32(),
        _VISIT_TIMES,
        (
            Column(
                "visit_beyond",
                "int32",
                "seconds that a visit's duration is more than from its first action to its last",
            ),
        ),
        _total_time_held,
        _total_time,
        "cast(coalesce(visit_last_action_time, visit_first_action_time + visit_lasted) - visit_first_action_time"
        " + visit_beyond AS integer)",
    ),
)


def shortened(table: pa.Table) -> pa.Table:
    """The table as a file holds it."""
    whole, types = table, dict(zip(table.schema.names, table.schema.types, strict=True))
    for one in SHORTENED if table.num_rows else ():
        if types.get(one.name) == one.type and all(name in types for name in one.needs):
            held = one.shorten(whole)
            if held is not None:
                table = _replaced(table, [one.name], [column.name for column in one.held], held)
    return table


def restored(table: pa.Table, wanted: Collection[str] | None = None) -> pa.Table:
    """The table as it was before it was stored, or those of its columns that are wanted."""
    names = set(table.column_names)
    for one in SHORTENED:
        held = [column.name for column in one.held]
        if names.issuperset(held):
            table = _replaced(table, held, [one.name], (one.restore(table),))
    return table if wanted is None else table.select([name for name in table.column_names if name in wanted])


def _replaced(
    table: pa.Table, gone: Sequence[str], names: Sequence[str], values: Iterable[pa.ChunkedArray]
) -> pa.Table:
    """The table with columns in the place of others."""
    columns = list(zip(names, values, strict=True))
    place = table.schema.get_field_index(gone[0])
    table = table.set_column(place, *columns[0])
    for number, (name, column) in enumerate(columns[1:], place + 1):
        table = table.add_column(number, name, column)
    return table.drop_columns(list(gone[1:])) if gone[1:] else table


def names_to_read(wanted: Iterable[str]) -> set[str]:
    """The columns of files that some columns are restored from, themselves included."""
    names = set(wanted)
    for one in reversed(SHORTENED):
        if one.name in names:
            names |= {*one.needs, *(column.name for column in one.held)}
    return names


def held_columns(columns: Iterable[Column]) -> tuple[Column, ...]:
    """What files may hold in place of some of a table's columns."""
    names = {column.name for column in columns}
    return tuple(held for one in SHORTENED if names >= {one.name, *one.needs} for held in one.held)


def selected(columns: Iterable[Column]) -> dict[str, str]:
    """SQL of each column of a table, of what its files hold."""
    names = {column.name: f'"{column.name}"' for column in columns}
    for one in SHORTENED:
        if names.keys() >= {one.name, *one.needs}:
            is_held = f"{one.held[0].name} IS NOT NULL"
            names[one.name] = f'coalesce("{one.name}", CASE WHEN {is_held} THEN {one.sql} END)'
    return names
