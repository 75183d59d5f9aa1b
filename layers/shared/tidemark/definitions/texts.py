"""The product's own texts in other languages. A text is its own key: what has no translation stays English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from tidemark.definitions import names
from tidemark.definitions.files import read_json

ENGLISH: Final = "en"
LANGUAGES: Final[Mapping[str, tuple[str, str]]] = {
    ENGLISH: ("English", "English"),
    "de": ("Deutsch", "German"),
    "fr": ("Français", "French"),
}
"""Code -> name in the language itself, name in English."""
NUMBER: Final = "{n}"
"""Stands for the number in texts that differ in nothing else."""
_DIGITS: Final = re.compile(r"[0-9]+")


@cache
def _texts(language: str) -> Mapping[str, str]:
    found: Mapping[str, str] = {} if language == ENGLISH else read_json(f"texts_{language}.json")
    return found


def knows(text: str, language: str) -> bool:
    """Whether a language has the text, or the text with a number in it."""
    return language == ENGLISH or bool({text, _DIGITS.sub(NUMBER, text, count=1)} & _texts(language).keys())


@lru_cache(maxsize=4096)
def translated(text: str, language: str) -> str:
    """The text in a language, as it is where it has no translation."""
    if language == ENGLISH:
        return text
    known = _texts(language)
    if text in known:
        return known[text]
    number = _DIGITS.search(text)
    pattern = known.get(_DIGITS.sub(NUMBER, text, count=1)) if number else None
    return text if number is None or pattern is None else pattern.replace(NUMBER, number[0])


@lru_cache(maxsize=4096)
def translated_name(name: str, language: str) -> str:
    """The name of a country, continent, language or weekday, or one of the texts, in a language."""
    return translated(_names(language).get(name, name), language)


@cache
def _names(language: str) -> Mapping[str, str]:
    """English names and those of another language. Source: Unicode CLDR."""
    if language == ENGLISH:
        return {}
    own, english = names.names_in(language), names.names_in(ENGLISH)
    pairs = [(english[kind][code], name) for kind in ("languages", "countries") for code, name in own[kind].items()]
    pairs += [(names.CONTINENTS[code], name) for code, name in own["continents"].items()]
    days = names.calendar_in(language).weekdays
    return dict(pairs) | dict(zip(names.calendar_in(ENGLISH).weekdays, days, strict=True))
