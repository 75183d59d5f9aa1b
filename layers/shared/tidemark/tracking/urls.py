"""URLs: taking them apart as leniently as PHP does, and the rules by which page URLs are stored.

Source: Matomo 5.2, tracking behaviour, section 7 "URL rule set"; PHP manual, parse_url.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from tidemark.tracking.parameters import decode_entities
from tidemark.tracking.patterns import compiled_with_delimiters

DEFAULT_MAX_BYTES: Final = 1024
PREFIXES: Final = {"http://": 0, "http://www.": 1, "https://": 2, "https://www.": 3}
_PREFIX: Final = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_PARTS: Final = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):(?=//|[^/0-9]))?(?://(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:\#(?P<fragment>.*))?",
    re.DOTALL,
)
_LOOKS_LIKE: Final = re.compile(r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)?:)?//.", re.DOTALL)
_FORBIDDEN_SCHEMES: Final = frozenset({"javascript", "vbscript", "data"})
_ARRAY_SUFFIX: Final = re.compile(r"(?:\[|%5b)(?:\]|%5d)$", re.IGNORECASE)
_ENDS_OF_ARRAYS: Final = "]dD"
_BLANKS: Final = " \t\n\r\0\x0b"
_PLAIN: Final = re.compile(
    r"(?P<page>https?://[a-z0-9.-]+(?:/(?:[^?#;@\[\]\s%\0-\x1f\x7f]|%(?!5))*)?)"
    r"(?:\?(?P<query>(?:[^#;@\[\]\s%\0-\x1f\x7f]|%(?!5))*))?"
)
"""Web addresses as most are: nothing to clean but the query's parameters."""
_MAY_CHANGE_AGAIN: Final = re.compile(r"[;#@\[\]\s]|%5")
_CONTROLS: Final = re.compile(r"[\0-\x1f\x7f]")
_MAX_PASSES: Final = 8
_PLAIN_SCHEMES: Final = ("https://", "http://")
_LONGEST_PLAIN_SCHEME: Final = 8


class UrlParts(NamedTuple):
    """The parts of a URL; an empty text where one is missing."""

    scheme: str = ""
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""
    path: str = ""
    query: str = ""
    fragment: str = ""


@lru_cache(maxsize=8192)
def split_url(url: str) -> UrlParts | None:
    """The URL's parts, None if it is seriously malformed (no host where one must be, a port that is no number).

    Control characters in them become underscores.
    """
    match = _PARTS.fullmatch(url if url.isprintable() else _CONTROLS.sub("_", url))
    if match is None:
        return None
    scheme, authority, path, query, fragment = match.group("scheme", "authority", "path", "query", "fragment")
    user = password = host = port = ""
    if authority is not None:
        credentials, _, host = authority.rpartition("@")
        user, _, password = credentials.partition(":")
        host, colon, port = _host_and_port(host)
        if not (host or scheme == "file") or (colon and not _is_port(port)):
            return None
    return UrlParts(scheme or "", user, password, host, port, path, query or "", fragment or "")


def _is_port(text: str) -> bool:
    return not text or (len(text) <= 5 and text.isascii() and text.isdecimal() and int(text) < 65_536)


def _host_and_port(text: str) -> tuple[str, str, str]:
    if text.startswith("["):
        address, bracket, rest = text.partition("]")
        return address + bracket, *rest.partition(":")[1:]
    return text.partition(":")


def join_url(parts: UrlParts) -> str:
    """The URL of its parts. Without a scheme nothing marks the host as such."""
    url = ""
    if parts.scheme:
        url = parts.scheme + (":" if parts.scheme.lower() == "mailto" else "://")
    if parts.user:
        url += _escaped(parts.user) + (":" + _escaped(parts.password) if parts.password else "") + "@"
    url += parts.host
    if parts.port:
        url += ":" + parts.port
    if parts.path:
        url += parts.path if parts.path.startswith("/") or not url else "/" + parts.path
    if parts.query:
        url += "?" + parts.query
    return url + "#" + parts.fragment if parts.fragment else url


