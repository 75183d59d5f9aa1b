"""Where visitors are. Source: Matomo 5.2, tracking behaviour, section 17; segments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tidemark.definitions.countries import continents
from tidemark.definitions.names import country_names
from tidemark.model.hit import BY_REQUEST, ColumnType, Location
from tidemark.plugin import Dimension, Expression, HitContext, Scope, Segment, call, case, col, most_used

CATEGORY = "Visitor location"


def _of(read: Callable[[Location], Any]) -> Callable[[HitContext], Any]:
    return lambda hit: read(hit.location)


def _place(column: str, read: Callable[[Location], Any], kind: ColumnType = "string") -> Dimension:
    """Where the visit began, unless an authorised request said later where the visitor is, were it in part.

    Source: Matomo 5.2, plugins/UserCountry/Columns (each takes its own parameter).
    """
    told = rf"{BY_REQUEST}(.* {column.removeprefix('location_')}( .*)?)?"
    return Dimension(column, Scope.VISIT, _of(read), kind, on_conversion=True, overruled_by=("location_provider", told))


DIMENSIONS: tuple[Dimension, ...] = (
    _place("location_country", lambda place: place.country),
    _place("location_region", lambda place: place.region),
    _place("location_city", lambda place: place.city),
    _place("location_latitude", lambda place: place.latitude, "float64"),
    _place("location_longitude", lambda place: place.longitude, "float64"),
    Dimension("location_provider", Scope.VISIT, _of(lambda place: place.provider)),
)


def _country_code(name: str) -> str:
    """The code of a country by its English name; the text itself if there is none."""
    wanted = name.lower()
    return next((code for code, known in country_names().items() if known.lower() == wanted), name)


def _continent() -> Expression:
    """The continent of the visit's country."""
    countries: dict[str, list[str]] = {}
    for country, continent in continents().items():
        countries.setdefault(continent, []).append(country)
    stored = call("lower", col("location_country"))
    return case(*((stored.is_in(*codes), continent) for continent, codes in countries.items()), otherwise="unk")


SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "countryCode",
        "Country code",
        CATEGORY,
        col("location_country"),
        accepted_values="ISO 3166-1 alpha-2 codes in lower case: de, us, fr, in, es, etc.",
    ),
    Segment(
        "countryName",
        "Country",
        CATEGORY,
        col("location_country"),
        accepted_values="Germany, France, Spain, ...",
        to_stored=_country_code,
        suggest=lambda _context, _site, visits: most_used(country_names(), (visit["countryCode"] for visit in visits)),
    ),
    Segment(
        "continentCode",
        "Continent",
        CATEGORY,
        _continent(),
        accepted_values="eur, asi, amc, amn, ams, afr, ant, oce",
    ),
    Segment(
        "regionCode",
        "Region",
        CATEGORY,
        col("location_region"),
        accepted_values="the part of ISO 3166-2 codes after the country: 01, 02, CA, NY, etc.",
    ),
    Segment("city", "City", CATEGORY, col("location_city"), accepted_values="Sydney, Sao Paolo, Rome, etc."),
    Segment("latitude", "Latitude", CATEGORY, col("location_latitude"), accepted_values="-33.578, 40.830, etc."),
    Segment("longitude", "Longitude", CATEGORY, col("location_longitude"), accepted_values="-70.664, 14.326, etc."),
)
