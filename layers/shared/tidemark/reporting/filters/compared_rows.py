"""Rows of other periods and segments beside the rows of a table, and how much they changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from tidemark.definitions.texts import ENGLISH
from tidemark.model.period import ONE_DAY, Period
from tidemark.model.rounding import round_half_up
from tidemark.model.table import (
    COMPARISONS,
    EXTRA_METRICS_METADATA,
    LABEL,
    PERIOD_METADATA,
    DataTable,
    Row,
    Table,
    TableMap,
)
from tidemark.reporting.dates import long_period
from tidemark.reporting.formatting import percentage
from tidemark.reporting.text import is_numeric, number_of

NO_SUBTABLE = -1
"""Stands for the subtable's number where a compared row has none."""
DATES = "date"
_AND = ";"


@dataclass(frozen=True, slots=True)
class Series:
    """One of the compared segments in one of the compared periods; ``sent_segment`` and ``date`` as sent."""

    segment: str
    segment_name: str
    period: str
    date: str
    period_name: str
    language: str = ENGLISH
    sent_segment: str = ""

    @property
    def name(self) -> str:
        """(August 2012) (All visits)."""
        return " ".join(f"({part})" for part in (self.period_name, self.segment_name) if part)

    def facts(self, period: Period | None) -> dict[str, Any]:
        """The metadata of a compared row; ``period`` is that of its own table where there are tables of several."""
        return {
            "compareSegment": self.sent_segment or self.segment,
            "compareSegmentPretty": self.segment_name,
            "comparePeriod": self.period if period is None else period.kind.value,
            "compareDate": self.date if period is None else period.first.isoformat(),
            "comparePeriodPretty": self.period_name
            if period is None
            else capitalised(long_period(period, self.language)),
            "compareSeriesPretty": self.name,
        }


def capitalised(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def add_series(table: Table, compared: Table | None, series: Series, *, segment: str, by_period: bool) -> None:
    """Put the rows of a series beside those of a table, found by label; tables of maps are paired in their order.

    Rows without counterpart get one of zeros. Where a series has more dates than the table, the table gets further
    dates without rows. ``segment``: name of the segment that selects a row of the report; ``by_period``: whether each
    table names its own period. Source: Matomo 5.2, generic parameters, "compare".
    """
    if isinstance(table, DataTable):
        other = compared if isinstance(compared, DataTable) else None
        period = other.metadata.get(PERIOD_METADATA) if by_period and other is not None else None
        _add_rows(table, other, series.facts(period), segment)
        return
    others = list(compared.tables.values()) if isinstance(compared, TableMap) else []
    if table.key_name == DATES:
        _add_dates(table, len(others))
    for place, inner in enumerate(table.tables.values()):
        other_inner = others[place] if place < len(others) else None
        add_series(inner, other_inner, series, segment=segment, by_period=by_period)


def add_changes(
    table: DataTable, segment_count: int, language: str = ENGLISH, *, is_inverted: bool, with_trends: bool
) -> None:
    """Add to the compared rows of every first-level row by how much they differ from those of the first period.

    ``is_inverted``: the rows of the first period say how they differ from those of the second one instead.
    """
    for row in table:
        rows = row.metadata[COMPARISONS].rows if COMPARISONS in row.metadata else []
        for place, compared in enumerate(rows):
            is_first = place < segment_count
            other = place % segment_count + (segment_count if is_inverted else 0)
            if is_first == is_inverted and other < len(rows):
                _add_change(compared, rows[other].columns, language, with_trends=with_trends)


def _add_dates(table: TableMap, count: int) -> None:
    last = list(table.leaves())[-1]
    kind = type(last)
    while len(table) < count:
        before: Period = last.metadata[PERIOD_METADATA]
        period = Period.containing(before.kind, before.last + ONE_DAY)
        last = kind(metadata={**last.metadata, PERIOD_METADATA: period})
        table.tables[period.key] = last


def _add_rows(table: DataTable, compared: DataTable | None, facts: Mapping[str, Any], segment: str) -> None:
    if not len(table):
        table.rows.append(Row())
    if compared is None:
        found: Mapping[Any, Row] = {}
    elif compared.is_simple:
        found = {None: compared.first_row} if compared.first_row is not None else {}
    else:
        found = {row.label: row for row in reversed(list(compared)) if row.label is not None}
    is_only_row = compared is not None and compared.is_simple
    for row in table:
        _add_row(table, row, found.get(None if is_only_row else row.label), facts, segment)


def _add_row(table: DataTable, row: Row, other: Row | None, facts: Mapping[str, Any], segment: str) -> None:
    comparisons = row.metadata.get(COMPARISONS)
    if comparisons is None:
        extra = table.metadata.get(EXTRA_METRICS_METADATA)
        known = {} if extra is None else {EXTRA_METRICS_METADATA: extra}
        comparisons = row.metadata[COMPARISONS] = DataTable(metadata=known)
    columns = {
        name: value if other is not None else 0
        for name, value in (row if other is None else other).columns.items()
        if name != LABEL and _is_number(value)
    }
    subtable = NO_SUBTABLE if other is None or other.subtable_id is None else other.subtable_id
    metadata = {**facts, "idsubdatatable": subtable, **_segment_of(row, facts["compareSegment"], segment)}
    comparisons.rows.append(Row(columns, metadata))
    if row.subtable is not None and other is not None and other.subtable is not None:
        _add_rows(row.subtable, other.subtable, facts, segment)


def _segment_of(row: Row, compared: str, segment: str) -> dict[str, str]:
    """The segment that selects the row's visits within the compared segment."""
    own = row.metadata.get("segment")
    if own:
        return {"segment": combined(compared, own)}
    value = row.metadata.get("segmentValue")
    return {"segment": f"{segment}=={quote_plus(str(value))}"} if segment and value is not None else {}


def combined(segment: str, condition: str) -> str:
    """Both segments, unless the first one names the second already, URL-encoded or not."""
    if not segment:
        return condition
    spellings = {condition, quote_plus(condition), unquote_plus(condition)}
    marks = {mark for one in spellings for mark in (_AND + one, one + _AND)}
    marks |= {quote_plus(_AND + condition), quote_plus(condition + _AND)}
    is_known = segment in spellings or any(mark in segment for mark in marks)
    return segment if is_known else f"{segment}{_AND}{condition}"


def _add_change(row: Row, other: Mapping[str, Any], language: str, *, with_trends: bool) -> None:
    for name, value in list(row.columns.items()):
        now, past = number_of(value), number_of(other.get(name))
        row.columns[f"{name}_change"] = change_text(now, past, language)
        if with_trends:
            row.columns[f"{name}_trend"] = (now > past) - (now < past)
        row.columns[f"{name}_change_from"] = change_text(past, now, language)
        if with_trends:
            row.columns[f"{name}_trend_from"] = (past > now) - (past < now)


def change_text(now: float, past: float, language: str = ENGLISH) -> str:
    """By how many percent a number grew, in a language's notation: +12.5%, from 0 by 100."""
    change = 0.0 if now == past else 100.0 if not past else (now - past) / past * 100
    rounded = float(round_half_up(change, 1))
    return f"{'+' if rounded >= 0 else '-'}{percentage(abs(rounded), language)}"


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return is_numeric(value)
    return isinstance(value, int | float) and not isinstance(value, bool)
