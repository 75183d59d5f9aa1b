"""Leaving out rows: those of low population, those beyond a limit, the tail that becomes "Others"."""

from __future__ import annotations

from tidemark.model.table import AGGREGATION_METADATA, SUMMARY_LABEL, TOTAL_ROWS_METADATA, DataTable, Row
from tidemark.reporting.filters.summing import sum_rows
from tidemark.reporting.text import number_of

SIGNIFICANT_SHARE = 0.02
"""Rows below this share of the column's sum are of low population when no minimum is given."""


def exclude_low_population(table: DataTable, column: str, minimum: float) -> None:
    """Remove rows whose column is below the minimum; 0 stands for 2 % of the column's sum."""
    if table.first_row is None:
        return
    threshold = minimum or sum(number_of(row.columns.get(column)) for row in table) * SIGNIFICANT_SHARE

    def is_kept(row: Row) -> bool:
        return number_of(row.columns.get(column)) >= threshold

    table.rows = [row for row in table.rows if is_kept(row)]
    if table.summary_row is not None and not is_kept(table.summary_row):
        table.summary_row = None


def truncate(table: DataTable, row_count: int) -> None:
    """Keep so many rows and sum the others in a summary row; also in loaded subtables.

    Tables with at most one row more stay as they are.
    """
    if row_count < 0:
        return
    if len(table) > row_count + 1:
        rest = table.rows[row_count:] + ([table.summary_row] if table.summary_row is not None else [])
        table.summary_row = sum_rows(rest, SUMMARY_LABEL, table.metadata.get(AGGREGATION_METADATA, {}))
        table.metadata[TOTAL_ROWS_METADATA] = len(table.rows)
        del table.rows[row_count:]
    for row in table.rows:
        if row.subtable is not None:
            truncate(row.subtable, row_count)


def limit(table: DataTable, offset: int, row_limit: int, *, keep_summary_row: bool) -> None:
    """Skip ``offset`` rows, keep ``row_limit`` of the rest (-1: all) and note how many rows there were.

    The summary row counts as the last row; it goes when rows before it are cut, unless it is to be kept.
    """
    summary_row = table.summary_row
    table.metadata[TOTAL_ROWS_METADATA] = len(table)
    _delete_rows(table, 0, max(0, offset))
    if row_limit >= 0:
        _delete_rows(table, row_limit, None)
    if keep_summary_row and summary_row is not None:
        table.summary_row = summary_row


def _delete_rows(table: DataTable, start: int, count: int | None) -> None:
    row_count = len(table)
    if count == 0 or start >= row_count:
        return
    if count is None or count >= row_count:
        table.summary_row = None
    del table.rows[start : None if count is None else start + count]
