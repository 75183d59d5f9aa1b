"""What people are told of an address. Source: recorded answers of UserCountry.getLocationFromIP."""

from __future__ import annotations

import pytest

from tests.support.tracking import snapshot
from tidemark.tracking.location_finder import Locations, described

NESTED = {
    "city": {"names": {"en": "Besançon"}},
    "continent": {"code": "EU", "names": {"en": "Europe"}},
    "country": {"iso_code": "FR", "names": {"en": "France"}},
    "location": {"latitude": 47.2488, "longitude": 6.0182},
    "postal": {"code": "25000"},
    "subdivisions": [{"iso_code": "BFC", "names": {"en": "Bourgogne-Franche-Comte"}}, {"iso_code": "25"}],
    "traits": {"isp": "A network", "organization": "A company"},
}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            NESTED,
            {
                "continent_name": "Europe",
                "continent_code": "EU",
                "country_code": "FR",
                "country_name": "France",
                "city_name": "Besançon",
                "lat": 47.249,
                "long": 6.018,
                "postal_code": "25000",
                "region_code": "BFC",
                "region_name": "Bourgogne-Franche-Comte",
                "isp": "A network",
                "org": "A company",
            },
        ),
        (
            {"country_code": "JP"},
            {
                "continent_name": "Asia",
                "continent_code": "AS",
                "country_code": "JP",
                "country_name": "Japan",
                "city_name": "",
                "lat": "",
                "long": "",
                "postal_code": "",
            },
        ),
    ],
)
def test_records_are_told_by_matomos_names(record, expected):
    assert described(record) == expected


@pytest.mark.parametrize("provider", ["", "default", "disabled"])
def test_nothing_is_told_when_no_database_is_asked(provider):
    assert Locations(snapshot).location_of("193.0.6.139", provider) == {}
