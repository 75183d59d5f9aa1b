"""JSON and JSONP."""

from __future__ import annotations

import re
from functools import partial
from json.encoder import encode_basestring_ascii
from typing import Any

import orjson

from tidemark.model.table import DataTable, Row, TableMap
from tidemark.reporting.formats.base import Document, FormatOptions
from tidemark.reporting.formats.json_columns import columns_json
from tidemark.reporting.formats.plain import SUBTABLE, SUBTABLE_ID, is_list_like, plain_table
from tidemark.reporting.text import EXACT_INTEGERS, decode_entities, escape_xml, number_text, without_surrogates

_CONTENT_TYPE = "application/json; charset=utf-8"
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
_CALLBACK = re.compile(r"[0-9a-zA-Z_.]+")
_MAX_INTEGER = 2**63
_MAX_NESTING = 200


class Json:
    """JSON with escaped slashes, ASCII only; text without HTML entities; a function call for JSONP."""

    def value(self, value: Any, options: FormatOptions) -> Document:
        """Rows as objects in a list, one row of metrics as object, a plain value as {"value": x}."""
        written = None
        if isinstance(value, DataTable) and not value.is_simple:
            written = columns_json(value, options, partial(_clean, options=options))
            if written is not None and written.isascii() and not options.callback:
                return Document(written.replace(b"/", b"\\/"), _CONTENT_TYPE)
        return _document(json_value(value, options) if written is None else orjson.Fragment(written), options)

    def success(self, options: FormatOptions) -> Document:
        """{"result": "success", "message": "ok"}."""
        return _document({"result": "success", "message": "ok"}, options)

    def error(self, message: str, options: FormatOptions) -> Document:
        """{"result": "error", "message": ...}; the message keeps its HTML entities."""
        text = escape_xml(decode_entities(message)).replace("\r\n", " ").replace("\n", " ")
        return _document({"result": "error", "message": without_surrogates(text)}, options)


def json_value(value: Any, options: FormatOptions) -> Any:
    """The plain value that is written as JSON."""
    if isinstance(value, DataTable) and not value.is_simple:
        return [_row_value(row, options) for row in value]
    if isinstance(value, dict):
        return _clean({key: _boxed(item, options) for key, item in value.items()}, options)
    if isinstance(value, list):
        return _clean(value, options)
    if isinstance(value, DataTable | TableMap):
        value = plain_table(value, options)
    cleaned = _clean(value, options)
    return cleaned if isinstance(cleaned, list | dict) else {"value": cleaned}


def json_text(value: Any) -> str:
    """A plain value in JSON notation, ASCII only."""
    try:
        encoded = orjson.dumps(value)
    except TypeError:  # halves of characters, numbers beyond 64 bits, or keys that are no texts
        encoded = orjson.dumps(_storable(value))
    text = encoded.replace(b"/", b"\\/").decode()
    return text if text.isascii() else _NOT_ASCII.sub(lambda found: encode_basestring_ascii(found[0])[1:-1], text)


def is_callback(name: str) -> bool:
    """Whether JSONP may call a function of that name."""
    return _CALLBACK.fullmatch(name) is not None


def _document(value: Any, options: FormatOptions) -> Document:
    text = json_text(value)
    if options.callback:
        return Document(f"{options.callback}({text})".encode(), "application/javascript; charset=utf-8")
    return Document(text.encode(), _CONTENT_TYPE)


def _boxed(value: Any, options: FormatOptions) -> Any:
    """A table inside a map of the method's own; one that is a bare number becomes {"value": number}."""
    if not isinstance(value, DataTable | TableMap):
        return value
    plain = plain_table(value, options)
    return plain if isinstance(plain, list | dict) else {"value": plain}


def _row_value(row: Row, options: FormatOptions) -> Any:
    """A row with its subtable as clean values: what ``plain_row`` and ``_clean`` give, in one pass."""
    plain = row.columns.copy()
    for name, value in row.metadata.items():
        if name not in plain:
            plain[name] = value
    if row.subtable_id is not None and not options.hide_subtable_ids:
        plain.setdefault(SUBTABLE_ID, row.subtable_id)
    for name, value in plain.items():
        kind = type(value)
        if kind is str:
            if "&" in value:
                plain[name] = decode_entities(value)
        elif kind is not int:
            plain[name] = _clean(value, options)
    if options.with_subtables and row.subtable is not None:
        plain[SUBTABLE] = [_row_value(below, options) for below in row.subtable]
    return list(plain.values()) if is_list_like(plain) else plain


def _clean(value: Any, options: FormatOptions, depth: int = 0) -> Any:
    """The value with decoded texts, whole numbers without fraction, and lists where keys are 0, 1, 2 ..."""
    kind = type(value)
    if kind is int or value is None or kind is bool:
        return value
    if kind is float:
        return int(value) if value.is_integer() and abs(value) < EXACT_INTEGERS else value
    if kind is str:
        return decode_entities(value) if "&" in value else value
    return _clean_nested(value, options, depth + 1) if depth < _MAX_NESTING else None


def _clean_nested(value: Any, options: FormatOptions, depth: int) -> Any:
    if isinstance(value, DataTable | TableMap):
        value = plain_table(value, options)
    if isinstance(value, dict):
        if not is_list_like(value):
            return {
                str(key): item
                if (kind := type(item)) is int or (kind is str and "&" not in item)
                else _clean(item, options, depth)
                for key, item in value.items()
            }
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [_clean(item, options, depth) for item in value]
    return str(value)


def _storable(value: Any) -> Any:
    """The value without what JSON cannot hold."""
    if isinstance(value, str):
        return without_surrogates(value)
    if type(value) is int and not -_MAX_INTEGER <= value < _MAX_INTEGER:
        return float(number_text(value)[:300])
    if isinstance(value, dict):
        return {without_surrogates(str(key)): _storable(item) for key, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list) else value
