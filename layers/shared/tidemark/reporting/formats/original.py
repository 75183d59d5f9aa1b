"""The formats for programs in PHP and for people at a prompt: serialised values, and plain text."""

from __future__ import annotations

from typing import Any

from tidemark.model.table import DataTable, TableMap
from tidemark.reporting.formats.base import Document, FormatOptions
from tidemark.reporting.formats.plain import plain_table
from tidemark.reporting.text import cell_text, without_surrogates

PLAIN_TEXT = "text/plain; charset=utf-8"


class Original:
    """Values in PHP's serialisation (``serialize=1``) or as plain text; tables as lists of rows."""

    def value(self, value: Any, options: FormatOptions) -> Document:
        """The serialised value; without ``serialize`` a plain value is written as it is."""
        plain = plain_table(value, options) if isinstance(value, DataTable | TableMap) else value
        if not options.serialize and not isinstance(plain, list | dict):
            return Document(without_surrogates(cell_text(plain)).encode(), PLAIN_TEXT)
        return Document(php_serialize(plain, options), PLAIN_TEXT)

    def success(self, options: FormatOptions) -> Document:
        """True."""
        return self.value(value=True, options=options)

    def error(self, message: str, options: FormatOptions) -> Document:
        """The error as a serialised map, or its message."""
        if options.serialize:
            return Document(php_serialize({"result": "error", "message": message}, options), PLAIN_TEXT)
        return Document(without_surrogates(f"Error: {message}").encode(), PLAIN_TEXT)


class Console:
    """Plain text."""

    def value(self, value: Any, options: FormatOptions) -> Document:
        """Every row on a line of its own."""
        table = value.leaves() if isinstance(value, TableMap) else [value] if isinstance(value, DataTable) else None
        if table is None:
            return Original().value(value, options)
        lines = [f"- {row.columns!r} {row.metadata!r}" for leaf in table for row in leaf]
        return Document(without_surrogates("\n".join(lines) or "Empty table").encode(), PLAIN_TEXT)

    def success(self, options: FormatOptions) -> Document:  # noqa: ARG002 (one signature for all formats)
        """The word Success."""
        return Document(b"Success:ok", PLAIN_TEXT)

    def error(self, message: str, options: FormatOptions) -> Document:  # noqa: ARG002
        """The message."""
        return Document(without_surrogates(f"Error: {message}").encode(), PLAIN_TEXT)


def php_serialize(value: Any, options: FormatOptions) -> bytes:
    """A value in PHP's serialisation format."""
    if isinstance(value, DataTable | TableMap):
        value = plain_table(value, options)
    if isinstance(value, list | tuple):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        items = b"".join(_key(key) + php_serialize(item, options) for key, item in value.items())
        return b"a:%d:{%s}" % (len(value), items)
    if value is None:
        return b"N;"
    if isinstance(value, bool):
        return b"b:%d;" % value
    if isinstance(value, int | float):
        return f"{'i' if isinstance(value, int) else 'd'}:{value!r};".encode()
    return _php_text(str(value))


def _php_text(text: str) -> bytes:
    encoded = without_surrogates(text).encode()
    return b's:%d:"%s";' % (len(encoded), encoded)


def _key(key: object) -> bytes:
    text = str(key)
    is_integer = text.isascii() and text.lstrip("-").isdigit() and len(text) < 19 and str(int(text)) == text
    return f"i:{text};".encode() if is_integer else _php_text(text)
