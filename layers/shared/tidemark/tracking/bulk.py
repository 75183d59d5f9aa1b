"""Bulk bodies: one JSON object with many requests.

Source: Matomo 5.2, tracking behaviour, section 15; recorded traffic, http-contract.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from tidemark.tracking.parameters import RawParams
from tidemark.tracking.query import read_query


class Bulk(NamedTuple):
    """What a bulk body asks for. `requests` holds parameter maps; empty ones count as tracked but record nothing."""

    requests: tuple[RawParams, ...] = ()
    token: str = ""
    wants_answer: bool = True


def read_bulk(body: bytes) -> Bulk:
    """The bulk of a body; malformed JSON is a bulk without requests. Never raises."""
    document = _load(body)
    if not isinstance(document, dict):
        return Bulk()
    entries = document.get("requests")
    if isinstance(entries, dict):
        entries = list(entries.values())
    token = document.get("token_auth")
    wanted = document.get("send_image", 1)
    return Bulk(
        requests=tuple(_requests(entries if isinstance(entries, list) else [])),
        token=token if isinstance(token, str) else "",
        wants_answer=wanted not in (0, "0", False),
    )


def _load(body: bytes) -> Any:
    cleaned = body.strip().replace(b"\n", b"").replace(b"\r", b"")
    for data in (cleaned, cleaned.decode("utf-8", "replace")):
        try:
            return orjson.loads(data)
        except (ValueError, RecursionError):
            continue
    return None


def _requests(entries: list[Any]) -> list[RawParams]:
    requests: list[RawParams] = []
    for entry in entries:
        if isinstance(entry, str):
            query = _query_of(entry)
            if query:  # an entry without a query is dropped silently
                requests.append(read_query(query))
        elif isinstance(entry, dict):
            requests.append({name: value for name, value in _members(entry) if value is not None})
        else:
            requests.append({})
    return requests


def _query_of(url: str) -> str:
    """What stands between "?" and "#"."""
    return url.partition("#")[0].partition("?")[2]


def _members(entry: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, _as_sent(value)) for name, value in entry.items()]


def _as_sent(value: Any) -> Any:
    """Scalars as the text that a query string would hold; lists and maps stay."""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, (int, float)):
        return repr(value)
    return value
