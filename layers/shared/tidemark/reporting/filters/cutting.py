"""Leaving out rows: those of low population, those beyond a limit, the tail that becomes "Others"."""

from __future__ import annotations

from tidemark.model.table import AGGREGATION_METADATA, SUMMARY_LABEL, TOTAL_ROWS_METADATA, DataTable
from tidemark.reporting.filters.summing import sum_rows
from tidemark.reporting.text import number_of

SIGNIFICANT_SHARE = 0.02
"""Rows below this share of the column's sum are of low population when no minimum is given."""


def exclude_low_population(table: DataTable, column: str, minimum: float) -> None:
    """Remove rows whose column is below the minimum; 0 stands for 2 % of the column's sum."""
    if not len(table):
        return
    threshold = minimum or sum(map(number_of, table.column(column))) * SIGNIFICANT_SHARE
    cells = table.cells(column)
    table.pick([place for place, cell in enumerate(cells) if number_of(cell) >= threshold])
    if table.summary_row is not None and number_of(table.summary_row.get(column)) < threshold:
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
    table.metadata[TOTAL_ROWS_METADATA] = len(table)
    skipped = max(0, offset)
    if skipped:
        if skipped >= len(table) and not keep_summary_row:
            table.summary_row = None
        table.pick(range(min(skipped, table.row_count), table.row_count))
    if 0 <= row_limit < len(table):
        if not keep_summary_row:
            table.summary_row = None
        table.pick(range(min(row_limit, table.row_count)))
