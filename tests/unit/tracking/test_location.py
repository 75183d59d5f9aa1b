"""Where a visitor is. Source: Matomo 5.2, tracking behaviour, section 17; parameters country, region, city, lat, long."""

from __future__ import annotations

import pytest

from tests.support.tracking import draft, snapshot
from tidemark.definitions.location_databases import shipped_databases
from tidemark.model.hit import Location
from tidemark.tracking.location import Databases, locate
from tidemark.tracking.rules import Policy
from tidemark.tracking.steps import put_place, put_sender

NESTED = {
    "country": {"iso_code": "DE"},
    "subdivisions": [{"iso_code": "BE"}, {"iso_code": "XX"}],
    "city": {"names": {"en": "Berlin", "de": "Berlin (de)"}},
    "location": {"latitude": 52.5244, "longitude": 13.41051234},
}
FLAT = {"country_code": "FR", "state1": "Ile-de-France", "city": "Paris", "latitude": "48.8566", "longitude": "2.3522"}
CDN = {
    "cloudfront-viewer-country": "NL",
    "cloudfront-viewer-country-region": "NH",
    "cloudfront-viewer-city": "Den%20Haag",
    "cloudfront-viewer-latitude": "52.1",
    "cloudfront-viewer-longitude": "4.3",
}


class Reader:
    def __init__(self, records):
        self.records = records

    def get(self, address):
        if address == "nonsense":
            raise ValueError(address)
        return self.records.get(address)


class OneDatabase(Databases):
    def __init__(self, records):
        super().__init__()
        self._readers["cities.mmdb"] = Reader(records)
        self._readers["none.mmdb"] = Reader({})


DATABASE = OneDatabase(
    {"198.51.100.1": NESTED, "198.51.100.2": FLAT, "198.51.100.3": {"country": {}}, "198.51.100.4": {"asn": 1}}
)
CHOSEN = {"usercountry.location_provider": "geoip2php"}
BY_DATABASE = {name.replace(".", "__"): value for name, value in CHOSEN.items()}
DE_BERLIN = Location("de", "BE", "Berlin", 52.524, 13.411, "geoip2")


def located(address="198.51.100.9", languages="", headers=None, **settings):
    given = {name.replace("__", "."): value for name, value in settings.items()}
    return locate(address, headers or {}, languages, Policy.of(snapshot(settings=given).settings), DATABASE)


@pytest.mark.parametrize(
    ("address", "languages", "headers", "expected"),
    [
        ("198.51.100.1", "fr", {}, DE_BERLIN),
        ("198.51.100.2", "", {}, Location("fr", "IDF", "Paris", 48.857, 2.352, "geoip2")),
        ("198.51.100.3", "fr", {}, Location("fr", provider="default")),
        ("198.51.100.4", "fr", {}, Location("fr", provider="default")),
        ("198.51.100.9", "de-at,de", {}, Location("at", provider="default")),
        ("nonsense", "", {}, Location("xx", provider="default")),
        ("198.51.100.9", "fr", CDN, Location("nl", "NH", "Den Haag", 52.1, 4.3, "cdn")),
        ("198.51.100.1", "fr", CDN, Location("nl", "NH", "Den Haag", 52.1, 4.3, "cdn")),
    ],
)
def test_the_first_source_that_knows_is_taken_when_asked(address, languages, headers, expected):
    assert located(address, languages, headers, GeoIp2__database="cities.mmdb", **BY_DATABASE) == expected


@pytest.mark.parametrize(
    ("provider", "country"), [("", "fr"), ("default", "fr"), ("geoip2php", "de"), ("geoip2server", "de")]
)
def test_databases_are_asked_when_a_provider_that_uses_them_is_chosen(provider, country):
    """Source: recorded answers before and after UserCountry.setLocationProvider."""
    settings = {"GeoIp2__database": "cities.mmdb", "usercountry__location_provider": provider}
    assert located("198.51.100.1", "fr", **settings).country == country


def test_the_next_database_is_asked_when_the_first_knows_nothing():
    databases = "none.mmdb, cities.mmdb"
    assert located("198.51.100.1", "fr", GeoIp2__database=databases, **BY_DATABASE) == DE_BERLIN


def test_only_languages_count_when_the_instance_says_so():
    assert located("198.51.100.1", "fr", CDN, usercountry__location_provider="default").country == "fr"


@pytest.mark.skipif(not shipped_databases(), reason="the database was not fetched")
@pytest.mark.parametrize(("address", "country"), [("193.0.6.139", "nl"), ("2001:67c:2e8:22::c100:68b", "nl")])
def test_the_shipped_database_knows_countries_when_none_is_configured(address, country):
    assert locate(address, {}, "", Policy.of(snapshot(settings=CHOSEN).settings), Databases()).country == country


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"usercountry__location_provider": "disabled"}, Location()),
        ({"Tracker__enable_default_location_provider": "0"}, Location()),
        ({"Tracker__enable_language_to_country_guess": "0"}, Location("xx", provider="default")),
    ],
)
def test_guesses_are_not_made_when_switched_off(settings, expected):
    assert located(languages="fr", **settings) == expected


def test_a_database_that_cannot_be_opened_is_no_database():
    assert Databases().reader("/nowhere/at-all.mmdb") is None


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"country": "JP"}, Location("JP", provider="request country")),
        (
            {"country": "de", "region": "BY", "city": "München"},
            Location("de", "BY", "München", provider="request country region city"),
        ),
        (
            {"lat": "48.1374301", "long": "11.57549"},
            Location("de", None, None, 48.13743, 11.57549, "request latitude longitude"),
        ),
        ({"lat": "north"}, Location("de", provider="default")),
        ({"city": "x" * 300}, Location("de", None, "x" * 255, provider="request city")),
    ],
)
def test_the_request_says_where_when_a_token_allows_it(params, expected):
    for authenticated in (True, False):
        hit = draft(params, authenticated=authenticated)
        put_sender(hit)
        put_place(hit)
        assert hit.location == (expected if authenticated else Location("de", provider="default"))


def test_the_masked_address_is_looked_up_when_enrichment_may_not_see_more():
    settings = {**CHOSEN, "PrivacyManager.useAnonymizedIpForVisitEnrichment": "1", "GeoIp2.database": "cities.mmdb"}
    hit = draft({}, snapshot(settings=settings), client_ip="198.51.100.1", headers=CDN)
    hit.sources.databases = OneDatabase({"198.51.0.0": FLAT, "198.51.100.1": NESTED})
    put_sender(hit)
    put_place(hit)
    assert hit.location.country == "fr"


def test_a_cdn_places_only_the_sender_when_a_token_names_another_address():
    for client_ip, country in (("198.51.100.1", "nl"), ("198.51.100.9", "de")):
        hit = draft({"cip": "198.51.100.1"}, authenticated=True, client_ip=client_ip, headers=CDN)
        put_sender(hit)
        put_place(hit)
        assert hit.location.country == country
