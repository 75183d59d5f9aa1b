"""Visits by country, region and city. Source: Matomo 5.2, records."""

from __future__ import annotations

from tidemark.plugin import (
    GOAL_METRICS,
    UNLIMITED,
    VISIT_METRICS,
    Expression,
    Limit,
    Measure,
    Part,
    Record,
    RowCount,
    Source,
    call,
    case,
    col,
    text,
)

SEPARATOR = "|"


def _clean(column: str) -> Expression:
    return call("replace", call("coalesce", col(column), ""), SEPARATOR, "")


COUNTRY = _clean("location_country")
REGION = _clean("location_region")
CITY = _clean("location_city")
REGION_OF_COUNTRY = case((REGION.ne(""), call("concat", REGION, SEPARATOR, COUNTRY)), otherwise="")
CITY_OF_REGION = case((CITY.ne(""), call("concat", CITY, SEPARATOR, REGION, SEPARATOR, COUNTRY)), otherwise="")
GRAIN = (COUNTRY, REGION, CITY)


def _record(name: str, by: Expression, limit: Limit, texts: tuple[Measure, ...] = ()) -> Record:
    return Record(
        name,
        (
            Part(Source.VISITS, (by, *GRAIN), VISIT_METRICS, levels=1),
            Part(Source.CONVERSIONS, (by, *GRAIN), GOAL_METRICS, per_goal=True, levels=1),
        ),
        texts=texts,
        goal_sums=True,
        limit=limit,
    )


def _coordinate(name: str, column: str) -> Measure:
    return text(name, case((CITY.ne(""), call("round", col(column), 3))))


COUNTRIES = _record("UserCountry_country", COUNTRY, UNLIMITED)
REGIONS = _record("UserCountry_region", REGION_OF_COUNTRY, Limit())
CITIES = _record(
    "UserCountry_city",
    CITY_OF_REGION,
    Limit(),
    (_coordinate("lat", "location_latitude"), _coordinate("long", "location_longitude")),
)
RECORDS: tuple[Record, ...] = (COUNTRIES, REGIONS, CITIES)
NUMBERS: tuple[RowCount, ...] = (RowCount("UserCountry_distinctCountries", COUNTRIES.name),)
