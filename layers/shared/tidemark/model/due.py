"""When something that comes again and again is due, and of which period it tells then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from tidemark.model.period import add_months

RHYTHMS: Final = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Due:
    """The latest due time (unix seconds), and the first day of the whole period before it."""

    at: int
    told: date


def latest_due(rhythm: str, hour: int, zone: tzinfo, now: float) -> Due:
    """The last time at or before `now` when the zone's clocks showed this hour on a day, Monday or first of a month.

    An hour that the clocks leave out when they are put forward is due one hour later. Source: Matomo 5.2, scheduled times.
    Raises: ValueError for another rhythm.
    """
    first = _begin(rhythm, datetime.fromtimestamp(now, zone).date())
    at = _moment(first, hour, zone)
    if at > now:
        first = before(rhythm, first)
        at = _moment(first, hour, zone)
    return Due(at, before(rhythm, first))


def before(rhythm: str, first: date, steps: int = 1) -> date:
    """The first day of the period `steps` before the one that begins then. Raises: ValueError."""
    if rhythm == "month":
        return add_months(first, -steps)
    days = {"day": 1, "week": 7}
    if rhythm not in days:
        raise ValueError(f"nothing comes by {rhythm!r}")
    return first - timedelta(days=days[rhythm] * steps)


def _begin(rhythm: str, day: date) -> date:
    if rhythm == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if rhythm == "month" else day


def _moment(day: date, hour: int, zone: tzinfo) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=zone).timestamp())
