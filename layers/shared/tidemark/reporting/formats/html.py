"""HTML: one table with a column for every column that any row has."""

from __future__ import annotations

from typing import Any

from tidemark.model.errors import ApiError
from tidemark.model.table import GOALS, DataTable, Row, TableMap
from tidemark.reporting.filters.goals import with_stored_types
from tidemark.reporting.formats.base import Document, FormatOptions
from tidemark.reporting.formats.exported import exported
from tidemark.reporting.formats.simple_rows import as_table
from tidemark.reporting.text import cell_text, decode_entities, escape_html, escape_xml, without_surrogates

_METADATA = "_metadata"
_SUBTABLE = "_idSubtable"
_STORED = "idsubdatatable_in_db"
_MISSING = "-"


class Html:
    """A table element; rows of a map have their key in the first column."""

    def value(self, value: Any, options: FormatOptions) -> Document:
        """The table, its id the method's name with underscores."""
        table = as_table(value)
        names: dict[str, bool] = {}
        rows = _map_rows(table, names) if isinstance(table, TableMap) else _rows(table, names)
        shown = [name for name, is_shown in names.items() if is_shown]
        return _document(_table(rows, shown, options), "text/html")

    def success(self, options: FormatOptions) -> Document:  # noqa: ARG002 (one signature for all formats)
        """A comment."""
        return _document("<!-- Success: ok -->", "text/html")

    def error(self, message: str, options: FormatOptions) -> Document:  # noqa: ARG002
        """Plain text with line breaks."""
        return _document(escape_xml(decode_entities(message)).replace("\n", "<br />\n"), "text/plain")


def _document(text: str, kind: str) -> Document:
    return Document(without_surrogates(text).encode(), f"{kind}; charset=utf-8")


def _map_rows(table: TableMap, names: dict[str, bool]) -> list[dict[str, Any]]:
    """The cells of the rows of all tables that have some."""
    rows = []
    for key, inner in table.tables.items():
        if isinstance(inner, TableMap):
            raise ApiError("HTML shows several sites or several dates, not both. Use json or xml.")
        if len(inner):
            rows += _rows(inner, names, {f"_{table.key_name}": key})
    return rows


def _rows(table: DataTable, names: dict[str, bool], first: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The cells of a table's rows behind the first ones; ``names`` grows by its columns.

    Metadata and subtables have their columns behind those of the first table, and whether they are shown is what the
    last one says. Source: Matomo 5.2, generic parameters, "format html".
    """
    rows = [(first or {}) | _cells(row) for row in table]
    for row in rows:
        names.update((name, True) for name in row if name not in {_METADATA, _SUBTABLE})
    names.update((name, any(name in row for row in rows)) for name in (_METADATA, _SUBTABLE))
    return rows


def _cells(row: Row) -> dict[str, Any]:
    """Columns, metadata and subtable; one that came along is numbered as it was loaded, after the table itself.

    Its stored number is metadata then.
    """
    cells, metadata, number = dict(row.columns), row.metadata, row.subtable_id
    if GOALS in cells:
        cells[GOALS] = with_stored_types(cells[GOALS])
    if number is not None and row.subtable is not None:
        metadata, number = {_STORED: number, **metadata}, number + 1
    if metadata:
        cells[_METADATA] = "<br />".join(f"'{name}' => {_metadata_text(cell)}" for name, cell in metadata.items())
    if number is not None:
        cells[_SUBTABLE] = number
    return cells


def _metadata_text(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}'"
    return exported(value) if isinstance(value, list | dict) else cell_text(value)


def _table(rows: list[dict[str, Any]], names: list[str], options: FormatOptions) -> str:
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
    text = escape_xml(decode_entities(exported(value) if isinstance(value, list | dict) else cell_text(value)))
    return f"\t\t<td><pre>{text}</pre></td>\n" if isinstance(value, list | dict) else f"\t\t<td>{text}</td>\n"
