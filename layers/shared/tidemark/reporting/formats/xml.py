"""XML, written as text: indentation, empty elements and attributes as Matomo's clients know them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tidemark.model.table import DataTable, TableMap
from tidemark.reporting.formats.base import Document, FormatOptions
from tidemark.reporting.formats.plain import is_nested, plain_table, starts_like_list
from tidemark.reporting.text import cell_text, decode_entities, escape_xml

ROOT_INDENT = "\t"
_SCALARS = frozenset({str, int, float, bool, type(None)})
HEADER = '<?xml version="1.0" encoding="utf-8" ?>\n'
_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_TAG = re.compile(f"[{_NAME_START}][{_NAME_START}0-9.\u00b7\u0300-\u036f\u203f\u2040-]*")
"""XML's names, without colons."""


class Xml:
    """A <result> for one table or value, <results> for a map of them."""

    def value(self, value: Any, options: FormatOptions) -> Document:
        """Rows as <row> elements, metrics as elements, maps as nested <result key="..."> elements."""
        return _document(_root(value, options))

    def success(self, options: FormatOptions) -> Document:  # noqa: ARG002 (one signature for all formats)
        """<success message="ok" />."""
        return _document('<result>\n\t<success message="ok" />\n</result>')

    def error(self, message: str, options: FormatOptions) -> Document:  # noqa: ARG002
        """<error message="..." />."""
        return _document(f'<result>\n\t<error message="{escape_xml(decode_entities(message))}" />\n</result>')


def _document(text: str) -> Document:
    return Document((HEADER + text).encode("utf-8", "ignore"), "text/xml; charset=utf-8")


def _root(value: Any, options: FormatOptions) -> str:
    if isinstance(value, TableMap):
        return f"<results>\n{_map(value, options, '')}</results>"
    if isinstance(value, DataTable):
        plain = plain_table(value, options)
        if value.is_simple and not isinstance(plain, list | dict):
            return _scalar_root(plain)
        if not plain:
            return "<result />"
        content = _metrics(plain, options, "") if value.is_simple else _rows(plain, options, "")
        return f"<result>\n{content}</result>"
    if not is_nested(value):
        return _scalar_root(value)
    return f"<result>\n{_array(value, options, ROOT_INDENT)}</result>" if value else "<result />"


def _scalar_root(value: Any) -> str:
    text = xml_text(value)
    return f"<result>{text}</result>" if text else "<result />"


def _map(table: TableMap, options: FormatOptions, indent: str) -> str:
    """The entries of a map, one <result> each."""
    lines = []
    for key, inner in table.tables.items():
        tag = f'{indent}\t<result {table.key_name}="{escape_xml(str(key))}"'
        content = _map_entry(inner, options, indent + "\t")
        lines.append(f"{tag}>{content}</result>\n" if content else f"{tag} />\n")
    return "".join(lines)


def _map_entry(inner: DataTable | TableMap, options: FormatOptions, indent: str) -> str:
    if isinstance(inner, TableMap):
        return f"\n{_map(inner, options, indent)}{indent}"
    plain = plain_table(inner, options)
    if inner.is_simple and not isinstance(plain, list | dict):
        return xml_text(plain) if plain and plain != "0" else ""
    if not plain:
        return ""
    content = _metrics(plain, options, indent) if inner.is_simple else _rows(plain, options, indent)
    return f"\n{content}{indent}"


def _rows(rows: list[Any] | dict[Any, Any], options: FormatOptions, indent: str) -> str:
    """One <row> per entry; keys of the form a=b become an attribute, entries without own names elements."""
    items: list[tuple[Any, Any]] = list(rows.items()) if isinstance(rows, dict) else list(enumerate(rows))
    first = items[0][1] if items else None
    uses_col = isinstance(first, dict) and _has_invalid_name(first)
    inner = indent + "\t\t"
    tags: dict[Any, tuple[str, str, str]] = {}
    lines: list[str] = []
    for key, row in items:
        if not isinstance(row, list | dict):
            lines.append(_element(inner, str(key), xml_text(row), is_col=not is_tag(str(key))))
            continue
        name, equals, value = str(key).partition("=")
        attribute = f" {name}='{escape_xml(value)}'" if equals and is_tag(name) else ""
        if len(row) == 1 and starts_like_list(row):
            only = row[0] if isinstance(row, list) else next(iter(row.values()))
            lines.append(f"{indent}\t<row{attribute}>{indent}{xml_text(only)}{indent}</row>\n")
            continue
        lines.append(f"{indent}\t<row{attribute}>\n")
        for column, cell in row.items() if isinstance(row, dict) else enumerate(row):
            if column not in tags:
                tags[column] = _tags(inner, str(column), is_col=uses_col or not is_tag(str(column)))
            text = xml_text(cell) if type(cell) in _SCALARS else _cell(cell, options, inner)
            start, end, empty = tags[column]
            lines.append(start + text + end if text else empty)
        lines.append(f"\t{indent}</row>\n")
    return "".join(lines)


