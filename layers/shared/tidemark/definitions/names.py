"""Names of continents, countries and languages by their codes, and of months and days. Source: Unicode CLDR (Unicode licence)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from tidemark.definitions.countries import is_country
from tidemark.definitions.files import read_json

CONTINENTS: Final[Mapping[str, str]] = {
    "afr": "Africa",
    "amc": "Central America",
    "amn": "North America",
    "ams": "South America",
    "ant": "Antarctica",
    "asi": "Asia",
    "eur": "Europe",
    "oce": "Oceania",
}
NO_COUNTRIES: Final[Mapping[str, str]] = {
    "a1": "Anonymous proxy",
    "a2": "Satellite provider",
    "cat": "Catalan-speaking communities",
    "o1": "Other country",
}
"""Codes that location databases use without a country behind them."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Names of months from January, of weekdays from Monday, and their short forms."""

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]


_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT: Final = 3
"""Letters of a short English name."""


@cache
def names_in(language: str) -> Mapping[str, Any]:
    """Names by kind and code in a language: countries, languages; others than English have continents, too."""
    document: Mapping[str, Any] = read_json(f"names_{language}.json")
    return document


@cache
def calendar_in(language: str) -> Calendar:
    """The names of months and days in a language."""
    if language == "en":
        short_months, short_days = (tuple(name[:_SHORT] for name in own) for own in (_MONTHS, _WEEKDAYS))
        return Calendar(_MONTHS, short_months, _WEEKDAYS, short_days)
    found = names_in(language)
    return Calendar(*(tuple(found[kind]) for kind in ("months", "short_months", "weekdays", "short_weekdays")))


def _names() -> Mapping[str, Mapping[str, str]]:
    return names_in("en")


def country_names() -> Mapping[str, str]:
    """Names of countries and territories by ISO 3166-1 alpha-2 code, lower case."""
    return _names()["countries"]


def country_name(code: str) -> str | None:
    """The name of a country, None if the code is unknown, or that of no country: eu, ap."""
    return country_names().get(code) if is_country(code) else NO_COUNTRIES.get(code)


def language_name(code: str) -> str | None:
    """The name of a language by its ISO 639 code, None if the code is unknown."""
    return _names()["languages"].get(code)


def continent_name(code: str) -> str | None:
    """The name of a continent, None if the code is unknown."""
    return CONTINENTS.get(code)
