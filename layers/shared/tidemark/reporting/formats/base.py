"""What every format is given and gives: the answer's value, the options of the call, and a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, Protocol

from tidemark.model.table import DataTable


def _unchanged(name: str) -> str:
    return name


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """The parts of a call that formats look at."""

    method: str = ""
    with_subtables: bool = False
    hide_subtable_ids: bool = False
    callback: str = ""
    """Name of the JSONP function; empty: plain JSON."""
    convert_to_unicode: bool = True
    serialize: bool = False
    column_name: Callable[[str], str] = _unchanged
    """The readable name of a column, where they are asked for."""
    translates_columns: bool = False
    file_name: str = "Export"
    link: str = ""
    """Address of the report in the dashboard, without its date (RSS)."""
    site_name: Callable[[DataTable], str] = lambda _table: ""
    zone: Callable[[DataTable], tzinfo] = lambda _table: UTC
    """The time zone of a table's site."""
    now: float = 0.0
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class Document:
    """A rendered answer. ``headers`` complete or replace the format's own."""

    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Format(Protocol):
    """One output format."""

    def value(self, value: Any, options: FormatOptions) -> Document:
        """The answer of a method: table, map, list, dict or plain value.

        Raises:
            ApiError: when the format cannot show such a value.

        """
        ...

    def success(self, options: FormatOptions) -> Document:
        """The answer of a method that returns nothing."""
        ...

    def error(self, message: str, options: FormatOptions) -> Document:
        """The answer to a call that failed; the message is plain text."""
        ...
