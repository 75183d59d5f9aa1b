"""Where the visitor of a visit in the visit log was. Source: Matomo 5.2, Live API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from tidemark.definitions.countries import continent_of
from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, VisitDetails
from tidemark.plugins.user_country.reports import NO_CODE, continent_name, country_name, name_of_region

NO_FLAG: Final = "plugins/Morpheus/icons/dist/flags/xx.png"
"""Where Matomo has its picture for unknown countries; pictures of flags do not come with the product."""


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """Continent, country, region and city, with codes and coordinates."""
    row = visit.row
    code, region_code, city = row["location_country"] or NO_CODE, row["location_region"], row["location_city"] or None
    country, continent = country_name(code), continent_of(code)
    region = name_of_region(code, region_code) if region_code and region_code != NO_CODE else None
    return {
        "continent": continent_name(continent),
        "continentCode": continent,
        "country": country,
        "countryCode": code,
        "countryFlag": NO_FLAG,
        "region": region,
        "regionCode": region_code,
        "city": city,
        "location": ", ".join(part for part in (city, region, country) if part),
        "latitude": _degrees(row["location_latitude"]),
        "longitude": _degrees(row["location_longitude"]),
    }


def _degrees(value: float | None) -> str | None:
    """As Matomo's database tells them: six digits, as a text; 0 is unknown."""
    return f"{value:.6f}" if value else None


def profile_totals(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """Whether the visitor can be shown on a map."""
    return {"hasLatLong": any(visit["latitude"] is not None for visit in visits)}


def profile_summary(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """Continents and countries, the least visited from first; countries with their cities."""
    continents = Counter(visit["continentCode"] for visit in visits)
    countries = Counter(visit["countryCode"] for visit in visits)
    return {
        "continents": [
            {"continent": code, "nb_visits": count, "prettyName": continent_name(code)}
            for code, count in _rarest_first(continents)
        ],
        "countries": [_country(code, count, visits) for code, count in _rarest_first(countries)],
    }


def _country(code: str, count: int, visits: Sequence[Details]) -> dict[str, Any]:
    found = {"country": code, "nb_visits": count, "flag": NO_FLAG, "prettyName": country_name(code)}
    cities = dict.fromkeys(visit["city"] for visit in visits if visit["countryCode"] == code and visit["city"])
    return {**found, "cities": list(cities)} if cities else found


def _rarest_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: one[1])


DETAILS = VisitDetails(100, visit=visit_fields, totals=profile_totals, summary=profile_summary)
