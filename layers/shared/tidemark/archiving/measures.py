"""Measures as aggregates over groups of rows: raw ones, which can be merged, and finished ones, as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.compiling import CompiledMeasure
from tidemark.archiving.evaluation import Array, SourceColumns, codes
from tidemark.archiving.merging import FUNCTIONS
from tidemark.archiving.numbers import REAL, WHOLE, exact, row_numbers, summable
from tidemark.archiving.shapes import SAME_LABEL
from tidemark.plugin.record import Aggregate, Empty

_FUNCTIONS: Mapping[Aggregate, str] = {
    Aggregate.COUNT: "sum",
    Aggregate.SUM: "sum",
    Aggregate.MEAN: "sum",
    Aggregate.MIN: "min",
    Aggregate.MAX: "max",
    Aggregate.DISTINCT: "count_distinct",
    Aggregate.ANY: "min",
}
_MERGED: Mapping[Aggregate, str] = {
    Aggregate.COUNT: "sum",
    Aggregate.SUM: "sum",
    Aggregate.MEAN: "sum",
    Aggregate.MIN: "min",
    Aggregate.MAX: "max",
    Aggregate.DISTINCT: "sum",
    Aggregate.ANY: "first",
}
_DISTINCT = pc.CountOptions(mode="only_valid")
_FIRST = pc.ScalarAggregateOptions(skip_nulls=False)
_SMALLEST_REAL = Decimal(1).scaleb(-REAL.scale)
_ZERO = {WHOLE: pa.scalar(0, WHOLE), REAL: pa.scalar(0, WHOLE).cast(REAL)}
_NOTHING = {WHOLE: pa.scalar(None, WHOLE), REAL: pa.scalar(None, REAL)}


@dataclass(frozen=True, slots=True)
class Input:
    """A column to aggregate, and by what function."""

    values: pa.Array
    function: str
    options: Any = None


def measure_input(measure: CompiledMeasure, rows: SourceColumns) -> Input:
    """What to aggregate for a measure; rows that it does not count are NULL."""
    aggregate = measure.measure.aggregate
    function = _FUNCTIONS[aggregate]
    counted = None if measure.where is None else rows.holds(measure.where)
    if aggregate is Aggregate.COUNT or measure.of is None:
        ones = pa.repeat(pa.scalar(1, WHOLE), rows.count) if counted is None else counted.cast(WHOLE)
        return Input(ones, function)
    if aggregate is Aggregate.ANY:
        return Input(row_numbers(rows.count), function)
    is_distinct = aggregate is Aggregate.DISTINCT
    values = codes(rows.values(measure.of)) if is_distinct else rows.derived(measure.of, summable)
    if counted is not None:
        values = pc.if_else(counted, values, pa.scalar(None, values.type))
    return Input(values, function, _DISTINCT if is_distinct else None)


def only_input(measure: CompiledMeasure, rows: SourceColumns) -> Input | None:
    """What tells in which groups the measure exists at all; None: in every one."""
    return None if measure.only is None else Input(rows.holds(measure.only), "any")


@dataclass(frozen=True, slots=True)
class Raw:
    """A measure of each group before it is divided and rounded."""

    values: Array
    exists: Array | None = None
    """Whether the group has the measure at all; None: every one has."""
    counted: Array | None = None
    """Of a mean, how many values `values` is the sum of."""


def merged_by(measure: CompiledMeasure) -> tuple[str, Any]:
    """How raw values of the same group in several parts of the rows become one, the parts being in order."""
    aggregate = measure.measure.aggregate
    return _MERGED[aggregate], _FIRST if aggregate is Aggregate.ANY else None


def summed_by(measure: CompiledMeasure) -> str:
    """How finished values of several groups become that of one row."""
    return FUNCTIONS[SAME_LABEL.get(measure.measure.aggregate, measure.measure.merge)]


def finished(measure: CompiledMeasure, raw: Raw) -> Array:
    """The aggregate as it is stored: divided, rounded, typed, and with what stands for nothing."""
    result = raw.values
    if measure.measure.aggregate is Aggregate.ANY and measure.of is not None:
        return result
    if raw.counted is not None:
        result = _mean(result, raw.counted)
    kind = REAL if measure.is_real else WHOLE
    if measure.is_real:
        result = _rounded(result, measure)
    elif result.type != WHOLE:
        result = result.cast(WHOLE)
    empty = measure.measure.empty
    if empty is Empty.ZERO and result.null_count:
        result = pc.fill_null(result, _ZERO[kind])
    elif empty is Empty.ABSENT:
        result = pc.if_else(pc.equal(result, _ZERO[kind]), _NOTHING[kind], result)
    if raw.exists is not None:
        result = pc.if_else(pc.fill_null(raw.exists, fill_value=False), result, _NOTHING[kind])
    return result


def _mean(sums: Array, counts: Array) -> Array:
    """Sums divided by counts; of decimals rounded to the decimals that are stored, halves away from zero."""
    if not pa.types.is_decimal(sums.type):
        return pc.divide(sums.cast(pa.float64()), pc.if_else(pc.equal(counts, 0), None, counts).cast(pa.float64()))
    pairs = zip(sums.to_pylist(), counts.to_pylist(), strict=True)
    means = [
        (total / count).quantize(_SMALLEST_REAL, ROUND_HALF_UP) if total is not None else None for total, count in pairs
    ]
    return pa.array(means, REAL)


def _rounded(result: Array, measure: CompiledMeasure) -> Array:
    if result.null_count == len(result):
        return pa.nulls(len(result), REAL)
    decimals = measure.measure.decimals
    if pa.types.is_decimal(result.type) and measure.divisor == 1 and decimals is None:
        return result.cast(REAL)
    values = result.cast(pa.float64())
    if measure.divisor != 1:
        values = pc.divide(values, float(measure.divisor))
    if decimals is not None:
        values = pc.round(values, decimals, round_mode="half_towards_infinity")
    return exact(values)
