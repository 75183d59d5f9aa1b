"""Measures of records as aggregates over groups of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.evaluation import Array, SourceColumns, codes
from tidemark.archiving.kinds import ColumnTypes, Kind, kind_of
from tidemark.plugin.expression import Binary, Const, Expression
from tidemark.plugin.record import Aggregate, Empty, Measure

WHOLE = pa.int64()
REAL = pa.decimal128(38, 6)
"""Real numbers are summed and stored as decimals: then sums do not depend on the order of their rows."""
LARGEST_REAL = 1e31
"""What is larger does not fit and counts as missing."""

_FUNCTIONS: Mapping[Aggregate, str] = {
    Aggregate.COUNT: "sum",
    Aggregate.SUM: "sum",
    Aggregate.MIN: "min",
    Aggregate.MAX: "max",
    Aggregate.MEAN: "mean",
    Aggregate.DISTINCT: "count_distinct",
    Aggregate.ANY: "first",
}


@dataclass(frozen=True, slots=True)
class Input:
    """A column to aggregate, and by what function; of texts the codes, with the texts that they stand for."""

    values: pa.Array
    function: str
    options: Any = None
    texts: pa.Array | None = None


def is_real(measure: Measure, columns: ColumnTypes) -> bool:
    """Whether a measure's values may have decimals."""
    if measure.aggregate in {Aggregate.COUNT, Aggregate.DISTINCT} or measure.of is None:
        return False
    return measure.decimals is not None or kind_of(measure.of, columns) is Kind.REAL


def measure_input(measure: Measure, source: SourceColumns, types: ColumnTypes) -> Input:
    """What to aggregate for a measure; rows that it does not count are NULL."""
    function = _FUNCTIONS[measure.aggregate]
    counted = None if measure.where is None else source.holds(measure.where)
    if measure.aggregate is Aggregate.COUNT or measure.of is None:
        ones = pa.repeat(pa.scalar(1, WHOLE), source.rows) if counted is None else counted.cast(WHOLE)
        return Input(ones, function)
    values = _values(measure.of, measure.aggregate, source, types)
    texts = values.dictionary if isinstance(values, pa.DictionaryArray) else None
    values = codes(values)
    if counted is not None:
        values = pc.if_else(counted, values, pa.scalar(None, values.type))
    options = pc.CountOptions(mode="only_valid") if measure.aggregate is Aggregate.DISTINCT else None
    return Input(values, function, options, texts if measure.aggregate is Aggregate.ANY else None)


def only_input(measure: Measure, source: SourceColumns) -> Input | None:
    """What tells in which groups the measure exists at all; None: in every one."""
    return None if measure.only is None else Input(source.holds(measure.only), "any")


def finished(measure: Measure, result: Array, exists: Array | None, types: ColumnTypes) -> Array:
    """The aggregate as it is stored: divided, rounded, typed, and with what stands for nothing."""
    if measure.aggregate is Aggregate.ANY:
        return result
    if is_real(measure, types):
        result = _rounded(result, measure, types)
    elif result.type != WHOLE:
        result = result.cast(WHOLE)
    if measure.empty is Empty.ZERO:
        result = pc.fill_null(result, pa.scalar(0).cast(result.type))
    elif measure.empty is Empty.ABSENT:
        result = pc.if_else(pc.equal(result, pa.scalar(0).cast(result.type)), pa.scalar(None, result.type), result)
    if exists is not None:
        result = pc.if_else(pc.fill_null(exists, fill_value=False), result, pa.scalar(None, result.type))
    return result


def _values(of: Expression, aggregate: Aggregate, source: SourceColumns, types: ColumnTypes) -> Array:
    """A value for every row: whole numbers, exact decimals, or whatever is counted or kept."""
    if aggregate in {Aggregate.DISTINCT, Aggregate.ANY}:
        return source.values(of)
    return source.derived(divided(of, types)[0], _summable)


def _summable(values: Array) -> Array:
    if pa.types.is_floating(values.type):
        return exact(values)
    is_plain = pa.types.is_integer(values.type) and values.type != pa.uint64()
    return values if is_plain else values.cast(WHOLE)


def exact(values: Array) -> Array:
    """Real numbers as decimals; what does not fit is missing."""
    fits = pc.less(pc.abs(values), LARGEST_REAL)  # neither NaN nor infinity is
    usable = pc.if_else(pc.fill_null(fits, fill_value=False), values, pa.scalar(None, pa.float64()))
    return usable.cast(REAL, safe=False)


def divided(expression: Expression, types: ColumnTypes) -> tuple[Expression, int]:
    """Whole numbers by a positive constant: dividing the aggregate is cheaper than every value, and exact."""
    match expression:
        case Binary("/", left, Const(int() as divisor)) if divisor > 0 and kind_of(left, types) is Kind.INTEGER:
            return left, divisor
    return expression, 1


def _rounded(result: Array, measure: Measure, types: ColumnTypes) -> Array:
    divisor = divided(measure.of, types)[1] if measure.of is not None else 1
    if pa.types.is_decimal(result.type) and divisor == 1 and measure.decimals is None:
        return result.cast(REAL)
    values = result.cast(pa.float64())
    if divisor != 1:
        values = pc.divide(values, float(divisor))
    if measure.decimals is not None:
        values = pc.round(values, measure.decimals, round_mode="half_towards_infinity")
    return exact(values)
