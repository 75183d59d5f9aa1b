"""CSV and TSV: one line per row, metadata as further columns, nested values flattened."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tidemark.model.table import DataTable, TableMap
from tidemark.reporting.formats.base import Document, FormatOptions
from tidemark.reporting.formats.simple_rows import as_table
from tidemark.reporting.text import (
    cell_text,
    decode_entities,
    escape_xml,
    is_numeric,
    without_surrogates,
)

NO_DATA = "No data available"
CONTENT_TYPE = "application/vnd.ms-excel"
BYTE_ORDER_MARK = b"\xff\xfe"
_FORMULA_STARTS = frozenset("=+-@")
_QUOTED = frozenset('",;')
_OF_ROW, _OF_GOAL = "Metadata", "Goal"
OWN_TEXTS = (_OF_ROW, _OF_GOAL)
"""What stands in readable names of columns beside the names of metrics."""
_SPECIAL = re.compile(r'[&%\0\t",;=+\-@\r\n]')


class Csv:
    """Lines of values with a separator, UTF-16LE with a byte order mark unless switched off."""

    def __init__(self, separator: str = ",", extension_separator: str = "\n") -> None:
        self._separator = separator
        self._success_separator = extension_separator

    def value(self, value: Any, options: FormatOptions) -> Document:
        """A header line and one line per row; tables of a map have the map's key in the first column."""
        table = as_table(value)
        sheet = _Sheet(self._separator, options)
        text = sheet.of_map(table) if isinstance(table, TableMap) else sheet.of_table(table)
        if not text:
            return Document(NO_DATA.encode(), CONTENT_TYPE)
        text = without_surrogates(text)
        body = BYTE_ORDER_MARK + text.encode("utf-16-le") if options.convert_to_unicode else text.encode()
        name = quote(options.file_name, safe="-._~")
        return Document(body, CONTENT_TYPE, {"content-disposition": f"attachment; filename*=UTF-8''{name}"})

    def success(self, options: FormatOptions) -> Document:  # noqa: ARG002 (one signature for all formats)
        """The word message, and what it says."""
        body = f"message{self._success_separator}ok".encode()
        return Document(body, CONTENT_TYPE, {"content-disposition": "attachment; filename=report-export.csv"})

    def error(self, message: str, options: FormatOptions) -> Document:  # noqa: ARG002
        """A line of text, shown by browsers instead of being saved."""
        text = without_surrogates(f"Error: {escape_xml(decode_entities(message))}")
        return Document(text.encode(), "text/html; charset=utf-8")


@dataclass(slots=True)
class _Sheet:
    """The lines of one document; ``columns`` grows with every row, so that later rows may have more cells."""

    separator: str
    options: FormatOptions
    columns: dict[str, None] = field(default_factory=dict)
    unsupported: set[str] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)
    """Readable names by column, as far as they were looked up."""

    def of_table(self, table: DataTable) -> str:
        """Header and rows of one table."""
        lines = self._lines(table)
        if self.columns and list(self.columns) != ["0"]:
            lines.insert(0, self._header(self.columns))
        return "\n".join(lines)

    def of_map(self, table: TableMap) -> str:
        """Header and rows of all tables of a map, each row behind the keys under which its table stands."""
        lines = self._map_lines(table)
        return "\n".join([self._header((*_key_names(table), *self.columns)), *lines])

    def _map_lines(self, table: TableMap) -> list[str]:
        lines: list[str] = []
        for key, inner in table.tables.items():
            inner_lines = self._map_lines(inner) if isinstance(inner, TableMap) else self._lines(inner)
            prefix = self._cell(key) + self.separator
            lines += [prefix + line for line in inner_lines]
        return lines

    def _lines(self, table: DataTable) -> list[str]:
        first = table.first_row
        if table.is_simple and first is not None and len(first.columns) == 1:
            self.columns["value"] = None
            return [self._cell(next(iter(first.columns.values())))]
        rows = [self._flat_row(row.columns, row.metadata) for row in table]
        for cells in rows:
            self.columns.update(dict.fromkeys(name for name in cells if name not in self.unsupported))
        for name in self.unsupported:
            self.columns.pop(name, None)
        cell, separator, names = self._cell, self.separator, tuple(self.columns)
        return [separator.join([cell(cells.get(name, "")) for name in names]) for cells in rows]

    def _flat_row(self, columns: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
        cells: dict[str, Any] = {}
        titles = self.titles
        for name, value in columns.items():
            if type(value) is dict or type(value) is list:
                self._flatten(name, value, cells, "%s")
                continue
            if name not in titles:
                titles[name] = self.options.column_name(name)
            cells[titles[name]] = value
        prefix = f"{self.options.column_name(_OF_ROW)}: " if self.options.translates_columns else "metadata_"
        for name, value in metadata.items():
            if isinstance(value, list | dict | DataTable | TableMap):
                self.unsupported.add(prefix + name)
            else:
                cells[prefix + name] = value
        return cells

    def _flatten(self, name: str, value: Any, cells: dict[str, Any], template: str) -> None:
        title = template.replace("%s", self.options.column_name(name), 1)
        if not isinstance(value, dict | list):
            cells[title] = value
            return
        items: list[tuple[Any, Any]] = list(value.items() if isinstance(value, dict) else enumerate(value))
        if self.options.translates_columns and items and isinstance(items[0][1], dict):
            for key, inner in items:
                group = f"{self.options.column_name(_OF_GOAL)} {key}" if name == "goals" else f"{name} {key}"
                for inner_name, inner_value in inner.items() if isinstance(inner, dict) else ():
                    self._flatten(str(inner_name), inner_value, cells, f"%s ({group})")
            return
        for key, inner in items:
            self._flatten(str(key), inner, cells, f"{title}_%s")

    def _header(self, names: Iterable[str]) -> str:
        readable = self.options.column_name
        return self.separator.join(self._cell(readable(name)) for name in names if name not in self.unsupported)

    def _cell(self, value: Any) -> str:
        if type(value) is int:
            return str(value)
        text = cell_text(value)
        if type(value) is str and _SPECIAL.search(value) is not None:
            text = _safe_formula(decode_entities(text)).replace("\t", " ")
            if not _QUOTED.isdisjoint(text):
                escaped = text.replace('"', '""')
                return f'"{escaped}"'
        return text


def _key_names(table: TableMap) -> tuple[str, ...]:
    """The key names of a map and of the maps inside it, from outside to inside."""
    first = next(iter(table.tables.values()), None)
    return (table.key_name, *(_key_names(first) if isinstance(first, TableMap) else ()))


def _safe_formula(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers and rates do not."""
    bare = text.lstrip("\0")
    while bare.startswith("%00"):
        bare = bare[3:].lstrip("\0")
    bare = bare.replace("%", "", 1)
    return f"'{text}" if bare[:1] in _FORMULA_STARTS and bare and not is_numeric(bare) else text
