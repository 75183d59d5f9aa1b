"""How numbers are computed and stored: whole ones as 64-bit integers, real ones as exact decimals."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.kinds import ColumnTypes, Kind, kind_of
from tidemark.plugin.record import Aggregate, Measure

WHOLE = pa.int64()
REAL = pa.decimal128(38, 6)
"""Real numbers are summed and stored as decimals: then sums do not depend on the order of their rows."""
LARGEST_REAL = 1e31
"""What is larger does not fit and counts as missing."""


def is_real(measure: Measure, columns: ColumnTypes) -> bool:
    """Whether a measure's values may have decimals."""
    if measure.aggregate in {Aggregate.COUNT, Aggregate.DISTINCT} or measure.of is None:
        return False
    if measure.aggregate is Aggregate.MEAN:
        return True
    return measure.decimals is not None or kind_of(measure.of, columns) is Kind.REAL


def exact(values: Any) -> Any:
    """Real numbers (an Arrow array of doubles) as decimals; what does not fit is missing."""
    with suppress(pa.ArrowInvalid):
        return values.cast(REAL)
    fits = pc.less(pc.abs(values), LARGEST_REAL)  # neither NaN nor infinity is
    usable = pc.if_else(pc.fill_null(fits, fill_value=False), values, pa.scalar(None, pa.float64()))
    return usable.cast(REAL, safe=False)


def summable(values: Any) -> Any:
    """Values as numbers whose sum is exact."""
    if pa.types.is_floating(values.type):
        return exact(values)
    is_plain = pa.types.is_integer(values.type) and values.type != pa.uint64()
    return values if is_plain else values.cast(WHOLE)


_FEW_ROWS = 4096
_FIRST_NUMBERS = pa.array(range(_FEW_ROWS), WHOLE)


def row_numbers(count: int) -> pa.Array:
    """0, 1, 2 … count - 1."""
    if count <= _FEW_ROWS:
        return _FIRST_NUMBERS.slice(0, count)
    return pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), count)), 1)
