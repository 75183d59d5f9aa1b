"""Countries and the continents they lie on. Codes are ISO 3166-1 alpha-2, lower case."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from tidemark.definitions.files import read_json

UNKNOWN: Final = "xx"
UNKNOWN_CONTINENT: Final = "unk"
TIBET: Final = "ti"  # has an own flag in reports, and lies in Asia


@cache
def continents() -> Mapping[str, str]:
    """Continent (afr, amc, amn, ams, ant, asi, eur, oce) of each country."""
    return dict(read_json("countries.json")["countries"])


@cache
def all_codes() -> frozenset[str]:
    """Every code that is or was in use, those of no country (eu, ap, a1 ...) included."""
    document = read_json("countries.json")
    return frozenset([*document["countries"], *document["reserved"]])


def is_country(code: str) -> bool:
    """Whether the code is that of a country."""
    return code in continents()


def continent_of(country: str) -> str:
    """The country's continent, "unk" if the country is unknown or not written in lower case.

    Source: Matomo 5.2, Common::getContinent.
    """
    return continents().get("cn" if country == TIBET else country, UNKNOWN_CONTINENT)
