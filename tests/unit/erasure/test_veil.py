"""Rows with parts hidden: as if the privacy settings had been in force. Source: Matomo 5.2, PrivacyManager API."""

from __future__ import annotations

from datetime import date

import orjson
import pyarrow as pa
import pytest

from tidemark.erasure.veil import Veil, visitor_of
from tidemark.model.anonymising import Hidden
from tidemark.model.hit import Location

DAY = date(2026, 1, 5)
MASKED = "198.51.0.0"
FULL = {"location_ip": ["198.51.100.7"]}
SAID = {"country": "de", "region": "BY", "city": "Hof", "lat": "50.3", "long": "11.9"}


def locate(address, languages):
    """Knows the masked address only; else the language tells."""
    if address == MASKED:
        return Location("fr", "IDF", "Paris", 48.8, 2.3, provider="geoip2php")
    return Location(languages[-2:] or "xx", provider="default")


def veil(masked_bytes=2, **what):
    return Veil(Hidden(DAY, DAY, **what), "salt", masked_bytes, locate)


def hidden(veil, columns, rows=(True,)):
    return veil.over(pa.table(columns), pa.array(rows)).to_pylist()


def test_only_the_rows_that_are_meant_are_hidden():
    shown, other = hidden(veil(addresses=True), {"location_ip": ["198.51.100.7", "198.51.100.7"]}, (True, False))
    assert (shown["location_ip"], other["location_ip"]) == (MASKED, "198.51.100.7")


@pytest.mark.parametrize(("masked_bytes", "address"), [(0, MASKED), (1, MASKED), (3, "198.0.0.0"), (4, "0.0.0.0")])
def test_at_least_two_bytes_of_an_address_go_and_more_if_the_instance_masks_more(masked_bytes, address):
    assert hidden(veil(masked_bytes, addresses=True), FULL)[0]["location_ip"] == address


def test_a_place_that_a_request_said_becomes_that_of_the_masked_address():
    """What an authorised request said is as exact as it gets; later requests overrule it no more."""
    row = {
        **FULL,
        "location_country": ["de"],
        "location_region": ["BY"],
        "location_city": ["Hof"],
        "location_latitude": [50.3],
        "location_longitude": [11.9],
        "location_provider": ["request country region city latitude longitude"],
        "raw": [orjson.dumps({**SAID, "x": "1"}).decode()],
    }
    (shown,) = hidden(veil(places=True), row)
    assert (shown["location_country"], shown["location_region"], shown["location_city"]) == ("fr", "IDF", "Paris")
    assert (shown["location_latitude"], shown["location_longitude"]) == (48.8, 2.3)
    assert shown["location_provider"] == "geoip2php"
    assert orjson.loads(shown["raw"]) == {"x": "1"}
    assert shown["location_ip"] == "198.51.100.7"


def test_a_place_is_that_of_the_language_where_no_address_is_known():
    row = {"location_ip": pa.array([None], pa.string()), "location_country": ["de"], "location_browser_lang": ["it-it"]}
    assert hidden(veil(places=True), row)[0]["location_country"] == "it"


def test_visitor_ids_follow_the_pseudonyms_of_their_users():
    row = {"visitor_id": pa.array([visitor_of("ann"), 7], pa.uint64()), "user_id": ["ann", "ann"]}
    first, second = hidden(veil(users=True), row, (True, True))
    assert first["user_id"] == second["user_id"] != "ann"
    assert (first["visitor_id"], second["visitor_id"]) == (visitor_of(first["user_id"]), 7)


@pytest.mark.parametrize("what", [{"addresses": True}, {"places": True}, {"users": True}])
def test_hiding_twice_is_hiding_once(what):
    row = {
        **FULL,
        "location_country": ["de"],
        "visitor_id": pa.array([visitor_of("ann")], pa.uint64()),
        "user_id": ["ann"],
        "raw": pa.array([orjson.dumps(SAID).decode()]),
    }
    once = veil(**what).over(pa.table(row), pa.array([True]))
    assert veil(**what).over(once, pa.array([True])) == once


def test_columns_that_are_named_are_empty_and_texts_of_dictionaries_too():
    row = {"config_os": pa.array(["WIN"]).dictionary_encode(), "referer_name": ["x"], "title": ["t"]}
    (shown,) = hidden(veil(visit_columns=("config_os",), action_columns=("idaction_name",)), row)
    assert shown == {"config_os": None, "referer_name": "x", "title": None}
