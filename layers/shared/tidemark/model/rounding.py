"""Rounding as Matomo's clients see it: halves away from zero, quotients with so many digits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_NEAR_HALF: Final = 1e-4
_SAFELY_SCALED: Final = 1e10
"""Below this, and farther than _NEAR_HALF from a half, 15 digits cannot decide otherwise than the float does."""


def round_half_up(value: float, digits: int = 0) -> float | int:
    """The value with so many decimals, halves away from zero.

    Only the first 15 digits count: 0.13649999999999998 is 0.1365. Whole results are int.

    Source: PHP manual, round (pre-rounding).
    """
    if isinstance(value, int):
        return value
    if value != value or abs(value) >= 1e15:  # noqa: PLR0124 (NaN)
        return value
    scale: int = 10**digits
    scaled = abs(value) * scale
    if scaled < _SAFELY_SCALED and abs(scaled % 1 - 0.5) > _NEAR_HALF:
        nearest = int(scaled + 0.5) if value > 0 else -int(scaled + 0.5)
        return nearest / scale if nearest % scale else nearest // scale
    rounded = float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))
    return int(rounded) if rounded.is_integer() else rounded


def quotient(part: float, whole: float, digits: int) -> float | int:
    """Part divided by whole with so many decimals; 0 when there is nothing to divide by.

    Whole numbers are divided exactly, which gives the same and is ten times faster.
    """
    if not whole:
        return 0
    if type(part) is int and type(whole) is int and part >= 0 and whole > 0:
        scale: int = 10**digits
        scaled = (2 * part * scale + whole) // (2 * whole)
        return scaled / scale if scaled % scale else scaled // scale
    return round_half_up(part / whole, digits)
