"""The server's own cookies. Source: Matomo 5.2, tracking behaviour, sections 4 and 5."""

from __future__ import annotations

import pytest

from tidemark.model.settings import Settings
from tidemark.tracking.cookies import has_opted_out, third_party_cookie, third_party_id
from tidemark.tracking.request import Request

ID = "0123456789abcdef"
ON = Settings({"Tracker.use_third_party_id_cookie": "1"})


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("matomo_ignore=1", True),
        ("a=b; matomo_ignore=x", True),
        ("_pk_id.1=abc", False),
        ("", False),
        ("matomo_ignore", False),
    ],
)
def test_visitors_opted_out_when_the_cookie_is_there(header, expected):
    assert has_opted_out(header, Settings()) is expected


@pytest.mark.parametrize(
    ("header", "settings", "expected"),
    [
        (f"_pk_uid={ID}", ON, ID),
        (f"_pk_uid={ID}", Settings(), ""),
        ("_pk_uid=short", ON, ""),
        ("_pk_uid=" + "x" * 16, ON, ""),
        (f"_pk_id.1.1fff={ID}", ON, ""),
    ],
)
def test_only_our_own_cookie_holds_an_id_when_it_is_used(header, settings, expected):
    assert third_party_id(header, settings) == expected


def test_the_cookie_keeps_the_id_it_has_when_another_is_sent():
    cookie = third_party_cookie(Request(headers={"cookie": f"_pk_uid={ID}"}), "f" * 16, ON)
    assert cookie.startswith(f"_pk_uid={ID}; ")


@pytest.mark.parametrize(
    ("headers", "settings", "expected"),
    [
        ({}, {}, "SameSite=Lax"),
        ({"x-forwarded-proto": "https"}, {}, "SameSite=None; Secure"),
        ({}, {"Tracker.cookie_domain": "example.org"}, "Domain=example.org"),
        ({}, {"Tracker.cookie_path": "/m"}, "Path=/m"),
    ],
)
def test_the_cookie_is_made_as_configured_when_set(headers, settings, expected):
    assert expected in third_party_cookie(Request(headers=headers), ID, ON.merged(settings))


@pytest.mark.parametrize(("header", "first_party"), [("matomo_ignore=1", ID), ("", ""), ("", "x" * 16)])
def test_no_cookie_is_set_when_there_is_no_id_or_no_wish(header, first_party):
    assert third_party_cookie(Request(headers={"cookie": header}), first_party, ON) == ""
