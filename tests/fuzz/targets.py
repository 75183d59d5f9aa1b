"""What is fuzzed: each target takes any bytes, and raises only where the code behaves as it must not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import duckdb
import orjson
from lxml import etree

from tidemark.engine import connect
from tidemark.model.errors import ApiError, BadSegment
from tidemark.model.segment import parse_segment
from tidemark.model.sql_query import SqlError
from tidemark.model.table import DataTable, Row, SimpleTable, TableMap
from tidemark.reporting.formats.base import FormatOptions
from tidemark.reporting.formats.registry import FORMATS
from tidemark.sql.guard import used_by
from tidemark.tracking.bulk import read_bulk
from tidemark.tracking.query import parse_query, read_query
from tidemark.tracking.urls import (
    ParameterFilter,
    UrlRules,
    cleaned_thoroughly,
    page_url,
    raw_url,
    split_prefix,
    without_excluded,
)

RULES: Final = (
    UrlRules(ParameterFilter(("gclid", "sid", "/^utm_/i"))),
    UrlRules(ParameterFilter(()), keeps_fragment=True, max_bytes=64),
)
OPTIONS: Final = tuple(FormatOptions(with_subtables=below, serialize=True, now=1.0) for below in (False, True))


def query(data: bytes) -> None:
    """Read at once or when asked, a query has the same parameters, and all of them can be stored."""
    params = parse_query(data)
    assert dict(read_query(data)) == params
    json.dumps(params, ensure_ascii=False).encode()


def url(data: bytes) -> None:
    """A URL is cleaned or refused; what was cleaned stays as it is, and the short way gives what the long one does."""
    text = data.decode("utf-8", "replace")
    for rules in RULES:
        cleaned = without_excluded(text, rules)
        assert cleaned == cleaned_thoroughly(text, rules)
        if cleaned is not None:
            assert without_excluded(cleaned, rules) == cleaned
            split_prefix(cleaned)
        for found in (page_url(text, rules), raw_url(text, rules)):
            assert found is None or len(found.encode()) <= rules.max_bytes * 4


def segment(data: bytes) -> None:
    """A segment is read or refused; what was read can be named and written."""
    try:
        expression = parse_segment(data.decode("utf-8", "replace"))
    except BadSegment:
        return
    assert len(expression.hash) in (0, 32)
    for group in expression.groups:
        assert group
        assert all(str(one).startswith(one.name) for one in group)


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return connect(is_closed=True)


def sql(data: bytes) -> None:
    """The guard says yes or no; it never fails otherwise."""
    try:
        used_by(_connection(), data.decode("utf-8", "replace"))
    except SqlError:
        return


def bulk(data: bytes) -> None:
    """Any body is a bulk; what it asks for can be queued."""
    for entry in read_bulk(data).requests:
        orjson.dumps(dict(entry))


def renderers(data: bytes) -> None:
    """Any value is rendered or refused by every format; JSON and XML can be read again."""
    try:
        value = orjson.loads(data)
    except ValueError:
        value = data.decode("utf-8", "replace")
    for shaped in _shapes(value):
        for name, form in FORMATS.items():
            _render(name, form, shaped, OPTIONS[len(data) % 2])


def _render(name: str, form: Any, value: Any, options: FormatOptions) -> None:
    try:
        document = form.value(value, options)
    except ApiError:
        return
    if name == "json":
        json.loads(document.body)
    elif name == "xml":
        etree.fromstring(document.body)


def _shapes(value: Any) -> list[Any]:
    """The value itself, and as what methods give."""
    shapes = [value]
    if isinstance(value, dict):
        shapes.append(SimpleTable.of(value))
        shapes.append(TableMap("date", {str(name): _table(one) for name, one in value.items()}))
    elif isinstance(value, list):
        shapes.append(_table(value))
    return shapes


def _table(value: Any) -> DataTable:
    rows = value if isinstance(value, list) else [value]
    return DataTable([_row(one) for one in rows[:20]])


def _row(value: Any) -> Row:
    if not isinstance(value, dict):
        return Row({"label": value})
    below = value.get("subtable")
    return Row(
        {name: one for name, one in value.items() if name not in ("subtable", "metadata")},
        value["metadata"] if isinstance(value.get("metadata"), dict) else {},
        7 if below else None,
        _table(below) if isinstance(below, list) else None,
    )


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "query": query,
    "url": url,
    "segment": segment,
    "bulk": bulk,
    "renderers": renderers,
    "sql": sql,
}
SHARES: Final[Mapping[str, float]] = {
    "query": 0.34,
    "url": 0.16,
    "segment": 0.25,
    "bulk": 0.22,
    "renderers": 0.015,
    "sql": 0.015,
}
"""How many of all cases: what takes a hundred times as long gets fewer."""
