"""Keeping rows that match a regular expression."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from tidemark.model.table import DataTable, Row
from tidemark.reporting.text import cell_text

MAX_PATTERN_LENGTH = 1000
"""Longer patterns match nothing; so do patterns that are no regular expressions."""

Matcher = Callable[[str], bool]


def matcher(pattern: str) -> Matcher:
    """Whether a text contains a match, upper and lower case alike."""
    if len(pattern) > MAX_PATTERN_LENGTH:
        return _matches_nothing
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError):
        return _matches_nothing
    return lambda text: compiled.search(text) is not None


def keep_matching(table: DataTable, column: str, pattern: str) -> None:
    """Keep the rows of the first level whose column, or metadata of that name, matches."""
    matches = matcher(pattern)

    def is_kept(cell: Any, metadata: Any) -> bool:
        return matches(cell_text(metadata if cell is None else cell))

    pairs = zip(table.cells(column), table.metadata_cells(column), strict=True)
    table.pick([place for place, pair in enumerate(pairs) if is_kept(*pair)])
    summary = table.summary_row
    if summary is not None and not is_kept(summary.get(column), summary.metadata.get(column)):
        table.summary_row = None


def keep_matching_recursive(table: DataTable, column: str, pattern: str) -> None:
    """Keep the rows that match or have a matching row somewhere below them."""
    _keep_recursive(table, column, matcher(pattern))


def keep_matching_records(records: Sequence[Any], columns: Sequence[str], pattern: str) -> list[Any]:
    """Of a plain list of records, those in which one of the columns matches."""
    matches = matcher(pattern)
    return [
        record
        for record in records
        if isinstance(record, dict)
        and any(column in record and matches(cell_text(record[column])) for column in columns)
    ]


def _keep_recursive(table: DataTable, column: str, matches: Matcher) -> int:
    def is_kept(row: Row) -> bool:
        has_match_below = row.subtable is not None and _keep_recursive(row.subtable, column, matches) > 0
        return has_match_below or matches(cell_text(row.columns.get(column)))

    table.rows = [row for row in table.rows if is_kept(row)]
    if table.summary_row is not None and not is_kept(table.summary_row):
        table.summary_row = None
    return len(table)


def _matches_nothing(_text: str) -> bool:
    return False
