"""HTML: one table with a column for every column that any row has."""

from __future__ import annotations

from typing import Any

from tidemark.model.errors import ApiError
from tidemark.model.table import Row, TableMap
from tidemark.reporting.formats.base import Document, FormatOptions
from tidemark.reporting.formats.simple_rows import as_table
from tidemark.reporting.text import cell_text, decode_entities, escape_html, escape_xml, without_surrogates

_METADATA = "_metadata"
_SUBTABLE = "_idSubtable"
_MISSING = "-"


class Html:
    """A table element; rows of a map have their key in the first column."""

    def value(self, value: Any, options: FormatOptions) -> Document:
        """The table, its id the method's name with underscores."""
        table = as_table(value)
        rows = _map_rows(table) if isinstance(table, TableMap) else [_cells(row) for row in table]
        return _document(_table(rows, options), "text/html")

    def success(self, options: FormatOptions) -> Document:  # noqa: ARG002 (one signature for all formats)
        """A comment."""
        return _document("<!-- Success: ok -->", "text/html")

    def error(self, message: str, options: FormatOptions) -> Document:  # noqa: ARG002
        """Plain text with line breaks."""
        return _document(escape_xml(decode_entities(message)).replace("\n", "<br />\n"), "text/plain")


def _document(text: str, kind: str) -> Document:
    return Document(without_surrogates(text).encode(), f"{kind}; charset=utf-8")


def _map_rows(table: TableMap) -> list[dict[str, Any]]:
    rows = []
    for key, inner in table.tables.items():
        if isinstance(inner, TableMap):
            raise ApiError("HTML shows several sites or several dates, not both. Use json or xml.")
        rows += [{f"_{table.key_name}": key, **_cells(row)} for row in inner]
    return rows


def _cells(row: Row) -> dict[str, Any]:
    cells = dict(row.columns)
    if row.metadata:
        cells[_METADATA] = "<br />".join(f"'{name}' => {_quoted(value)}" for name, value in row.metadata.items())
    if row.subtable_id is not None:
        cells[_SUBTABLE] = row.subtable_id
    return cells


def _quoted(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else _nested_text(value)


def _table(rows: list[dict[str, Any]], options: FormatOptions) -> str:
    names = dict.fromkeys(name for row in rows for name in row if name not in {_METADATA, _SUBTABLE})
    for name in (_METADATA, _SUBTABLE):
        if any(name in row for row in rows):
            names[name] = None
    identifier = escape_html(options.method.replace(".", "_"))
    head = "".join(f"\t\t<th>{_title(name, options)}</th>\n" for name in names)
    body = "".join(f"\t<tr>\n{''.join(_cell(row, name) for name in names)}\t</tr>\n" for row in rows)
    attribute = f'id="{identifier}" ' if identifier else ""
    return (
        f'<table {attribute}border="1">\n<thead>\n\t<tr>\n{head}\t</tr>\n</thead>\n<tbody>\n{body}</tbody>\n</table>\n'
    )


def _title(name: str, options: FormatOptions) -> str:
    return escape_html(decode_entities(options.column_name("value" if name == "0" else name)))


def _cell(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return f"\t\t<td>{_MISSING}</td>\n"
    text = escape_xml(decode_entities(cell_text(value) if not isinstance(value, list | dict) else _nested_text(value)))
    return f"\t\t<td><pre>{text}</pre></td>\n" if isinstance(value, list | dict) else f"\t\t<td>{text}</td>\n"


def _nested_text(value: Any) -> str:
    """A nested value as text, one entry per line."""
    if isinstance(value, dict):
        return "array (\n" + "".join(f"  '{key}' => {_quoted(item)},\n" for key, item in value.items()) + ")"
    if isinstance(value, list | tuple):
        return "array (\n" + "".join(f"  {index} => {_quoted(item)},\n" for index, item in enumerate(value)) + ")"
    return cell_text(value)
