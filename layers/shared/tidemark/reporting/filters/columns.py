"""Showing and hiding columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from tidemark.model.table import LABEL, DataTable

FAMILY_MARK = "__"
"""A shown column keeps its family, too: customVar keeps customVar__1."""


def hide_columns(table: DataTable, columns: Sequence[str], *, is_recursive: bool) -> None:
    """Remove columns from the rows and from loaded subtables; ``is_recursive`` also inside nested values."""
    table.drop_columns(columns)
    if is_recursive:
        for row in table:
            for value in row.columns.values():
                _hide_nested(value, columns)
    for below in table.subtables():
        hide_columns(below, columns, is_recursive=is_recursive)


def show_columns(table: DataTable, columns: Collection[str]) -> None:
    """Keep only these columns and the label, also in loaded subtables."""
    table.keep_columns(lambda name: name == LABEL or is_shown(name, columns))
    for below in table.subtables():
        show_columns(below, columns)


def restrict_records(records: Any, hidden: Sequence[str], shown: Sequence[str]) -> Any:
    """A plain list or map of records with the same treatment as a table's rows."""
    items = records.items() if isinstance(records, dict) else enumerate(records)
    restricted = {key: _restricted_record(record, hidden, shown) for key, record in items}
    return restricted if isinstance(records, dict) else list(restricted.values())


def is_shown(name: str, shown: Collection[str]) -> bool:
    """Whether a column, or the family it belongs to, is to be shown."""
    return name in shown or (FAMILY_MARK in name and any(name.startswith(kept + FAMILY_MARK) for kept in shown))


def _restricted_record(record: Any, hidden: Sequence[str], shown: Sequence[str]) -> Any:
    if not isinstance(record, dict):
        return record
    return {
        name: value
        for name, value in record.items()
        if name not in hidden and (not shown or name == LABEL or is_shown(name, shown))
    }


def _hide_nested(value: Any, columns: Sequence[str]) -> None:
    if isinstance(value, DataTable):
        hide_columns(value, columns, is_recursive=True)
    elif isinstance(value, dict):
        for column in columns:
            value.pop(column, None)
        for nested in value.values():
            _hide_nested(nested, columns)
    elif isinstance(value, list):
        for nested in value:
            _hide_nested(nested, columns)
