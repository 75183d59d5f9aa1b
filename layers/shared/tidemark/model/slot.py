"""The hours, days, weeks and months that alerts look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from tidemark.model.due import before
from tidemark.model.period import local_date, midnight_utc

GRACE_SECONDS = 600
"""Hits may come so late and still count."""
_HOUR = 3600
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Slot:
    """One hour (UTC), day, week or month: the report call that tells of it, and when it began (unix seconds)."""

    period: str
    key: str
    date: str
    segment: str
    begin: int

    @property
    def span(self) -> str:
        """The parameter `period` of the call."""
        return "day" if self.period == "hour" else self.period


def latest_slot(period: str, zone: tzinfo, now: float) -> Slot | None:
    """The last one that is over; None for an hour that midnight cuts, which belongs to two days."""
    moment = now - GRACE_SECONDS
    if period == "hour":
        return _hour(int(moment // _HOUR) * _HOUR - _HOUR, zone)
    today = local_date(moment, zone)
    begin = {"week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}.get(period, today)
    return _dated(period, before(period, begin), zone)


def earlier(slot: Slot, steps: int, zone: tzinfo) -> Slot | None:
    """The one so many periods before; of an hour, the same hour so many days before."""
    if slot.period == "hour":
        return _hour(slot.begin - steps * _DAY, zone)
    return _dated(slot.period, before(slot.period, date.fromisoformat(slot.date), steps), zone)


def similar(slot: Slot, steps: int, zone: tzinfo) -> Slot | None:
    """The one so many weeks before on the same weekday, or so many weeks or months before."""
    return earlier(slot, steps * 7 if slot.period in {"hour", "day"} else steps, zone)


def _hour(begin: int, zone: tzinfo) -> Slot | None:
    day = local_date(begin, zone)
    if day != local_date(begin + _HOUR - 1, zone):
        return None
    utc = datetime.fromtimestamp(begin, UTC)
    return Slot("hour", f"{utc:%Y-%m-%dT%H}", str(day), f"visitStartServerHour=={utc.hour}", begin)


def _dated(period: str, first: date, zone: tzinfo) -> Slot:
    return Slot(period, str(first), str(first), "", midnight_utc(first, zone))
