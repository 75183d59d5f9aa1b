"""Periods as English readers see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tidemark.model.period import Period, PeriodKind
from tidemark.model.period_query import PeriodSelection

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_TO = "\u2009\u2013\u2009"  # an en dash between thin blanks
SHORT = 3
"""Letters of a short name of a month or day."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def long_period(period: Period) -> str:
    """Saturday, March 6, 2010; week March 1 - 7, 2010; March 2010; 2010."""
    match period.kind:
        case PeriodKind.DAY:
            return f"{WEEKDAYS[period.first.weekday()]}, {_month_day(period.first)}, {period.first.year}"
        case PeriodKind.WEEK:
            return f"week {long_range(period.first, period.last)}"
        case PeriodKind.MONTH:
            return f"{MONTHS[period.first.month - 1]} {period.first.year}"
        case PeriodKind.YEAR:
            return str(period.first.year)
        case PeriodKind.RANGE:
            return long_range(period.first, period.last)


def short_period(period: Period) -> str:
    """Sat, Mar 6; Mar 1 - 7, 2010; Mar 2010; 2010."""
    match period.kind:
        case PeriodKind.DAY:
            return f"{WEEKDAYS[period.first.weekday()][:SHORT]}, {_short_month_day(period.first)}"
        case PeriodKind.MONTH:
            return f"{MONTHS[period.first.month - 1][:SHORT]} {period.first.year}"
        case PeriodKind.YEAR:
            return str(period.first.year)
        case _:
            return _between(period.first, period.last, _short_month_day)


def long_selection(selection: PeriodSelection) -> str:
    """The period of a call, or the days from the first of several periods to the last one."""
    if not selection.is_multiple:
        return long_period(selection.single)
    return long_range(selection.periods[0].first, selection.periods[-1].last)


def long_range(first: date, last: date) -> str:
    """Two days, naming year and month once where they are the same."""
    return _between(first, last, _month_day)


def _between(first: date, last: date, month_day: Callable[[date], str]) -> str:
    if first.year != last.year:
        return f"{month_day(first)}, {first.year}{_TO}{month_day(last)}, {last.year}"
    end = str(last.day) if first.month == last.month else month_day(last)
    return f"{month_day(first)}{_TO}{end}, {last.year}"


def _month_day(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}"


def _short_month_day(day: date) -> str:
    return f"{MONTHS[day.month - 1][:SHORT]} {day.day}"