def _cell(value: Any, options: FormatOptions, indent: str) -> str:
    if isinstance(value, DataTable | TableMap):
        value = plain_table(value, options)
    if not isinstance(value, list | dict):
        return xml_text(value)
    first: Any = next(iter(value.values() if isinstance(value, dict) else value), None)
    content = _rows(value, options, indent) if is_nested(first) else _array(value, options, indent)
    return f"\n{content}{indent}"


def _metrics(plain: dict[str, Any] | list[Any], options: FormatOptions, indent: str) -> str:
    """One element per metric of a table of one row."""
    metrics = plain if isinstance(plain, dict) else {str(index): value for index, value in enumerate(plain)}
    uses_col = _has_invalid_name(metrics)
    lines = []
    for name, value in metrics.items():
        if is_nested(value):
            nested = plain_table(value, options) if isinstance(value, DataTable | TableMap) else value
            first: Any = next(iter(nested.values() if isinstance(nested, dict) else nested), None)
            deeper = indent + "\t"
            inner = _rows(nested, options, deeper) if is_nested(first) else _metrics(nested, options, deeper)
            text = f"\n{inner}{deeper}"
        else:
            text = xml_text(value)
        lines.append(_element(indent + "\t", str(name), text, is_col=uses_col))
    return "".join(lines)


def _array(value: Any, options: FormatOptions, indent: str) -> str:
    """A method's own lists and maps; a flat map at the root is wrapped in one <row>."""
    is_list = starts_like_list(value)
    items: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    if indent == ROOT_INDENT and not is_list and len(value) > 1 and not any(map(is_nested, value.values())):
        wrapped = _array(value, options, indent + "\t")
        return f"{indent}<row>\n{wrapped}{indent}</row>\n"
    lines = []
    for key, item in items:
        start, end, empty = _array_tags(str(key), is_list=is_list)
        if isinstance(item, DataTable | TableMap):
            content = _table_in_array(item, options, indent)
        elif isinstance(item, list | dict | tuple):
            below = _array(item, options, indent + "\t")
            content = f"\n{below}{indent}"
        else:
            content = xml_text(item)
        lines.append(f"{indent}{start}{content}{end}\n" if content else f"{indent}{empty}\n")
    return "".join(lines)


def _table_in_array(table: DataTable | TableMap, options: FormatOptions, indent: str) -> str:
    if not len(table):
        return ""
    if isinstance(table, TableMap):
        content = _map(table, options, indent)
    else:
        plain = plain_table(table, options)
        if table.is_simple:
            content = _metrics(plain if isinstance(plain, dict) else {"value": plain}, options, indent)
        else:
            content = _rows(plain, options, indent)
    return f"\n{content}{indent}"


def _array_tags(key: str, *, is_list: bool) -> tuple[str, str, str]:
    """Start tag, end tag and empty element of an entry."""
    if is_list:
        return "<row>", "</row>", "<row/>"
    name, equals, value = key.partition("=")
    if equals and is_tag(name):
        start = f'<row {name}="{escape_xml(value)}">'
        return start, "</row>", f"{start}</row>"
    if not is_tag(key):
        return f'<row key="{escape_xml(key)}">', "</row>", f'<row key="{escape_xml(key)}"/>'
    return f"<{key}>", f"</{key}>", f"<{key} />"


def _element(indent: str, name: str, text: str, *, is_col: bool) -> str:
    start, end, empty = _tags(indent, name, is_col=is_col)
    return start + text + end if text else empty


def _tags(indent: str, name: str, *, is_col: bool) -> tuple[str, str, str]:
    """What stands before, behind and instead of an element's text, on a line of its own."""
    tag = f'col name="{xml_text(name)}"' if is_col else name
    return f"{indent}<{tag}>", f"</{'col' if is_col else name}>\n", f"{indent}<{tag} />\n"


def _has_invalid_name(row: dict[Any, Any]) -> bool:
    return not all(is_tag(str(name)) for name in row)


def is_tag(name: str) -> bool:
    """Whether a name can stand as an element's name."""
    known = _KNOWN_TAGS.get(name)
    if known is None:
        known = _TAG.fullmatch(name) is not None
        if len(_KNOWN_TAGS) < _MAX_KNOWN_TAGS:
            _KNOWN_TAGS[name] = known
    return known


_KNOWN_TAGS: dict[str, bool] = {}
_MAX_KNOWN_TAGS = 5000


def xml_text(value: Any) -> str:
    """A cell as XML text: false is 0, None empty, entities decoded before escaping."""
    if type(value) is int:
        return str(value)
    text = value if type(value) is str else cell_text(value)
    return escape_xml(decode_entities(text) if "&" in text else text)
