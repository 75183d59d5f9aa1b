"""Names of countries' regions by ISO 3166-2, codes that were withdrawn included: location databases keep them for years.

Older databases had codes of FIPS 10-4 instead.

Source: the iso3166-2 project's data (MIT licence); codes withdrawn from the standard, and what FIPS codes became: as
Matomo 5.2 knows them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from tidemark.definitions.countries import TIBET
from tidemark.definitions.files import read_json

_ALWAYS_ISO: Final = frozenset({"us", "ca"})
_NO_COUNTRIES: Final = frozenset({"", "eu", "ap", "a1", "a2"})
_TIBET_BY_FIPS: Final = ("cn", "14")


@cache
def _regions() -> Mapping[str, Mapping[str, str]]:
    present: Mapping[str, Mapping[str, str]] = read_json("regions.json")
    former: Mapping[str, Mapping[str, str]] = read_json("former_regions.json")
    return {country: {**former.get(country, {}), **present.get(country, {})} for country in {*present, *former}}


@cache
def _fips() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """By country: "iso", ISO codes by those of FIPS, and "names" by those of FIPS."""
    document: Mapping[str, Mapping[str, Mapping[str, str]]] = read_json("fips_regions.json")
    return document


def region_name(country: str, region: str) -> str | None:
    """The name of a region by its country's code and the part of its code after the country; None if unknown.

    A code that ISO does not have counts as one of FIPS.
    """
    country, region = country.lower(), region.upper()
    known = _regions().get(country, {}).get(region)
    if known is not None:
        return known
    if (country, region) == (TIBET, "1"):
        country, region = _TIBET_BY_FIPS
    return _fips().get(country, {}).get("names", {}).get(region)


def iso_region(country: str, region: str) -> tuple[str, str]:
    """Country and region by ISO, of a region by FIPS; one that FIPS does not have is by ISO already.

    Source: Matomo 5.2, plugins/GeoIp2 (conversion of region codes).
    """
    country = country.lower()
    if country in _NO_COUNTRIES:
        return "", ""
    if country in _ALWAYS_ISO:
        return country, region
    if country == TIBET:
        country, region = _TIBET_BY_FIPS
    return country, _fips().get(country, {}).get("iso", {}).get(region, region)


def region_code(country: str, name: str) -> str | None:
    """The ISO code of a region by its name, native or English, as databases without codes write it; None if unknown."""
    return _codes_by_name(country.lower()).get(_plain(name)) if name else None


@cache
def _codes_by_name(country: str) -> Mapping[str, str]:
    names: Mapping[str, str] = read_json("regions.json").get(country, {})
    english: Mapping[str, str] = read_json("english_regions.json").get(country, {})
    codes: dict[str, str] = {}
    for code, name in sorted(names.items(), reverse=True):  # of regions of one name the first code
        codes[_plain(name)] = code
    return codes | {_plain(name): code for name, code in english.items()}


def _plain(name: str) -> str:
    """The name without case, accents, punctuation, and words that only say what a region is."""
    letters = unicodedata.normalize("NFKD", name).lower()
    words = re.sub(r"[^a-z0-9]+", " ", "".join(one for one in letters if not unicodedata.combining(one))).split()
    telling = [word for word in words if word not in _KINDS]
    return " ".join(telling or words)


_KINDS: Final = frozenset(
    [
        "state",
        "province",
        "governorate",
        "oblast",
        "county",
        "prefecture",
        "department",
        "region",
        "district",
        "of",
        "sheng",
        "shi",
        "zizhiqu",
        "lan",
    ]
)