def _escaped(credential: str) -> str:
    for character, escape in ((":", "%3A"), ("@", "%40"), ("/", "%2F"), ("\\", "%5C")):
        credential = credential.replace(character, escape)
    return credential


def looks_like_url(text: str) -> bool:
    """Whether it has `//` with something behind it, and no scheme that runs code."""
    if len(text) > _LONGEST_PLAIN_SCHEME and text.startswith(_PLAIN_SCHEMES) and text[_LONGEST_PLAIN_SCHEME] != "/":
        return True
    match = _LOOKS_LIKE.match(text)
    return match is not None and (match["scheme"] or "").lower() not in _FORBIDDEN_SCHEMES


def clean_text(text: str, max_bytes: int = DEFAULT_MAX_BYTES) -> str:
    """Trimmed, without line breaks and NUL, cut to so many bytes of UTF-8 (never inside a character)."""
    for character in "\r\n\0":
        if character in text:
            text = text.replace(character, "")
    text = text.strip(_BLANKS)
    if len(text) * 4 <= max_bytes:
        return text
    data = text.encode("utf-8", "replace")
    if len(data) <= max_bytes:
        return text
    return data[:max_bytes].decode("utf-8", "ignore").rstrip(_BLANKS)


def host_of(url: str) -> str:
    """The host, lower-case; empty if there is none."""
    parts = split_url(url)
    return parts.host.lower() if parts else ""


# ---- queries inside URLs

QueryValue = str | None | list[str | None]


@lru_cache(maxsize=8192)
def read_pairs(query: str) -> Mapping[str, QueryValue]:
    """Names and values as they stand in a query, not decoded; None: no "=". `a[]` gathers its values in a list.

    Of equal names the last value counts, at the first one's place. The answer is shared: nobody changes it.
    """
    pairs: dict[str, QueryValue] = {}
    for pair in query.removeprefix("?").split("&"):
        name, equals, text = pair.partition("=")
        if not name:
            continue
        value = text if equals else None
        plain = _ARRAY_SUFFIX.sub("", name) if name[-1] in _ENDS_OF_ARRAYS else name
        if plain and plain != name:
            gathered = pairs.get(plain)
            if not isinstance(gathered, list):
                gathered = pairs[plain] = []
            gathered.append(value)
        else:
            pairs[name] = value
    return pairs


def write_pairs(pairs: Iterable[tuple[str, QueryValue]]) -> str:
    """The query of such pairs."""
    written = []
    for name, value in pairs:
        if isinstance(value, str):
            written.append(f"{name}={value}")
        elif value is None:
            written.append(name)
        else:
            written += [f"{name}[]" if one is None else f"{name}[]={one}" for one in value]
    return "&".join(written)


class ParameterFilter:
    """Query parameters to take out of URLs: names in any case, or regular expressions between delimiters."""

    __slots__ = ("_names", "_patterns")

    def __init__(self, entries: Iterable[str]) -> None:
        names, patterns = set(), []
        for entry in entries:
            pattern = compiled_with_delimiters(entry)
            if pattern is None:
                names.add(entry.lower())
            else:
                patterns.append(pattern)
        self._names = frozenset(names)
        self._patterns = tuple(patterns)

    def with_names(self, names: Iterable[str]) -> ParameterFilter:
        """A filter that takes out these, too (lower-case names)."""
        more = ParameterFilter(())
        more._names = self._names.union(names)
        more._patterns = self._patterns
        return more

    def excludes(self, name: str) -> bool:
        """Whether the parameter goes."""
        name = name.lower()
        if name in self._names:
            return True
        return bool(self._patterns) and any(pattern.search(name) for pattern in self._patterns)

    def filtered(self, query: str) -> str:
        """The query without them, and without question marks at its beginning, also where one comes to stand there."""
        while True:
            kept = []
            for encoded, value in read_pairs(query.lstrip("?")).items():
                name = encoded.replace("%5B", "[").replace("%5D", "]") if "%5" in encoded else encoded
                if not self.excludes(name):
                    kept.append((name, value))
            query = write_pairs(kept)
            if not query.startswith("?"):
                return query


