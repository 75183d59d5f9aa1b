"""Periods as readers see them, in English or in another language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tidemark.definitions.names import calendar_in
from tidemark.definitions.texts import ENGLISH, translated
from tidemark.model.period import Period, PeriodKind
from tidemark.model.period_query import PeriodSelection

_TO = "\u2009\u2013\u2009"  # an en dash between thin blanks
_TO_NUMBER = "\u2013"
_WEEK = "week {period}"


@dataclass(frozen=True, slots=True)
class _Form:
    """How a language writes days: what stands behind a weekday, a day and a month, and between days of one month."""

    after_weekday: str = ", "
    after_day: str = ""
    before_year: str = " "
    is_month_first: bool = False
    between_days: str = _TO_NUMBER


_FORMS: Final[Mapping[str, _Form]] = {
    ENGLISH: _Form(before_year=", ", is_month_first=True, between_days=_TO),
    "de": _Form(after_day="."),
    "fr": _Form(after_weekday=" "),
}


def long_period(period: Period, language: str = ENGLISH) -> str:
    """Saturday, March 6, 2010; week March 1 - 7, 2010; March 2010; 2010. Samstag, 6. März 2010."""
    names = calendar_in(language)
    match period.kind:
        case PeriodKind.DAY:
            day = _with_year(_month_day(period.first, language), period.first.year, language)
            return f"{names.weekdays[period.first.weekday()]}{_FORMS[language].after_weekday}{day}"
        case PeriodKind.WEEK:
            return translated(_WEEK, language).format(period=long_range(period.first, period.last, language))
        case PeriodKind.MONTH:
            return f"{names.months[period.first.month - 1]} {period.first.year}"
        case PeriodKind.YEAR:
            return str(period.first.year)
        case PeriodKind.RANGE:
            return long_range(period.first, period.last, language)


def short_period(period: Period, language: str = ENGLISH) -> str:
    """Sat, Mar 6; Mar 1 - 7, 2010; Mar 2010; 2010. Sa., 6. März."""
    names = calendar_in(language)
    match period.kind:
        case PeriodKind.DAY:
            weekday = names.short_weekdays[period.first.weekday()] + _FORMS[language].after_weekday
            return weekday + _month_day(period.first, language, is_short=True)
        case PeriodKind.MONTH:
            return f"{names.short_months[period.first.month - 1]} {period.first.year}"
        case PeriodKind.YEAR:
            return str(period.first.year)
        case _:
            return _between(period.first, period.last, language, is_short=True)


def long_selection(selection: PeriodSelection, language: str = ENGLISH) -> str:
    """The period of a call, or the days from the first of several periods to the last one."""
    if not selection.is_multiple:
        return long_period(selection.single, language)
    return long_range(selection.periods[0].first, selection.periods[-1].last, language)


def long_range(first: date, last: date, language: str = ENGLISH) -> str:
    """Two days, naming year and month once where they are the same."""
    return _between(first, last, language)


def day_with_year(day: date, language: str = ENGLISH) -> str:
    """Mar 6, 2010; 6. März 2010."""
    return _with_year(_month_day(day, language, is_short=True), day.year, language)


def _between(first: date, last: date, language: str, *, is_short: bool = False) -> str:
    start, end = (_month_day(day, language, is_short=is_short) for day in (first, last))
    if first.year != last.year:
        return f"{_with_year(start, first.year, language)}{_TO}{_with_year(end, last.year, language)}"
    if first.month == last.month:
        form = _FORMS[language]
        start, end = (start, str(last.day)) if form.is_month_first else (f"{first.day}{form.after_day}", end)
        return _with_year(f"{start}{form.between_days}{end}", last.year, language)
    return _with_year(f"{start}{_TO}{end}", last.year, language)


def _with_year(text: str, year: int, language: str) -> str:
    return f"{text}{_FORMS[language].before_year}{year}"


def _month_day(day: date, language: str, *, is_short: bool = False) -> str:
    """March 6; 6. März; 6 mars"""
    names, form = calendar_in(language), _FORMS[language]
    month = (names.short_months if is_short else names.months)[day.month - 1]
    return f"{month} {day.day}" if form.is_month_first else f"{day.day}{form.after_day} {month}"
