"""Rounding as Matomo's clients see it: halves away from zero, quotients with so many digits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def round_half_up(value: float, digits: int = 0) -> float | int:
    """The value with so many decimals, halves away from zero.

    Only the first 15 digits count: 0.13649999999999998 is 0.1365. Whole results are int.

    Source: PHP manual, round (pre-rounding).
    """
    if isinstance(value, int):
        return value
    if value != value or abs(value) >= 1e15:  # noqa: PLR0124 (NaN)
        return value
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
