"""What a picture of a report shows, before it is drawn. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, log10
from typing import Final

MOST_ROWS: Final = 15
"""Rows of a table that are told apart; the rest is left out."""
LEAST_PIXELS: Final = 50
MOST_PIXELS: Final = 2048
_STEPS: Final = (1, 2, 2.5, 5, 10)


class Kind(StrEnum):
    """How a report is drawn, by Matomo's names."""

    EVOLUTION = "evolution"
    VERTICAL = "verticalBar"
    HORIZONTAL = "horizontalBar"
    PIE = "pie"
    PIE_3D = "3dPie"
    """Drawn flat."""


@dataclass(frozen=True, slots=True)
class Series:
    """One metric: a number per label."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Labels and at least one series of as many values."""

    kind: Kind
    labels: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Sizes in pixels and colours as #rrggbb."""

    width: int
    height: int
    font_size: int
    legend_font_size: int
    colours: tuple[str, ...]
    text: str
    background: str
    grid: str
    has_legend: bool = True


def ticks(values: Sequence[float], wanted: int = 4) -> list[float]:
    """Round numbers from 0, or the least value's round number, up to at least the largest value, in equal steps."""
    lowest, highest = min((0.0, *values)), max((0.0, *values))
    if lowest == highest:
        return [0.0, 1.0]
    rough = (highest - lowest) / wanted
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in _STEPS if factor * power >= rough * (1 - 1e-9))
    first, last = floor(lowest / step), ceil(highest / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def number_text(value: float) -> str:
    """A number at an axis: 1,200 or 0.5."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4f}".rstrip("0")
