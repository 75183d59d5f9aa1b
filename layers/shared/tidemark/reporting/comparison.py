"""Comparing a call's answer with other segments and periods: which ones, and their answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from tidemark.definitions.texts import ENGLISH, translated
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.period_query import PeriodSelection
from tidemark.model.settings import Settings
from tidemark.model.table import DataTable, Table, table_leaves
from tidemark.reporting.dates import long_selection
from tidemark.reporting.filters.compared_rows import NO_SUBTABLE, Series, add_changes, add_series, capitalised
from tidemark.reporting.parameters import Parameters, read_integer, read_list

SEGMENTS, PERIODS, DATES = "compareSegments", "comparePeriods", "compareDates"
_LIMITS = {SEGMENTS: "General.data_comparison_segment_limit", PERIODS: "General.data_comparison_period_limit"}
_NOT_COMPARED = "Live."
"""Methods about single visits."""
_OWN = {
    "filter_limit": -1,
    "filter_offset": 0,
    "filter_sort_column": "",
    "filter_truncate": -1,
    "compare": 0,
    "totals": 0,
    "disable_queued_filters": 1,
    "format_metrics": 0,
    "label": "",
    "pivotBy": "",
}
"""Parameters of the calls whose answers stand beside the first one's: all rows, as they are before queued filters."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares the answer of one call.

    ``answer`` gives the processed answer to other parameters of the same method, ``periods`` what a period and a date
    mean for the sites of the call, ``segment_name`` how a segment is called, ``report_segment`` the name of the segment
    that selects a row.
    """

    method: str
    params: Parameters
    settings: Settings
    answer: Callable[[Parameters], Table]
    periods: Callable[[str, str], PeriodSelection]
    segment_name: Callable[[str], str]
    report_segment: str = ""
    language: str = ENGLISH
    sent_segment: str = ""
    """The call's own segment as it came, URL-encoded; rows of comparison name it so."""

    def apply(self, table: Table) -> None:
        """Give every row its rows of comparison. An empty answer stays as it is.

        Raises:
            ApiError: too many segments or periods, lists that do not belong together, single periods compared with
                several ones, or as a call for one of them does.

        """
        if self.method.startswith(_NOT_COMPARED):
            raise ApiError("Methods about single visits cannot be compared.")
        segments, dates = self._asked()
        if len(segments) == len(dates) == 1 or not len(table):
            return
        is_multiple = self._is_multiple(dates)
        for place, series in enumerate(self.series()):
            compared = self._compared(series, place)
            add_series(table, compared, series, segment=self.report_segment, by_period=is_multiple)
        if len(dates) > 1:
            for leaf in table_leaves(table):
                add_changes(
                    leaf,
                    len(segments),
                    self.language,
                    is_inverted=self.params.flag("invert_compare_change_compute"),
                    with_trends=self.params.flag("include_trends"),
                )

    def series(self) -> list[Series]:
        """What is compared: the call's own segment and period first, then segment by segment, period by period.

        Raises:
            ApiError: as ``apply`` does.

        """
        segments, dates = self._asked()
        return [self._one(segment, period, date) for (period, date), segment in product(dates, segments)]

    def _one(self, segment: str, period: str, date: str) -> Series:
        name = capitalised(long_selection(self.periods(period, date), self.language))
        called = self.segment_name(segment)
        is_own = segment == self.params.raw("segment") == unquote_plus(self.sent_segment, errors="replace").strip()
        return Series(
            segment,
            called if segment else translated(called, self.language),
            period,
            date,
            name,
            self.language,
            self.sent_segment if is_own else segment,
        )

    def _asked(self) -> tuple[list[str], list[tuple[str, str]]]:
        """Segments, and periods with their dates, the call's own first. Raises: ApiError."""
        segments = [self.params.raw("segment"), *_texts(self.params, SEGMENTS)]
        dates = [
            (self.params.raw("period"), self.params.raw("date")),
            *_pairs(_texts(self.params, PERIODS), _texts(self.params, DATES)),
        ]
        self._check(segments, dates)
        return segments, dates

    def _check(self, segments: Sequence[str], dates: Sequence[tuple[str, str]]) -> None:
        for name, asked in ((SEGMENTS, segments), (PERIODS, dates)):
            limit = self.settings.number(_LIMITS[name])
            if len(asked) > limit + 1:
                raise BadParameter(f"'{name}' may have at most {limit} entries.", 400)
        if self.params.flag("invert_compare_change_compute") and len(dates) != 2:
            raise BadParameter("'invert_compare_change_compute' needs exactly two periods to compare.")

    def _is_multiple(self, dates: Sequence[tuple[str, str]]) -> bool:
        """Whether every answer is one of several dates. Raises: BadParameter where only some are."""
        kinds = [self.periods(period, date).is_multiple for period, date in dates]
        if len(set(kinds)) > 1:
            first = "several dates" if kinds[0] else "one period"
            raise BadParameter(f"This call is for {first}; so must be all that it is compared with.")
        return kinds[0]

    def _compared(self, series: Series, place: int) -> Table:
        changes: dict[str, Any] = {**_OWN, "segment": series.segment, "period": series.period, "date": series.date}
        if self.params.integer("idSubtable", 0) > 0:
            subtable = self._subtable(place)
            if subtable == NO_SUBTABLE:
                return DataTable()
            changes["idSubtable"] = subtable
        return self.answer(self.params.without(**changes))

    def _subtable(self, place: int) -> int:
        """The number of a series' subtable. Raises: BadParameter."""
        try:
            given = json.loads(self.params.raw("comparisonIdSubtables", "null"))
        except (ValueError, RecursionError):
            given = None
        subtables = list(given.values()) if isinstance(given, dict) else given if isinstance(given, list) else []
        subtable = read_integer(subtables[place]) if place < len(subtables) else None
        if subtable is None:
            raise BadParameter(
                "Comparing subtables needs the number of each series' subtable, in 'comparisonIdSubtables'."
            )
        return subtable


def is_compared(params: Parameters) -> bool:
    """Whether a call asks for a comparison."""
    return params.integer("compare", 0) == 1


def _texts(params: Parameters, name: str) -> list[str]:
    return [str(value) for value in read_list(params.get(name)) or [] if not isinstance(value, list | dict)]


def _pairs(periods: Sequence[str], dates: Sequence[str]) -> list[tuple[str, str]]:
    """Periods with their dates. Raises: BadParameter where one lacks the other."""
    if len(periods) != len(dates):
        raise BadParameter(f"'{PERIODS}' and '{DATES}' must have the same number of entries.", 400)
    return list(zip(periods, dates, strict=True))


def segment_name(segment: str, saved: Callable[[], Iterable[Mapping[str, Any]]]) -> str:
    """What people call a segment: the name under which it was saved, or its definition."""
    if not segment:
        return "All visits"
    spellings = {segment, unquote_plus(segment), quote_plus(segment)}
    names = [str(one["name"]) for one in saved() if one["definition"] in spellings]
    return names[-1] if names else unquote_plus(segment)