class ParameterSearch:
    """Tells cheaply that a URL has none of some parameters (in any case)."""

    __slots__ = ("_pattern",)

    def __init__(self, names: Iterable[str]) -> None:
        found = "|".join(re.escape(name) for name in names if name)
        self._pattern = re.compile(rf"[?&#](?:{found})(?:(?:\[|%5b)(?:\]|%5d))?=", re.IGNORECASE)

    def may_be_in(self, url: str) -> bool:
        """False: in its query and fragment there is none. True: there may be one."""
        return ";" in url or not url.isprintable() or self._pattern.search(url) is not None


# ---- page URLs


@dataclass(frozen=True, slots=True)
class UrlRules:
    """How a site's page URLs are cleaned."""

    excluded: ParameterFilter
    keeps_fragment: bool = False
    max_bytes: int = DEFAULT_MAX_BYTES


@lru_cache(maxsize=8192)
def clean_url(url: str, max_bytes: int = DEFAULT_MAX_BYTES) -> str:
    """Entities decoded, cleaned as a text, matrix parameters (`;a=1`) turned into a query."""
    return _without_matrix(clean_text(decode_entities(url), max_bytes))


def _without_matrix(url: str) -> str:
    semicolon = url.find(";")
    if semicolon == -1:
        return url
    question_mark = url.find("?")
    if question_mark != -1 and question_mark < semicolon:
        return url
    if question_mark != -1:
        url = url[:question_mark] + ";" + url[question_mark + 1 :]
    return url[:semicolon] + "?" + url[semicolon + 1 :].replace(";", "&")


def without_excluded(url: str, rules: UrlRules) -> str | None:
    """The URL cleaned by the rules; None if nothing can be made of it.

    Doing it twice gives the same as doing it once.
    """
    if len(url) <= rules.max_bytes and url.isascii() and (plain := _PLAIN.fullmatch(url)):
        query = rules.excluded.filtered(plain["query"]) if plain["query"] else ""
        return f"{plain['page']}?{query}" if query else plain["page"]
    return cleaned_thoroughly(url, rules)


def cleaned_thoroughly(url: str, rules: UrlRules) -> str | None:
    """The same for any URL: cleaned again until nothing changes."""
    for _ in range(_MAX_PASSES):
        parts = split_url(clean_url(url, rules.max_bytes))
        if parts is None:
            return None
        cleaned = _one_pass(parts, rules)
        if cleaned == url or (_is_web(parts) and cleaned.isascii() and not _MAY_CHANGE_AGAIN.search(cleaned)):
            return cleaned
        url = cleaned
    return url


def _is_web(parts: UrlParts) -> bool:
    return bool(parts.host.strip()) and parts.scheme in ("http", "https")


def _one_pass(parts: UrlParts, rules: UrlRules) -> str:
    fragment = parts.fragment.rstrip("#") if rules.keeps_fragment else ""
    query = parts.query
    if query:
        query = rules.excluded.filtered(query)
    elif fragment:
        fragment = rules.excluded.filtered(fragment)
    rest = (parts.scheme, parts.user, parts.password, parts.host.lower(), parts.port, parts.path)
    return clean_text(join_url(UrlParts(*rest, query, fragment)), rules.max_bytes)


def page_url(url: str, rules: UrlRules) -> str | None:
    """The URL that a page, event, content or goal is stored with; None if it does not look like one."""
    if not url:
        return None
    cleaned = without_excluded(url, rules)
    return cleaned if cleaned and looks_like_url(cleaned) else None


def raw_url(url: str, rules: UrlRules) -> str | None:
    """The URL before anything is taken out, as goals compare it; also that of downloads and outlinks."""
    cleaned = clean_text(url, rules.max_bytes)
    return cleaned if cleaned and looks_like_url(cleaned) else None


def split_prefix(url: str) -> tuple[str, int | None]:
    """The URL without protocol and www., and the number of what was split off; None if there is no such prefix."""
    match = _PREFIX.match(url)
    if match is None:
        return url, None
    return url[match.end() :], PREFIXES[match[0].lower()]
