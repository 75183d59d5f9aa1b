"""The same call some periods earlier: what evolutions compare with. Source: Matomo 5.2, MultiSites and Insights APIs."""

from __future__ import annotations

from calendar import isleap
from datetime import date

from tidemark.model.period import ONE_DAY, Period, PeriodKind, add_months
from tidemark.model.period_query import is_multiple_date, parse_date, read_period_kind, select_periods

_RELATIVE = ("last", "previous")
_YEAR_DAYS = 365


def earlier_date(period: str, date_text: str, today: date, count: int = 1) -> str | None:
    """The parameter `date` so many periods before; None for relative dates (last7), which are compared with nothing.

    Before a range lies the range of as many days, whatever the count is. A year of days before a day in a leap year
    has 366.

    Raises:
        BadPeriod, BadDate: as for the call itself.

    """
    kind = read_period_kind(period)
    if kind is PeriodKind.RANGE:
        return period_before(select_periods(period, date_text, today).single).range_text
    if any(word in date_text for word in _RELATIVE):
        return None
    if is_multiple_date(date_text.strip()):
        periods = select_periods(period, date_text, today).periods
        return f"{_earlier(kind, periods[0].first, count)},{_earlier(kind, periods[-1].last, count)}"
    return str(_earlier(kind, parse_date(date_text.strip(), today), count))


def period_before(period: Period) -> Period:
    """The period of the same kind that ends the day before; for a range, one that has as many days."""
    last = period.first - ONE_DAY
    if period.kind is PeriodKind.RANGE:
        return Period.range(last - (period.day_count - 1) * ONE_DAY, last)
    return Period.containing(period.kind, last)


def _earlier(kind: PeriodKind, day: date, count: int) -> date:
    match kind:
        case PeriodKind.MONTH:
            return add_months(day, -count)
        case PeriodKind.YEAR:
            return add_months(day, -12 * count)
        case PeriodKind.WEEK:
            return day - 7 * count * ONE_DAY
        case _:
            is_leap_year = count == _YEAR_DAYS and isleap(day.year)
            return day - (count + is_leap_year) * ONE_DAY
