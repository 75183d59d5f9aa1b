"""Making columns of the rows of another dimension."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tidemark.model.table import LABEL, SUMMARY_LABEL, DataTable, Row
from tidemark.reporting.filters.flatten import OTHERS, replace_summary_labels
from tidemark.reporting.text import cell_text, number_of

FIXED_BLANK = "\u00a0"
Intersect = Callable[[DataTable, Row], "DataTable | None"]


def pivot(table: DataTable, intersect: Intersect, *, metric: str, column_limit: int) -> None:
    """Replace the metrics of every row by one metric of the rows that ``intersect`` finds for it, named by their labels.

    The columns with the largest sums come first; of more than ``column_limit`` the rest is summed as Others (negative:
    no limit). Without ``metric``, the first one of the table is shown. The names of columns are numbered by a queued
    filter; what was queued before is dropped. Source: Matomo 5.2, generic parameters, "pivotBy".
    """
    metric = metric or _first_metric(table)
    cells = [_cells(intersect(table, row), metric) for row in table]
    sums: dict[str, float] = {}
    for row_cells in cells:
        for name, value in row_cells.items():
            sums[name] = sums.get(name, 0) + number_of(value)
    columns = sorted(sums, key=lambda name: (-sums[name], name.encode()))
    kept = columns[: column_limit - 1] if 0 < column_limit < len(columns) else columns
    has_others = len(kept) < len(columns)
    for row, row_cells in zip(table, cells, strict=True):
        row.columns = _pivoted(row, row_cells, kept, has_others=has_others)
        row.subtable = row.subtable_id = None
    names = {name: f"{place}.{FIXED_BLANK}{name}" for place, name in _places(kept)}
    table.queued = [replace_summary_labels, partial(_number_columns, names=names)]


def _first_metric(table: DataTable) -> str:
    first = table.first_row
    return next((name for name in first.columns if name != LABEL), "") if first is not None else ""


def _cells(found: DataTable | None, metric: str) -> dict[str, Any]:
    rows = () if found is None else found
    return {OTHERS if row.label == SUMMARY_LABEL else cell_text(row.label): row.get(metric) or 0 for row in rows}


def _pivoted(row: Row, cells: Mapping[str, Any], kept: list[str], *, has_others: bool) -> dict[str, Any]:
    columns = {LABEL: row.label} | {name: cells.get(name, False) for name in kept}
    if has_others:
        rest = sum(number_of(value) for name, value in cells.items() if name not in columns)
        columns[OTHERS] = number_of(columns.get(OTHERS)) + rest
    return columns


def _places(kept: list[str]) -> list[tuple[int, str]]:
    return list(enumerate((name for name in kept if name not in {OTHERS, LABEL}), start=1))


def _number_columns(table: DataTable, names: Mapping[str, str]) -> None:
    for row in table:
        row.columns = {names.get(name, name): value for name, value in row.columns.items()}
