"""Search engines as referrers: which one, and what was searched for.

Source: Matomo 5.2, tracking behaviour, section 10, rule 5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus, unquote_to_bytes

from tidemark.definitions.search_engines import SearchEngine, engine_at
from tidemark.tracking.urls import QueryValue, UrlParts, read_pairs, split_url

_GOOGLE_MENU: Final = {"isch": "Google Images", "vid": "Google Video", "shop": "Google Shopping"}
_ADVANCED: Final = (("as_q", "{}"), ("as_oq", "{}"), ("as_epq", '"{}"'), ("as_eq", "-{}"))
_CHARSETS: Final = {"ms932": "cp932"}


@lru_cache(maxsize=8192)
def find_engine(referrer: str) -> tuple[str, str] | None:
    """Name of the engine and the keyword (empty if the engine hides it); None if the referrer is no search."""
    parts = split_url(referrer)
    if parts is None or not parts.host:
        return None
    query = f"{parts.query}&{parts.fragment}" if parts.fragment else parts.query
    engine = engine_at(parts.host, parts.path, query)
    if engine is None:
        return None
    if engine.name == "Google Images" and "&prev" in query:
        query = unquote_plus(_text(read_pairs(query).get("prev"))).partition("?")[2]
    values = read_pairs(query)
    keyword = _advanced(values) if engine.name == "Google" and _is_advanced(query) else ""
    found = keyword or _keyword(engine, referrer, query, values)
    if not found and found is not None and not _is_hidden(engine, parts, query):
        return None
    return _name(engine, values), (found or "").lower()


def _name(engine: SearchEngine, values: Mapping[str, QueryValue]) -> str:
    """Google's menu leads to engines of their own."""
    if engine.name != "Google":
        return engine.name
    return _GOOGLE_MENU.get(_text(values.get("tbm")), engine.name)


def _is_advanced(query: str) -> bool:
    return "&as_" in query or query.startswith("as_")


def _advanced(values: Mapping[str, QueryValue]) -> str:
    """The keyword that Google's form for advanced searches stands for."""
    parts = []
    for name, form in _ADVANCED:
        if value := _text(values.get(name)):
            parts.append(form.format(value.replace("+", " OR ") if name == "as_oq" else value))
    return unquote_plus(" ".join(parts)).strip()


def _keyword(engine: SearchEngine, referrer: str, query: str, values: Mapping[str, QueryValue]) -> str | None:
    """The keyword; "" if there is none; None if its parameter is there but empty: a search without keyword."""
    for parameter in engine.parameters:
        if parameter.startswith("/"):
            pattern = _pattern(parameter)
            match = pattern.search(referrer) if pattern else None
            if match:
                return unquote_plus(match[1]).strip()
            continue
        if value := _decoded(_text(values.get(parameter)), engine.charsets).strip():
            return value
        if f"&{parameter}=" in query or f"?{parameter}=" in query:
            return None
    return ""


def _is_hidden(engine: SearchEngine, parts: UrlParts, query: str) -> bool:
    """Whether the engine is known not to tell keywords at this path."""
    path = parts.path + (f"?{query}" if query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    for hidden in engine.hidden:
        pattern = _pattern(hidden)
        if pattern.search(path) if pattern else hidden == path:
            return True
    return False


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str] | None:
    """The regular expression of a text in slashes."""
    if len(text) > 1 and text[0] == text[-1] == "/":
        return re.compile(text[1:-1])
    return None


def _decoded(value: str, charsets: tuple[str, ...]) -> str:
    data = unquote_to_bytes(value.replace("+", " "))
    for charset in (*charsets, "utf-8"):
        try:
            return data.decode(_CHARSETS.get(charset.lower(), charset))
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def _text(value: QueryValue) -> str:
    return value if isinstance(value, str) else ""
