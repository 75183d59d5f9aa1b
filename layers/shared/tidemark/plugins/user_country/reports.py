"""Reports about where visitors are."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from tidemark.definitions import names
from tidemark.definitions.countries import TIBET, continent_of
from tidemark.definitions.regions import iso_region, region_name
from tidemark.model.period import local_date
from tidemark.model.table import DataTable
from tidemark.plugin import (
    VISIT_RATES,
    Filter,
    Metric,
    Record,
    Report,
    TableContext,
    group_by_label,
    metadata_from_label,
    relabel,
    segment_by_label,
    segment_value,
)
from tidemark.plugins.user_country.records import CITIES, COUNTRIES, REGIONS, SEPARATOR

UNKNOWN = "Unknown"
NO_CODE = "xx"

METRICS: tuple[Metric, ...] = (Metric("UserCountry_distinctCountries", "Distinct countries"),)


def _part(label: Any, index: int, default: str) -> str:
    parts = str(label).split(SEPARATOR)
    return (parts[index] if index < len(parts) else "") or default


def country_name(code: Any) -> str:
    """France"""
    code = str(code).lower()
    return UNKNOWN if code in {"", NO_CODE} else names.country_name("cn" if code == TIBET else code) or UNKNOWN


def continent_name(code: Any) -> str:
    """Europe"""
    return names.continent_name(str(code)) or UNKNOWN


def name_of_region(country: str, region: str) -> str:
    """Kent, of the country's and the region's codes"""
    return region_name(country, region) or UNKNOWN


def region_with_country(label: Any) -> str:
    """Kent, United Kingdom"""
    region, country = _part(label, 0, ""), _part(label, 1, "")
    name = name_of_region(country, region)
    return f"{name}, {country_name(country)}" if country not in {"", NO_CODE} else name


def city_with_country(label: Any) -> str:
    """Dover, Kent, United Kingdom"""
    city, region, country = (_part(label, index, "") for index in range(3))
    parts = [UNKNOWN if city in {"", NO_CODE} else city]
    if country not in {"", NO_CODE}:
        if region not in {"", NO_CODE}:
            parts.append(name_of_region(country, region))
        parts.append(country_name(country))
    return ", ".join(parts)


def iso_regions(region_place: int) -> Filter:
    """Regions by codes of FIPS, where the period begins before ISO codes came, become those by ISO.

    `region_place`: where a label has the region; the country follows. Source: Matomo 5.2, plugins/UserCountry/API.php.
    """

    def converted(label: Any) -> str:
        parts = str(label).split(SEPARATOR)
        country, region = iso_region(_part(label, region_place + 1, ""), _part(label, region_place, ""))
        parts[region_place : region_place + 2] = [region, country][: len(parts) - region_place]
        return SEPARATOR.join(parts)

    def apply(table: DataTable, context: TableContext) -> None:
        switch = context.call.settings.number("usercountry.switchtoisoregions")
        if switch and context.period.first <= local_date(switch, UTC):
            group_by_label(converted)(table, context)

    return apply


def _part_metadata(name: str, index: int, default: str = NO_CODE) -> Filter:
    return metadata_from_label(name, lambda label: _part(label, index, default))


def _by_code(table: DataTable, _context: TableContext) -> None:
    """Countries in the order of their codes, in which a database groups them: columns come as the first one has them.

    Source: Matomo 5.2, plugins/UserCountry (countries are summed in the order of their record).
    """
    table.rows.sort(key=lambda row: str(row.label))


def _report(
    action: str,
    name: str,
    dimension_id: str,
    *,
    record: Record,
    segment: str = "",
    filters: tuple[Filter, ...],
    queued: tuple[Filter, ...] = (),
    order: int,
    about: str,
) -> Report:
    return Report(
        f"UserCountry.{action}",
        name,
        "Visitors",
        "Locations",
        record=record,
        dimension=name,
        dimension_id=f"UserCountry.{dimension_id}",
        segment=segment,
        metrics=("nb_visits", "nb_uniq_visitors", "nb_actions"),
        on_request=VISIT_RATES,
        filters=filters,
        queued=queued,
        order=order,
        has_goal_metrics=True,
        documentation=about,
    )


REPORTS: tuple[Report, ...] = (
    _report(
        "getCountry",
        "Country",
        "Country",
        record=COUNTRIES,
        segment="countryCode",
        filters=(
            group_by_label(lambda code: "cn" if code == TIBET else code),
            segment_value(),
            metadata_from_label("code"),
            relabel(country_name),
        ),
        queued=(metadata_from_label("logoHeight", lambda _label: 16),),
        order=5,
        about="In which countries visitors were.",
    ),
    _report(
        "getContinent",
        "Continent",
        "Continent",
        record=COUNTRIES,
        filters=(_by_code, group_by_label(lambda code: continent_of(str(code))), relabel(continent_name)),
        queued=(metadata_from_label("code"),),
        order=6,
        about="On which continents visitors were.",
    ),
    _report(
        "getRegion",
        "Region",
        "Region",
        record=REGIONS,
        filters=(
            iso_regions(0),
            segment_by_label("regionCode", "countryCode", separator=SEPARATOR),
            _part_metadata("region", 0),
            _part_metadata("country", 1),
            metadata_from_label("country_name", lambda label: country_name(_part(label, 1, NO_CODE))),
            metadata_from_label(
                "region_name",
                lambda label: name_of_region(_part(label, 1, ""), _part(label, 0, "")) if label else UNKNOWN,
            ),
            relabel(region_with_country),
        ),
        order=7,
        about="In which regions of their countries visitors were.",
    ),
    _report(
        "getCity",
        "City",
        "City",
        record=CITIES,
        filters=(
            iso_regions(1),
            segment_by_label("city", "regionCode", "countryCode", separator=SEPARATOR),
            _part_metadata("city_name", 0, UNKNOWN),
            metadata_from_label("city", lambda label: NO_CODE if _part(label, 0, UNKNOWN) == UNKNOWN else None),
            _part_metadata("region", 1),
            _part_metadata("country", 2),
            metadata_from_label("country_name", lambda label: country_name(_part(label, 2, NO_CODE))),
            metadata_from_label("region_name", lambda label: name_of_region(_part(label, 2, ""), _part(label, 1, ""))),
            relabel(city_with_country),
        ),
        order=10,
        about="In which cities visitors were.",
    ),
    Report(
        "UserCountry.getNumberOfDistinctCountries",
        "Distinct countries",
        "Visitors",
        "Locations",
        numbers={"UserCountry_distinctCountries": "UserCountry_distinctCountries"},
        metrics=("UserCountry_distinctCountries",),
        is_listed=False,
    ),
)
