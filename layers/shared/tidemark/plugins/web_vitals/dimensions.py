"""Core Web Vitals of a page view, as the tracker tells them when the visitor turns away (`wv_lcp` …)."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from tidemark.plugin import Dimension, HitContext, Scope

VITALS = ("lcp", "inp", "cls", "fcp", "ttfb")
SHIFT = "cls"
"""The one that is a ratio; the others are milliseconds."""
DEVICE = "web_vital_device"
LONGEST_MS = 16_777_215
MOST_SHIFT = 100.0


def column(vital: str) -> str:
    """The column of hits and actions that holds a vital."""
    return f"web_vital_{vital}"


def _number(hit: HitContext, vital: str, most: float) -> float | None:
    """What the request says; None for what is no number, negative or absurdly large."""
    given = hit.params.get(f"wv_{vital}")
    if given is None:
        return None
    try:
        value = float(given)
    except ValueError:
        return None
    return value if isfinite(value) and 0 <= value <= most else None


def _milliseconds(vital: str) -> Callable[[HitContext], int | None]:
    def value(hit: HitContext) -> int | None:
        found = _number(hit, vital, LONGEST_MS)
        return None if found is None else round(found)

    return value


def _shift(hit: HitContext) -> float | None:
    return _number(hit, SHIFT, MOST_SHIFT)


def _device(hit: HitContext) -> int | None:
    """The type of the device, of requests with a vital only: theirs are the only rows that are grouped by it."""
    return hit.client.device_type if any(f"wv_{vital}" in hit.params for vital in VITALS) else None


DIMENSIONS: tuple[Dimension, ...] = (
    *(
        Dimension(column(vital), Scope.ACTION, _shift, "float64", told_later=True)
        if vital == SHIFT
        else Dimension(column(vital), Scope.ACTION, _milliseconds(vital), "int32", told_later=True)
        for vital in VITALS
    ),
    Dimension(DEVICE, Scope.ACTION, _device, "uint8", told_later=True),
)
