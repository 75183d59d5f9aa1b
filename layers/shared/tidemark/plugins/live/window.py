"""Which days of the visit log a call means. Source: Matomo 5.2, Live API (dates of its queries)."""

from __future__ import annotations

from datetime import date

from tidemark.model.period import ONE_DAY, Period, PeriodKind
from tidemark.model.period_query import is_multiple_date, parse_date, read_period_kind, select_periods

_OPEN_WORDS = ("last", "previous")
_TODAY_WORDS = frozenset({"today", "now", "yesterdaySameTime"})


def days_of(period: str, date_text: str, today: date) -> tuple[date | None, date | None]:
    """First and last day; None: no bound. Without period or date there is none.

    The present day is looked at together with the day before it, and what reaches to the present has no end.

    Raises: BadPeriod, BadDate.
    """
    if not period or not date_text:
        return None, None
    last_text = date_text.rpartition(",")[2]
    if period == PeriodKind.RANGE or is_multiple_date(date_text):
        periods = select_periods(period, date_text, today).periods
        first, last = periods[0].first, periods[-1].last
    else:
        day = parse_date(date_text, today)
        span = Period.containing(read_period_kind(period), day - ONE_DAY if day == today else day)
        first, last = span.first, span.last
    is_open = date_text in _TODAY_WORDS or any(word in date_text for word in _OPEN_WORDS)
    return first, None if is_open or parse_date(last_text, today) == today else last
