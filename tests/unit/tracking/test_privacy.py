"""Privacy settings. Source: Matomo 5.2, tracking behaviour, section 14."""

from __future__ import annotations

import pytest

from tests.support.tracking import row, snapshot
from tidemark.model.hit import Referrer, ReferrerType
from tidemark.tracking.masking import masked
from tidemark.tracking.privacy import anonymised

SEARCH = Referrer(ReferrerType.SEARCH_ENGINE, "Google", "tide", "https://www.google.com/search?q=tide")
WEBSITE = Referrer(ReferrerType.WEBSITE, "blog.example", "", "https://blog.example/post?a=1")
CAMPAIGN = Referrer(ReferrerType.CAMPAIGN, "summer", "sea", "https://blog.example/post?a=1")


@pytest.mark.parametrize(
    ("address", "length", "expected"),
    [
        ("203.0.113.77", 0, "203.0.113.77"),
        ("203.0.113.77", 1, "203.0.113.0"),
        ("203.0.113.77", 2, "203.0.0.0"),
        ("203.0.113.77", 4, "0.0.0.0"),
        ("203.0.113.77", 9, "0.0.0.0"),
        ("::ffff:203.0.113.77", 0, "::ffff:203.0.113.77"),
        ("0:0:0:0:0:ffff:7b2d:4359", 1, "::ffff:123.45.67.0"),
        ("2001:db8:1:2:3:4:5:6", 0, "2001:db8:1:2:3:4:5:6"),
        ("2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::"),
        ("2001:db8:1:2:3:4:5:6", 2, "2001:db8:1::"),
        ("2001:db8:1:2:3:4:5:6", 3, "2001:d00::"),
        ("2001:db8:1:2:3:4:5:6", 4, "::"),
        ("nonsense", 2, "0.0.0.0"),
        ("", 0, "0.0.0.0"),
    ],
)
def test_addresses_are_masked_when_stored(address, length, expected):
    assert masked(address, length) == expected


def test_the_address_is_masked_by_default_when_a_hit_is_stored():
    assert row({})["location_ip"] == "203.0.0.0"
    present = snapshot(settings={"PrivacyManager.ipAnonymizerEnabled": "0"})
    assert row({}, present)["location_ip"] == "203.0.113.77"


@pytest.mark.parametrize(
    ("referrer", "option", "expected"),
    [
        (SEARCH, "", SEARCH),
        (SEARCH, "exclude_query", Referrer(SEARCH.type, "Google", "", "https://www.google.com/search")),
        (SEARCH, "exclude_path", Referrer(SEARCH.type, "Google", "", "https://www.google.com/")),
        (SEARCH, "exclude_all", Referrer(SEARCH.type, "Google", "", "")),
        (WEBSITE, "exclude_path", Referrer(WEBSITE.type, "blog.example", "", "https://blog.example/")),
        (WEBSITE, "exclude_all", Referrer(WEBSITE.type, "", "", "")),
        (CAMPAIGN, "exclude_all", Referrer(CAMPAIGN.type, "summer", "sea", "")),
    ],
)
def test_referrers_lose_what_the_option_hides_when_anonymised(referrer, option, expected):
    assert anonymised(referrer, option) == expected


def test_user_ids_get_pseudonyms_when_the_instance_wants_it():
    present = snapshot(settings={"PrivacyManager.anonymizeUserId": "1"})
    first, again, other = (row({"uid": name}, present) for name in ("anna", "anna", "bert"))
    assert first["user_id"] == again["user_id"] != other["user_id"]
    assert "anna" not in str(first)
    assert first["visitor_id"] == again["visitor_id"] != row({"uid": "anna"})["visitor_id"]


def test_order_ids_get_pseudonyms_when_the_instance_wants_it():
    present = snapshot(settings={"PrivacyManager.anonymizeOrderId": "1"})
    order = {"idgoal": "0", "ec_id": "order-77", "revenue": "5"}
    first, again = row(order, present), row(order, present)
    assert first["order_id"] == again["order_id"]
    assert "order-77" not in str(first)


def test_nothing_of_the_referrer_is_kept_aside_when_it_is_anonymised():
    present = snapshot(settings={"PrivacyManager.anonymizeReferrer": "exclude_all"})
    assert "secret" not in str(row({"urlref": "https://blog.example/secret?q=secret"}, present))


@pytest.mark.parametrize("name", ["token_auth", "token", "cip", "lat", "long"])
def test_tokens_and_places_are_never_kept_aside_when_sent(name):
    assert "7.7777777" not in str(row({name: "7.7777777"}, authenticated=name != "lat").get("raw"))


def test_the_full_address_is_nowhere_when_a_hit_is_stored():
    found = str(row({"cip": "198.51.100.99", "url": "https://a/?x"}, authenticated=True))
    assert "198.51.100.99" not in found
    assert "203.0.113.77" not in found
