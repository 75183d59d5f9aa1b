"""Languages: which there are, and what Accept-Language says about a visitor.

Source: Matomo 5.2, tracking behaviour, section 17; ISO 639-1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from tidemark.definitions.countries import UNKNOWN, is_country
from tidemark.definitions.files import read_json

_NOISE: Final = re.compile(r"\\.|\s+|\([^)]*\)|;q=[0-9.]+|\..*")
_CHROME: Final = re.compile(r"(^|,)chrome:.*")
_SECURE_ID: Final = re.compile(r",en-securid,|(?:^|,)en-securid(?:,|$)")
_LANGUAGE: Final = re.compile(r"(?:^|,)([a-z]{2,3})(?:-[a-z]{4})?(-[a-z]{2})?")
_FIRST_ALONE: Final = re.compile(r"([a-z]{2,3})(?:,|;|$)")
_REGION: Final = re.compile(r"-([a-z]{2})")


@cache
def language_codes() -> frozenset[str]:
    """ISO 639-1 codes."""
    return frozenset(read_json("languages.json")["languages"])


@cache
def country_of_language() -> Mapping[str, str]:
    """The country that a language without region most likely means; English and Chinese mean none."""
    return dict(read_json("languages.json")["countries"])


@lru_cache(maxsize=4096)
def clean_accept_language(header: str) -> str:
    """The header in lower case, without qualities, comments and other noise: "de-de,de,en"."""
    text = header.lower().replace("_", "-")
    text = _CHROME.sub("", _NOISE.sub("", text), count=1)
    text = _SECURE_ID.sub(lambda found: "," if found[0].startswith(",en") and found[0].endswith(",") else "", text, 1)
    return text.replace("sr-sp", "sr-rs")


@lru_cache(maxsize=4096)
def main_language(cleaned: str) -> str:
    """The first known language, with its region if it has one ("de", "pt-br"); "xx" if there is none."""
    for match in _LANGUAGE.finditer(cleaned):
        if match[1] in language_codes():
            return match[1] + (match[2] or "")
    return UNKNOWN


@lru_cache(maxsize=4096)
def country_of(cleaned: str, *, guesses: bool) -> str:
    """The country that the languages speak of, "xx" if none.

    With `guesses` a first language without region stands for the country where it is at home; else, and after that,
    only regions count.
    """
    if len(cleaned) < 2 or cleaned == UNKNOWN:
        return UNKNOWN
    alone = _FIRST_ALONE.match(cleaned) if guesses else None
    if alone and alone[1] in country_of_language():
        return country_of_language()[alone[1]]
    return next((code for code in _REGION.findall(cleaned) if is_country(code)), UNKNOWN)
