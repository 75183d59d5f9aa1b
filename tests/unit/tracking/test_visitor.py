"""Who sent a hit. Source: Matomo 5.2, tracking behaviour, section 5."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from tests.support.tracking import FIREFOX_CLIENT, NOW, SITE, draft, row, snapshot
from tidemark.model.hit import Client
from tidemark.tracking.visitor import put_visitor

ID = "0123456789abcdef"
OTHER = "fedcba9876543210"
SHA1_OF_ANNA = int(hashlib.sha1(b"anna").hexdigest()[:16], 16)
DAY = 86_400


@pytest.mark.parametrize(
    ("params", "envelope", "expected"),
    [
        ({}, {}, None),
        ({"_id": ID}, {}, int(ID, 16)),
        ({"_id": ID.upper()}, {}, int(ID, 16)),
        ({"_id": ID + "9999"}, {}, int(ID, 16)),
        ({"_id": ID[:15]}, {}, None),
        ({"_id": "x" * 16}, {}, None),
        ({"_id": "", "id": ID}, {}, None),
        ({"cid": OTHER, "_id": ID}, {}, int(OTHER, 16)),
        ({"cid": "z" * 16, "_id": ID}, {}, None),
        ({"uid": "anna", "cid": OTHER, "_id": ID}, {}, SHA1_OF_ANNA),
        ({"uid": "0", "_id": ID}, {}, int(ID, 16)),
        ({"_id": ID}, {"third_party_id": OTHER}, int(OTHER, 16)),
        ({"cid": ID}, {"third_party_id": OTHER}, int(ID, 16)),
    ],
)
def test_the_first_id_in_order_of_precedence_is_taken_when_several_are_given(params, envelope, expected):
    hit = draft(params, **envelope)
    put_visitor(hit)
    assert hit.row["visitor_id"] == expected


@pytest.mark.parametrize(
    ("setting", "params", "expected"),
    [
        ("Tracker.enable_userid_overwrites_visitorid", {"uid": "anna", "_id": ID}, int(ID, 16)),
        ("PrivacyManager.forceCookielessTracking", {"_id": ID}, int(ID, 16)),
    ],
)
def test_settings_change_what_counts_when_switched(setting, params, expected):
    off, on = (snapshot(settings={setting: value}) for value in ("0", "1"))
    found = [row(params, present).get("visitor_id") for present in (off, on)]
    assert found == ([expected, SHA1_OF_ANNA] if "uid" in params else [expected, None])


@pytest.mark.parametrize(
    ("params", "expected"),
    [({"cid": ID}, True), ({"cid": ID, "uid": "anna"}, False), ({"_id": ID}, False)],
)
def test_only_cid_forces_the_id_when_there_is_no_user_id(params, expected):
    assert row(params)["is_id_forced"] is expected


def test_user_ids_are_cut_when_long():
    assert row({"uid": "x" * 300})["user_id"] == "x" * 200


@pytest.mark.parametrize(
    ("params", "expected"),
    [({"new_visit": "1"}, (True, False)), ({"ping": "1"}, (False, True)), ({"new_visit": "x"}, (False, False))],
)
def test_flags_are_numbers_when_given(params, expected):
    found = row(params)
    assert (found["wants_new_visit"], found["is_ping"]) == expected


def fingerprint(params=(), present=None, **more):
    return row(dict(params), present, **more)["fingerprint"]


def test_the_fingerprint_is_the_same_when_everything_is():
    assert fingerprint() == fingerprint({"url": "https://other", "action_name": "x", "_id": ID})


@pytest.mark.parametrize(
    ("params", "more"),
    [
        ({"pdf": "1"}, {}),
        ({"cookie": "1"}, {}),
        ({"lang": "fr"}, {}),
        ({}, {"client_ip": "203.0.113.78"}),
        ({}, {"client": replace(FIREFOX_CLIENT, version="129.0")}),
        ({}, {"client": replace(FIREFOX_CLIENT, os_code="WIN")}),
        ({"cdt": str(NOW - DAY)}, {"authenticated": True}),
        ({}, {"present": snapshot(replace(SITE, timezone="UTC-12"))}),
    ],
)
def test_the_fingerprint_differs_when_the_client_or_its_day_does(params, more):
    assert fingerprint(params, **more) != fingerprint()


def test_the_fingerprint_differs_between_sites_unless_shared():
    second = replace(SITE, idsite=2)
    for settings, is_same in ({}, False), ({"Tracker.enable_fingerprinting_across_websites": "1"}, True):
        present = snapshot(SITE, second, settings=settings)
        assert (fingerprint({}, present) == fingerprint({"idsite": "2"}, present)) is is_same


def test_the_fingerprint_outlives_the_day_when_visits_do():
    present = snapshot(settings={"Tracker.create_new_visit_after_midnight": "0"})
    assert fingerprint({}, present) == fingerprint({"cdt": str(NOW - DAY)}, present, authenticated=True)


def test_only_browsers_tell_name_and_version_when_fingerprinted():
    apps = [Client("mobile app", "App", "App", version, "", "AND") for version in ("1", "2")]
    assert fingerprint(client=apps[0]) == fingerprint(client=apps[1])


def test_cookies_do_not_matter_when_it_is_internet_explorer():
    explorer = Client("browser", "IE", "Internet Explorer", "11.0", "Trident", "WIN", "10", 0)
    assert fingerprint({"cookie": "1"}, client=explorer) == fingerprint({}, client=explorer)


def test_masked_addresses_are_one_visitor_when_enrichment_may_not_see_more():
    present = snapshot(settings={"PrivacyManager.useAnonymizedIpForVisitEnrichment": "1"})
    assert fingerprint({}, present) == fingerprint({}, present, client_ip="203.0.9.9")
