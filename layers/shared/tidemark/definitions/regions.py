"""Names of countries' regions by ISO 3166-2, codes that were withdrawn included: location databases keep them for years.

Source: the iso3166-2 project's data (MIT licence); codes withdrawn from the standard: as Matomo 5.2 knows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tidemark.definitions.files import read_json


@cache
def _regions() -> Mapping[str, Mapping[str, str]]:
    present: Mapping[str, Mapping[str, str]] = read_json("regions.json")
    former: Mapping[str, Mapping[str, str]] = read_json("former_regions.json")
    return {country: {**former.get(country, {}), **present.get(country, {})} for country in {*present, *former}}


def region_name(country: str, region: str) -> str | None:
    """The name of a region by its country's code and the part of its code after the country; None if unknown."""
    return _regions().get(country.lower(), {}).get(region.upper())
