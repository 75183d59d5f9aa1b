"""Columns of sorted hits, cut into runs (the hits of a visit): what windows do in SQL, in one pass over the rows.

The rows are sorted once, so that "before", "so far" and "the last of its kind" need no further sort. All functions take
and give columns as long as the rows, or as long as the runs where they say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_TIME_BITS: Final = 1 << 32  # a run's number and a value share one 64-bit number in running_max


@dataclass(frozen=True, slots=True)
class Runs:
    """Consecutive rows that belong together."""

    number: pa.Int64Array
    """Of each row: 0, 0, 1, 1, 1 …"""
    first: pa.Int64Array
    """Of each run: its first row."""
    last: pa.Int64Array
    """Of each run: its last row."""

    def __len__(self) -> int:
        return len(self.first)

    @property
    def rows(self) -> int:
        """How many rows there are in all runs."""
        return len(self.number)

    def spread(self, values: pa.Array) -> pa.Array:
        """A value of each run, given to each of its rows."""
        return values.take(self.number)


def row_numbers(count: int) -> pa.Int64Array:
    """0, 1, 2 …"""
    return pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), count)), 1)


def mixed(one: pa.UInt64Array, other: pa.Int64Array, salt: int) -> pa.UInt64Array:
    """A hash of two numbers, 64 bits (the finaliser of SplitMix64, twice)."""
    return _stirred(
        pc.bit_wise_xor(
            _stirred(pc.bit_wise_xor(one, pa.scalar(salt, pa.uint64()))), other.cast(pa.uint64(), safe=False)
        )
    )


def _stirred(values: pa.UInt64Array) -> pa.UInt64Array:
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        values = pc.bit_wise_xor(values, pc.shift_right(values, pa.scalar(shift, pa.uint64())))
        values = pc.multiply(values, pa.scalar(factor, pa.uint64()))
    return values


def runs_of(starts: pa.BooleanArray) -> Runs:
    """Runs that begin where `starts` is true; the first row has to be a start."""
    first = positions(starts)
    number = pc.subtract(running_sum(starts), 1)
    ends = pa.concat_arrays([first.slice(1), pa.array([len(starts)], pa.int64())]) if len(first) else first
    return Runs(number, first, pc.subtract(ends, 1))


def reordered(runs: Runs, order: pa.Int64Array) -> tuple[pa.Int64Array, Runs]:
    """The rows, run by run in another order (`order`: numbers of the runs), and the runs as they are then."""
    size = pc.add(pc.subtract(runs.last, runs.first), 1).take(order)
    ends = pc.cumulative_sum(size)
    first = pc.subtract(ends, size)
    numbers = row_numbers(len(order))
    number = pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(ends, numbers)) if len(order) else numbers
    rows = pc.add(row_numbers(runs.rows), pc.subtract(runs.first.take(order), first).take(number))
    return rows, Runs(number, first, pc.subtract(ends, 1))


def positions(flags: pa.BooleanArray) -> pa.Int64Array:
    """The rows at which the flag is true."""
    return pc.indices_nonzero(flags).cast(pa.int64())


def is_one_of(values: pa.Array, wanted: Iterable[int]) -> pa.BooleanArray:
    """Where the value is one of some numbers."""
    return pc.is_in(values, value_set=pa.array([int(one) for one in wanted], values.type))


def running_sum(flags: pa.BooleanArray) -> pa.Int64Array:
    """How many flags are true up to and including each row, over all runs."""
    return pc.cumulative_sum(flags.cast(pa.int64()))


def shifted(values: pa.Array) -> pa.Array:
    """The value of the row before; NULL for the first."""
    return pa.concat_arrays([pa.nulls(min(1, len(values)), values.type), values.slice(0, max(0, len(values) - 1))])


def changes(values: pa.Array) -> pa.BooleanArray:
    """Where the value differs from that of the row before; true for the first row. Values must not be NULL."""
    return pc.fill_null(pc.not_equal(values, shifted(values)), True)


def count_so_far(flags: pa.BooleanArray, runs: Runs) -> pa.Int64Array:
    """Of each row: how many flags are true in its run, up to and including it."""
    total = running_sum(flags)
    return pc.subtract(total, runs.spread(_before(total, flags, runs)))


def count_in(flags: pa.BooleanArray, runs: Runs) -> pa.Int64Array:
    """Of each run: how many flags are true."""
    total = running_sum(flags)
    return pc.subtract(total.take(runs.last), _before(total, flags, runs))


def last_before(flags: pa.BooleanArray, runs: Runs) -> pa.Int64Array:
    """Of each row: the nearest earlier row of its run with the flag; NULL if there is none."""
    total = running_sum(flags)
    before = pc.subtract(total, flags.cast(pa.int64()))
    is_known = pc.greater(before, runs.spread(_before(total, flags, runs)))
    return positions(flags).take(pc.if_else(is_known, pc.subtract(before, 1), pa.scalar(None, pa.int64())))


def last_so_far(flags: pa.BooleanArray, runs: Runs) -> pa.Int64Array:
    """Of each row: the nearest row of its run with the flag, up to and including it; NULL if there is none."""
    return pc.if_else(flags, row_numbers(len(flags)), last_before(flags, runs))


def first_of(flags: pa.BooleanArray, runs: Runs) -> pa.Int64Array:
    """Of each run: its first row with the flag; NULL if there is none."""
    total = running_sum(flags)
    before = _before(total, flags, runs)
    is_known = pc.greater(total.take(runs.last), before)
    return positions(flags).take(pc.if_else(is_known, before, pa.scalar(None, pa.int64())))


def last_of(flags: pa.BooleanArray, runs: Runs) -> pa.Int64Array:
    """Of each run: its last row with the flag; NULL if there is none."""
    total = running_sum(flags)
    at_end = total.take(runs.last)
    is_known = pc.greater(at_end, _before(total, flags, runs))
    return positions(flags).take(pc.if_else(is_known, pc.subtract(at_end, 1), pa.scalar(None, pa.int64())))


def running_max(values: pa.Int64Array, flags: pa.BooleanArray, runs: Runs) -> pa.Int64Array:
    """Of each row: the largest flagged value of its run up to and including it; NULL while there is none.

    Values lie between 0 and 2^32 - 2, as seconds since 1970 do.
    """
    inside = pc.if_else(flags, pc.add(values, 1), 0)
    top = pc.cumulative_max(pc.add(pc.multiply(runs.number, _TIME_BITS), inside))
    found = pc.subtract(top, pc.multiply(runs.number, _TIME_BITS))
    return pc.if_else(pc.greater(found, 0), pc.subtract(found, 1), pa.scalar(None, pa.int64()))


def within(values: pa.Array, runs: Runs) -> pa.Array:
    """Of each row: the value of the row before it in its run; NULL at the run's start."""
    return pc.if_else(changes(runs.number), pa.scalar(None, values.type), shifted(values))


def following(values: pa.Array, runs: Runs) -> pa.Array:
    """Of each row: the value of the row after it in its run; NULL at the run's end."""
    later = pa.concat_arrays([values.slice(1), pa.nulls(min(1, len(values)), values.type)])
    is_last = pa.concat_arrays([changes(runs.number).slice(1), pa.array([True][: len(values)], pa.bool_())])
    return pc.if_else(is_last, pa.scalar(None, values.type), later)


def _before(total: pa.Int64Array, flags: pa.BooleanArray, runs: Runs) -> pa.Int64Array:
    """Of each run: how many flags are true before it."""
    return pc.subtract(total.take(runs.first), flags.take(runs.first).cast(pa.int64()))
