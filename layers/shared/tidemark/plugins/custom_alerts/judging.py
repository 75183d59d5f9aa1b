"""Whether a value is worth an alert. Everything here is arithmetic.

An anomaly is a value that lies far from what is usual at such times: the distance from the median of the past values,
measured in robust standard deviations (1.4826 times the median absolute deviation, which outliers of the past do not
move). Where the past hardly varies, a floor keeps noise from looking like news: counts vary by the root of their size
(Poisson) and by one at least; other metrics by a hundredth of their size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from tidemark.model.alert import ANOMALY

LEAST_PAST: Final = 5
"""With fewer past values nothing is unusual."""
PAST: Final = 8
MAD_TO_DEVIATION: Final = 1.4826
_FLOOR_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an alert goes off, and with what the value was compared."""

    is_triggered: bool
    usual: float


def judged(condition: str, limit: float, value: float, past: Sequence[float]) -> Verdict:
    """The verdict on a value; `past` is one value to compare with, or for anomalies what was measured at such times."""
    if condition == ANOMALY:
        usual = median(past) if past else value
        return Verdict(len(past) >= LEAST_PAST and abs(distance(value, past)) > limit, usual)
    if condition in {"less_than", "greater_than"}:
        return Verdict(value < limit if condition == "less_than" else value > limit, limit)
    if not past:
        return Verdict(is_triggered=False, usual=value)
    grown = value - past[0] if "increase" in condition else past[0] - value
    if condition.startswith("percentage"):
        return Verdict(_percent(grown, past[0]) > limit, past[0])
    return Verdict(grown > limit, past[0])


def distance(value: float, past: Sequence[float]) -> float:
    """How many robust standard deviations the value lies above what is usual."""
    usual = median(past)
    deviation = MAD_TO_DEVIATION * median([abs(one - usual) for one in past])
    counts = all(float(one).is_integer() for one in (value, *past))
    floor = max(1.0, math.sqrt(abs(usual))) if counts else abs(usual) * _FLOOR_SHARE
    scale = max(deviation, floor)
    if scale == 0:
        return 0.0 if value == usual else math.copysign(math.inf, value - usual)
    return (value - usual) / scale


def _percent(grown: float, before: float) -> float:
    """Growth in percent; from nothing to something it is infinite."""
    if before == 0:
        return math.inf if grown > 0 else 0.0
    return grown / abs(before) * 100
