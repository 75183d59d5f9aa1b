"""Search engines: which one a referrer is, and which parameters hold the keyword.

Source: Matomo 5.2, tracking behaviour, section 10; public search engine list (CC0). In hosts `{}` stands for a country
code; a keyword parameter or a hidden path in slashes is a regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from tidemark.definitions.countries import all_codes
from tidemark.definitions.files import read_json

DEFAULT_HIDDEN: Final = ("/^$/", "/")


@dataclass(frozen=True, slots=True)
class SearchEngine:
    """One definition. `hidden` are the paths at which the engine is recognised without a keyword."""

    name: str
    host: str
    parameters: tuple[str, ...] = ()
    hidden: tuple[str, ...] = DEFAULT_HIDDEN
    backlink: str = ""
    charsets: tuple[str, ...] = ()


@cache
def definitions() -> Mapping[str, SearchEngine]:
    """Definitions by host, or host and path, as written in the list."""
    found: dict[str, SearchEngine] = {}
    for entry in read_json("search_engines.json"):
        for host in entry["hosts"]:
            found[host] = SearchEngine(
                name=entry["name"],
                host=host,
                parameters=tuple(entry.get("parameters", ())),
                hidden=tuple(entry.get("hidden", DEFAULT_HIDDEN)),
                backlink=entry.get("backlink", ""),
                charsets=tuple(entry.get("charsets", ())),
            )
    return found


@cache
def _hosts_by_name() -> Mapping[str, str]:
    first: dict[str, str] = {}
    for host, engine in definitions().items():
        first.setdefault(engine.name, host)
    return first


def url_of_engine(name: str) -> str | None:
    """The address of the engine (the first one listed), None if the name is unknown."""
    host = _hosts_by_name().get(name)
    return f"http://{host}" if host else None


def engine_at(host: str, path: str, query: str) -> SearchEngine | None:
    """The engine that answers at this address.

    First the exact host with and without path, then both with countries replaced, then engines that others embed.
    """
    known = definitions()
    general = general_host(host)
    for key in (host + path, host, general + path, general):
        if key in known:
            return known[key]
    if query.startswith("cx=partner-pub-"):
        return known.get("google.com/cse")
    if path.startswith("/pemonitorhosted/ws/results/"):
        return known.get("wsdsold.infospace.com")
    if ".images.search.yahoo.com" in host[1:]:
        return known.get("images.search.yahoo.com")
    if ".search.yahoo.com" in host[1:]:
        return known.get("search.yahoo.com")
    return None


@cache
def _generalisations() -> tuple[tuple[re.Pattern[str], str], ...]:
    codes = "|".join(sorted(all_codes()))
    return (
        (re.compile(r"^(?:w+[0-9]*|search)\."), ""),
        (re.compile(r"(^|\.)m\."), r"\1"),
        (re.compile(rf"(?:\.(?:com|org|net|co|it|edu))?\.(?:{codes})(/|$)"), r".{}\1"),
        (re.compile(rf"(^|\.)(?:{codes})\."), r"\1{}."),
    )


@lru_cache(maxsize=8192)
def general_host(host: str) -> str:
    """The host without www., m. and search., with `{}` for country codes: fr.example.co.uk is {}.example.{}."""
    for pattern, replacement in _generalisations():
        host = pattern.sub(replacement, host)
    return host
