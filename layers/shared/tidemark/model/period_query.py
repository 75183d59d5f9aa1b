"""Reading the request parameters ``period`` and ``date``: single dates, words, lists and ranges."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tidemark.model.errors import BadDate, BadPeriod
from tidemark.model.period import ONE_DAY, Period, PeriodKind, add_months, periods_touching

ALL_PERIODS: tuple[str, ...] = tuple(PeriodKind)
FIRST_DAY = date(1991, 8, 6)
"""The day of the first website; earlier dates are refused. Source: Matomo 5.2, generic parameters, "date"."""
LAST_YEAR = 9000
"""Later years are refused, because calendars end at 9999."""
YEARS_AHEAD = 10
"""A range that ends after the end of this many years is cut there."""

_DAYS_PER_STEP = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7, PeriodKind.RANGE: 1}
_MAX_STEPS = {PeriodKind.DAY: 5 * 365, PeriodKind.WEEK: 520, PeriodKind.MONTH: 120, PeriodKind.YEAR: 10}
_MAX_RANGE_STEPS = 100 * 365

_RELATIVE_SPAN = re.compile(r"(last|previous)([0-9]*)")
_LAST_WORD = re.compile(r"last(?:[ -]|%20|\+)?(week|month|year)", re.IGNORECASE)
_TWO_DATES = re.compile(
    r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|last[ -]?(?:week|month|year)),"
    r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|today|now|yesterday|last[ -]?(?:week|month|year))",
    re.IGNORECASE,
)
_CALENDAR_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|([0-9]{2})([0-9]{2}))"
    r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?(?:Z| ?UTC)?",
    re.IGNORECASE,
)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_MONTH_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_WEEK = re.compile(r"([0-9]{4})-?W([0-9]{2})(?:-?([1-7]))?")
_DAY_AND_NAME = re.compile(r"([0-9]{1,2})[ -]([a-z]{3,9})[ -]([0-9]{4})", re.IGNORECASE)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH_OF_NAME = {form: number for number, name in enumerate(_MONTHS, 1) for form in (name, name[:3])} | {"sept": 9}
_UNIX_TIME = re.compile(r"@?([0-9]{9,11})")
_DAYS_AGO = {"now": 0, "today": 0, "midnight": 0, "noon": 0, "yesterday": 1, "yesterdaysametime": 1, "tomorrow": -1}


@dataclass(frozen=True, slots=True)
class PeriodSelection:
    """The periods a request asks for, oldest first; ``is_multiple``: the answer is a map by date."""

    periods: tuple[Period, ...]
    is_multiple: bool

    @property
    def single(self) -> Period:
        """The only period of a request for one."""
        return self.periods[0]


def select_periods(period: str, date_text: str, today: date, enabled: tuple[str, ...] = ALL_PERIODS) -> PeriodSelection:
    """The periods meant by the parameters ``period`` and ``date``; ``today`` is the site's local date.

    Source: Matomo 5.2, generic parameters, "period" and "date".

    Raises:
        BadPeriod: unknown or disabled period.
        BadDate: unreadable date, a range that ends before it starts, or a date outside the calendar's limits.

    """
    kind, text = read_period_kind(period, enabled), date_text.strip()
    if kind is PeriodKind.RANGE:
        first_text, comma, last_text = text.partition(",")
        if comma and first_text == last_text:
            return PeriodSelection((Period.day(parse_date(first_text, today)),), is_multiple=False)
        first, last = _span(kind, text, today)
        if last < first:
            raise BadDate(f"The date range '{date_text}' is invalid: it ends before it starts.")
        return PeriodSelection((Period.range(first, last),), is_multiple=False)
    if is_multiple_date(text):
        first, last = _span(kind, text, today)
        return PeriodSelection(periods_touching(kind, first, last), is_multiple=True)
    return PeriodSelection((Period.containing(kind, parse_date(text, today)),), is_multiple=False)


def read_period_kind(period: str, enabled: tuple[str, ...] = ALL_PERIODS) -> PeriodKind:
    """The kind of period of that name.

    Raises:
        BadPeriod: unknown or disabled period.

    """
    if period not in enabled or period not in ALL_PERIODS:
        raise BadPeriod(period, enabled)
    return PeriodKind(period)


def is_multiple_date(text: str) -> bool:
    """Whether the text names several dates: lastN, previousN or two dates with a comma."""
    return bool(_RELATIVE_SPAN.fullmatch(text) or _TWO_DATES.fullmatch(text))


def parse_date(text: str, today: date) -> date:
    """The day meant by a calendar date, a word (today, yesterday, lastWeek ...) or a unix time in UTC.

    Days beyond the end of a month run on into the next one, as in Matomo (2010-02-30 is 2010-03-02).

    Raises:
        BadDate: unreadable, or outside the calendar's limits.

    """
    day = _read_word(text, today) or _read_calendar_date(text) or _read_other_date(text) or _read_unix_time(text)
    if day is None:
        raise BadDate(
            f"The date '{text}' is not valid. Use YYYY-MM-DD, today, yesterday, lastWeek, lastMonth, lastYear, "
            "lastN, previousN or YYYY-MM-DD,YYYY-MM-DD."
        )
    if day < FIRST_DAY or day.year > LAST_YEAR:
        raise BadDate(f"The date '{text}' is outside what is supported: {FIRST_DAY} to the year {LAST_YEAR}.")
    return day


def _read_word(text: str, today: date) -> date | None:
    days_ago = _DAYS_AGO.get(text.lower())
    if days_ago is not None:
        return today - timedelta(days=days_ago)
    word = _LAST_WORD.fullmatch(text)
    if word is None:
        return None
    unit = word[1].lower()
    if unit == "week":
        return today - timedelta(days=7)
    months = 1 if unit == "month" else 12
    return _run_on(today.year, today.month - months, today.day)


def _read_calendar_date(text: str) -> date | None:
    found = _CALENDAR_DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    return _within_limits(year, month, day)


def _read_other_date(text: str) -> date | None:
    """Dates of other forms: 2010-01 (its first day), 31.1.2010, 1/31/2010, 31 January 2010, 2010-W04 (its Monday)."""
    if found := _WEEK.fullmatch(text):
        return _day_of_week(int(found[1]), int(found[2]), int(found[3] or 1))
    if found := _MONTH.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), 1
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _MONTH_FIRST.fullmatch(text):
        month, day, year = (int(part) for part in found.groups())
    elif (found := _DAY_AND_NAME.fullmatch(text)) and found[2].lower() in _MONTH_OF_NAME:
        year, month, day = int(found[3]), _MONTH_OF_NAME[found[2].lower()], int(found[1])
    else:
        return None
    return _within_limits(year, month, day)


def _within_limits(year: int, month: int, day: int) -> date | None:
    """The day; days that a month does not have run on into the next."""
    return _run_on(year, month, day) if month <= 12 and day <= 31 and 1 <= year <= LAST_YEAR else None


def _day_of_week(year: int, week: int, day: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, day)
    except ValueError:
        return None


def _read_unix_time(text: str) -> date | None:
    found = _UNIX_TIME.fullmatch(text)
    return datetime.fromtimestamp(int(found[1]), tz=UTC).date() if found else None


def _run_on(year: int, month: int, day: int) -> date | None:
    """The date, where months below 1 belong to the year before and days outside the month to its neighbours."""
    index = year * 12 + month - 1
    if index < 12:
        return None
    return date(index // 12, index % 12 + 1, 1) + timedelta(days=day - 1)


def _span(kind: PeriodKind, text: str, today: date) -> tuple[date, date]:
    """First and last day named by lastN, previousN or two dates."""
    relative = _RELATIVE_SPAN.fullmatch(text)
    if relative:
        return _relative_span(kind, relative[1], relative[2], today)
    both = _TWO_DATES.fullmatch(text)
    if both is None:
        raise BadDate(
            f"The date range '{text}' is not valid. Use lastN, previousN or YYYY-MM-DD,YYYY-MM-DD "
            "(today and yesterday may stand at its end)."
        )
    latest = date(today.year + YEARS_AHEAD, 12, 31)
    return parse_date(both[1], today), min(parse_date(both[2], today), latest)


def _relative_span(kind: PeriodKind, word: str, count: str, today: date) -> tuple[date, date]:
    limit = _MAX_STEPS.get(kind, _MAX_RANGE_STEPS)
    steps = min(int(count[:9] or "0"), limit)
    last = today if word == "last" else _step(kind, today, -1)
    return max(_step(kind, last, -max(steps - 1, 0)), FIRST_DAY), last


def _step(kind: PeriodKind, day: date, steps: int) -> date:
    """The day some periods earlier (negative) or later; a range steps by days."""
    if kind is PeriodKind.MONTH:
        return add_months(day, steps)
    if kind is PeriodKind.YEAR:
        return _run_on(day.year + steps, day.month, day.day) or FIRST_DAY
    return day + steps * _DAYS_PER_STEP[kind] * ONE_DAY
