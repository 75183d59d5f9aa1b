"""A method's own lists and maps as a table, for the formats that only know tables."""

from __future__ import annotations

from typing import Any

from tidemark.model.errors import ApiError
from tidemark.model.table import DataTable, Row, SimpleTable, TableMap
from tidemark.reporting.formats.plain import is_list_like, is_nested


def as_table(value: Any) -> DataTable | TableMap:
    """The value as a table: a plain value as one cell, a flat map as one row, a list as rows.

    Raises:
        ApiError: for values that are nested deeper than rows and columns.

    """
    if isinstance(value, DataTable | TableMap):
        return value
    if not isinstance(value, list | dict):
        return SimpleTable([Row({"0": value})])
    items = value if isinstance(value, list) else list(value.values()) if is_list_like(value) else None
    if items is None or any(map(is_nested, items)):
        return DataTable(_rows(value))
    return DataTable(Row({"0": item}) for item in items)


def _rows(value: list[Any] | dict[Any, Any]) -> list[Row]:
    if isinstance(value, dict) and not any(map(is_nested, value.values())):
        return [Row({str(key): item for key, item in value.items()})]
    rows = []
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if not is_nested(item):
            rows.append(Row({str(key): item}))
            continue
        cells = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else None
        if cells is None or not str(key).lstrip("-").isdigit():
            raise _not_tabular(str(key))
        columns = {str(name): cell for name, cell in cells}
        if any(map(is_nested, columns.values())):
            raise _not_tabular(str(key))
        rows.append(Row(columns))
    return rows


def _not_tabular(key: str) -> ApiError:
    return ApiError(f"This answer has nested values (at '{key}') that rows and columns cannot hold. Use json or xml.")
