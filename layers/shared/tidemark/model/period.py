"""Periods: day, week, month, year and range as facts, and the smaller periods they are merged from.

All dates are local dates of a site. The texts of a request are read by ``tidemark.model.period_query``.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE_DAY = timedelta(days=1)


class PeriodKind(StrEnum):
    """The kinds of periods by Matomo's names."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    RANGE = "range"

    @property
    def id(self) -> int:
        """Matomo's number of the kind, 1 to 5."""
        return _KIND_IDS[self]


_KIND_IDS = {kind: number for number, kind in enumerate(PeriodKind, start=1)}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Consecutive local days, ``first`` and ``last`` included."""

    kind: PeriodKind
    first: date
    last: date

    @classmethod
    def containing(cls, kind: PeriodKind, day: date) -> Period:
        """The day, week (Monday to Sunday), month or year that contains a day.

        Raises:
            ValueError: for ranges, which no single day determines.

        """
        match kind:
            case PeriodKind.DAY:
                return cls(kind, day, day)
            case PeriodKind.WEEK:
                monday = day - timedelta(days=day.weekday())
                return cls(kind, monday, monday + timedelta(days=6))
            case PeriodKind.MONTH:
                return cls(kind, day.replace(day=1), day.replace(day=_days_in_month(day)))
            case PeriodKind.YEAR:
                return cls(kind, date(day.year, 1, 1), date(day.year, 12, 31))
            case PeriodKind.RANGE:
                raise ValueError("A range is determined by two days, not by one.")

    @classmethod
    def day(cls, day: date) -> Period:
        """The period of one day."""
        return cls(PeriodKind.DAY, day, day)

    @classmethod
    def range(cls, first: date, last: date) -> Period:
        """The range of these days.

        Raises:
            ValueError: when the last day is before the first one.

        """
        if last < first:
            raise ValueError(f"The range ends on {last}, before its first day {first}.")
        return cls(PeriodKind.RANGE, first, last)

    @property
    def key(self) -> str:
        """The period's name in maps: 2010-01-03, 2010-01-04,2010-01-10, 2010-01, 2010, or first,last of a range.

        Source: Matomo 5.2, generic parameters, "Map keys".
        """
        match self.kind:
            case PeriodKind.DAY:
                return self.first.isoformat()
            case PeriodKind.MONTH:
                return f"{self.first.year:04d}-{self.first.month:02d}"
            case PeriodKind.YEAR:
                return f"{self.first.year:04d}"
            case _:
                return self.range_text

    @property
    def range_text(self) -> str:
        """First and last day as YYYY-MM-DD,YYYY-MM-DD."""
        return f"{self.first.isoformat()},{self.last.isoformat()}"

    @property
    def day_count(self) -> int:
        """How many days the period has."""
        return (self.last - self.first).days + 1

    def days(self) -> Iterator[date]:
        """Every day in order."""
        return days_between(self.first, self.last)

    def contains(self, day: date) -> bool:
        """Whether the day belongs to the period."""
        return self.first <= day <= self.last

    def overlaps(self, other: Period) -> bool:
        """Whether the two periods share a day."""
        return self.first <= other.last and other.first <= self.last

    def bounds_utc(self, zone: tzinfo) -> tuple[int, int]:
        """Start and end in UTC unix seconds, the end excluded, when the local days are those of ``zone``."""
        return midnight_utc(self.first, zone), midnight_utc(self.last + ONE_DAY, zone)

    def sub_periods(self, today: date) -> tuple[Period, ...]:
        """The smallest covering set of shorter periods whose merge gives this one; empty for a day.

        A range takes whole years, months and weeks where they fit; one that reaches beyond ``today`` may be
        closed by the unfinished year, month or week, since later days are empty anyway.
        Source: Matomo 5.2, archiving rules, section 1.
        """
        match self.kind:
            case PeriodKind.DAY:
                return ()
            case PeriodKind.WEEK:
                return tuple(Period.day(day) for day in self.days())
            case PeriodKind.MONTH:
                return tuple(_weeks_and_days(self.first, self.last))
            case PeriodKind.YEAR:
                months = (date(self.first.year, month, 1) for month in range(1, 13))
                return tuple(Period.containing(PeriodKind.MONTH, month) for month in months)
            case PeriodKind.RANGE:
                return tuple(_optimal_cover(self.first, self.last, today))


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included; nothing when last is before first."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def periods_touching(kind: PeriodKind, first: date, last: date) -> tuple[Period, ...]:
    """All periods of a kind that share a day with first..last, oldest first; at least the one of ``last``."""
    found = [Period.containing(kind, last)]
    while found[-1].first > first:
        found.append(Period.containing(kind, found[-1].first - ONE_DAY))
    return tuple(reversed(found))


def parents_of(day: date) -> tuple[Period, Period, Period]:
    """The week, month and year that contain a day."""
    week, month, year = (Period.containing(kind, day) for kind in (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR))
    return week, month, year


def midnight_utc(day: date, zone: tzinfo) -> int:
    """The start of a local day in UTC unix seconds."""
    return int(datetime.combine(day, time.min, tzinfo=zone).timestamp())


def local_date(moment: float, zone: tzinfo) -> date:
    """The local date of a moment given in UTC unix seconds."""
    return datetime.fromtimestamp(moment, tz=zone).date()


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it is too short."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    return first.replace(day=min(day.day, _days_in_month(first)))


def _days_in_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _weeks_and_days(first: date, last: date) -> Iterator[Period]:
    """Whole weeks inside first..last, single days before and after them."""
    start = first
    while start <= last:
        week = Period.containing(PeriodKind.WEEK, start)
        if week.first == start and week.last <= last:
            yield week
        else:
            yield from map(Period.day, days_between(start, min(week.last, last)))
        start = week.last + ONE_DAY


def _optimal_cover(first: date, last: date, today: date) -> Iterator[Period]:
    start = first
    while start <= last:
        cover = _next_cover(start, last, today)
        yield from cover
        start = cover[-1].last + ONE_DAY


def _next_cover(start: date, last: date, today: date) -> tuple[Period, ...]:
    """The year, month or week that begins at start, or single days up to the end of its week or month."""
    for kind in (PeriodKind.YEAR, PeriodKind.MONTH):
        candidate = Period.containing(kind, start)
        if candidate.first == start and _may_close(candidate, last, today):
            return (candidate,)
    week = Period.containing(PeriodKind.WEEK, start)
    month = Period.containing(PeriodKind.MONTH, start)
    if add_months(start, 2).replace(day=1) < last and week.last > month.last:
        return _single_days(start, month.last)
    is_week_cut = week.last > last or (week.last == last and last > today)
    if is_week_cut and (week.last < today or week.first != start or last < today):
        return _single_days(start, last)
    return (week,) if week.first == start else _single_days(start, min(week.last, last))


def _may_close(candidate: Period, last: date, today: date) -> bool:
    """Whether a year or month may stand for its part of a range: it fits, or is not over yet."""
    fits = candidate.last <= last or candidate.last > today
    return fits and not (last < today and candidate.contains(today))


def _single_days(first: date, last: date) -> tuple[Period, ...]:
    return tuple(map(Period.day, days_between(first, last)))
