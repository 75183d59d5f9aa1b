"""Tables as plain lists and dicts, the shape from which XML and JSON are written."""

from __future__ import annotations

from typing import Any

from tidemark.model.table import COMPARISONS, DataTable, Row, TableMap
from tidemark.reporting.formats.base import FormatOptions

SUBTABLE_ID = "idsubdatatable"
SUBTABLE = "subtable"


def plain_table(table: DataTable | TableMap, options: FormatOptions) -> Any:
    """A map as dict by key, a table as list of rows, one row of metrics as dict, or as bare value if it has only one.

    Source: Matomo 5.2, generic parameters, "format xml" and "format json".
    """
    if isinstance(table, TableMap):
        return {key: plain_table(inner, options) for key, inner in table.tables.items()}
    if table.is_simple:
        row = table.first_row or Row()
        columns = row.columns | {name: value for name, value in row.metadata.items() if name == COMPARISONS}
        is_bare = len(columns) == 1 and COMPARISONS not in columns
        return next(iter(columns.values())) if is_bare else columns or []
    return [plain_row(row, options) for row in table]


def plain_row(row: Row, options: FormatOptions) -> dict[str, Any]:
    """Columns, then metadata, subtable id and subtable; a column hides metadata of the same name."""
    plain = dict(row.columns)
    for name, value in row.metadata.items():
        if name not in plain:
            plain[name] = value
    if row.subtable_id is not None and not options.hide_subtable_ids:
        plain.setdefault(SUBTABLE_ID, row.subtable_id)
    if options.with_subtables and row.subtable is not None:
        plain[SUBTABLE] = [plain_row(below, options) for below in row.subtable]
    return plain


def is_list_like(value: dict[Any, Any]) -> bool:
    """Whether a dict's keys are 0, 1, 2 ... in order, so that clients see a list."""
    for first in value:
        if first not in (0, "0"):
            return False
        break
    return all(str(key) == str(index) for index, key in enumerate(value))


def starts_like_list(value: list[Any] | dict[Any, Any]) -> bool:
    """Whether the first key is 0, which is how Matomo tells lists from maps in XML."""
    return isinstance(value, list) or not value or str(next(iter(value))) == "0"


def is_nested(value: Any) -> bool:
    """Whether the value holds other values."""
    return isinstance(value, list | dict | DataTable | TableMap)
