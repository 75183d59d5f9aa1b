"""What an archive holds: numbers, and tables and value sets as compressed frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tidemark.archiving.tables import Frame

Number = int | float

SET_PREFIX = "set:"
"""Frames of value sets are named so, followed by their number's name."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of one archive."""

    numbers: Mapping[str, Number] = field(default_factory=dict)
    frames: Mapping[str, Frame] = field(default_factory=dict)


def stored_number(value: Number | Decimal | None) -> Number:
    """A number as archives keep it: rounded to two decimals, whole where it can be."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value
    rounded = round(float(value), 2)
    return int(rounded) if rounded.is_integer() else rounded
