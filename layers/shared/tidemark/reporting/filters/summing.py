"""Adding up rows: for "Others", totals and merged tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tidemark.model.table import LABEL, Row
from tidemark.reporting.text import number_of

ALWAYS_MAXIMUM = frozenset({"max_actions"})
_NEVER_SUMMED = frozenset({LABEL, "full_url"})


def add_row(target: dict[str, Any], row: Mapping[str, Any], operations: Mapping[str, str]) -> None:
    """Add a row's columns to ``target``: sums, or min, max or skip where ``operations`` says so for a column.

    Nested maps (goals) are added key by key. Texts that are no numbers cannot be added; the first one stays.
    Source: Matomo 5.2, archiving rules, section 7.
    """
    for column, value in row.items():
        if column in _NEVER_SUMMED:
            continue
        operation = "max" if column in ALWAYS_MAXIMUM else operations.get(column, "sum")
        target[column] = _merged(operation, target.get(column), value)


def sum_rows(rows: Iterable[Row], label: object, operations: Mapping[str, str]) -> Row:
    """One row with that label, the sum of all rows; without metadata and subtable."""
    columns: dict[str, Any] = {LABEL: label}
    for row in rows:
        add_row(columns, row.columns, operations)
    return Row(columns)


def _merged(operation: str, current: Any, added: Any) -> Any:
    if operation == "skip":
        return None
    if operation in {"max", "min"}:
        present = [value for value in (current, added) if not _is_absent(value)]
        if not present:
            return current
        return (max if operation == "max" else min)(present, key=number_of)
    return _sum(current, added)


def _is_absent(value: Any) -> bool:
    """Whether there is no value at all; 0 is one. Source: Matomo 5.2, rows that are added up."""
    return value is None or value is False or (isinstance(value, str) and not value)


def _sum(current: Any, added: Any) -> Any:
    if added is None or added is False:
        return current
    if isinstance(added, dict):
        merged = dict(current) if isinstance(current, dict) else {}
        for key, value in added.items():
            merged[key] = _sum(merged.get(key), value)
        return merged
    if current is None or current is False:
        return number_of(added) if _is_number(added) else added
    return number_of(current) + number_of(added) if _is_number(added) and _is_number(current) else current


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and number_of(value) != 0) or value == "0"
