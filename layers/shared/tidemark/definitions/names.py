"""English names of continents, countries and languages by their codes. Source: Unicode CLDR (Unicode licence)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

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


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    document: Mapping[str, Mapping[str, str]] = read_json("names_en.json")
    return document


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
