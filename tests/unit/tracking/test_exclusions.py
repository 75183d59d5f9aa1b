"""Hits that are not recorded. Source: Matomo 5.2, tracking behaviour, section 4."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.tracking import FIREFOX, SITE, draft, row, snapshot
from tidemark.model.hit import Client
from tidemark.tracking.draft import Dropped
from tidemark.tracking.steps import enrich

BOT = Client(is_bot=True, os_code="BOT", bot_name="Googlebot")


def reason(params=(), present=None, **more):
    try:
        enrich(draft(dict(params), present, **more))
    except Dropped as drop:
        return drop.reason
    return None


def site(**changes):
    return snapshot(replace(SITE, **changes))


@pytest.mark.parametrize(
    ("params", "more", "expected"),
    [
        ({}, {}, None),
        ({"rec": "0"}, {}, "no_rec"),
        ({"rec": ""}, {}, "no_rec"),
        ({}, {"client": BOT}, "bot"),
        ({"bots": "1"}, {"client": BOT}, None),
        ({}, {"client_ip": "66.249.85.36"}, "bot_address"),
        ({"bots": "1"}, {"client_ip": "66.249.85.36"}, None),
        ({}, {"client_ip": "66.249.85.36", "headers": {"via": "1.1 Chrome-Compression-Proxy"}}, None),
        ({}, {"client_ip": "157.55.39.1"}, "bot_address"),
        ({}, {"client_ip": "157.55.39.1", "headers": {"via": "1.1 Chrome-Compression-Proxy"}}, "bot_address"),
        ({"tracker_install_check": "abc"}, {}, "install_check"),
        ({}, {"has_opted_out": True}, "opt_out_cookie"),
        ({}, {"headers": {"x-moz": "prefetch"}}, "prefetch"),
        ({}, {"headers": {"x-purpose": "preview"}}, "prefetch"),
        ({}, {"headers": {"x-purpose": "instant"}}, "prefetch"),
        ({}, {"headers": {"x-purpose": "other"}}, None),
        ({}, {"headers": {"dnt": "1"}}, None),
        ({"urlref": "http://www.SEMALT.com/crawler"}, {}, "referrer_spam"),
        ({"urlref": "http://example.net/?u=semalt.com"}, {}, "referrer_spam"),
        ({"urlref": "http://example.net/"}, {}, None),
    ],
)
def test_hits_are_dropped_under_their_reason_when_excluded(params, more, expected):
    assert reason(params, **more) == expected


@pytest.mark.parametrize("header", [{"dnt": "1"}, {"dnt": "1, please"}, {"x-do-not-track": "1"}])
def test_do_not_track_is_honoured_when_the_instance_does(header):
    assert (
        reason(present=snapshot(settings={"PrivacyManager.doNotTrackEnabled": "1"}), headers=header) == "do_not_track"
    )


def test_spam_is_recorded_when_the_filter_is_off():
    assert reason({"urlref": "http://semalt.com"}, snapshot(settings={"Tracker.enable_spam_filter": "0"})) is None


@pytest.mark.parametrize(
    ("condition", "params", "expected"),
    [
        ("e_c==Media", {"e_c": "media", "e_a": "play"}, True),
        ("e_c==Media", {"e_c": "medial", "e_a": "play"}, False),
        ("action_name=@preview", {"action_name": "A Preview page"}, True),
        ("action_name!@keep", {"action_name": "x"}, True),
        ("action_name!=x", {"action_name": "x"}, False),
        ("url=^https://test", {"url": "https://TEST.example"}, True),
        ("url=$.php", {"url": "https://a/b.php"}, True),
        ("x==1,e_c==a%20b", {"e_c": "a b", "e_a": "c"}, True),
        ("nonsense", {}, False),
    ],
)
def test_requests_are_dropped_when_a_condition_of_the_instance_holds(condition, params, expected):
    found = reason(params, snapshot(settings={"Tracker.exclude_requests": condition}))
    assert found == ("excluded_request" if expected else None)


@pytest.mark.parametrize(
    ("excluded", "address", "expected"),
    [
        ("203.0.113.77", "203.0.113.77", True),
        ("203.0.113.78", "203.0.113.77", False),
        ("203.0.113.*", "203.0.113.77", True),
        ("203.0.*.*", "203.0.113.77", True),
        ("203.0.113.0/26", "203.0.113.77", False),
        ("203.0.113.64/26", "203.0.113.77", True),
        ("2001:db8::/32", "2001:db8:1::1", True),
        ("2001:db8::1", "2001:db8::2", False),
        ("203.0.113.77", "::ffff:203.0.113.77", True),
        ("nonsense", "203.0.113.77", False),
        ("203.0.113.77", "nonsense", False),
    ],
)
def test_addresses_are_dropped_when_the_site_excludes_them(excluded, address, expected):
    found = reason(present=site(excluded_ips=("192.0.2.1", excluded)), client_ip=address)
    assert found == ("excluded_ip" if expected else None)


def test_the_address_of_the_request_counts_when_a_token_lets_it_name_one():
    present = site(excluded_ips=("198.51.100.5",))
    assert reason({"cip": "198.51.100.5"}, present, authenticated=True) == "excluded_ip"
    assert reason({"cip": "198.51.100.5"}, present) is None


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (("firefox",), True),
        (("Chrome",), False),
        (("/fire(fox|fly)/i",), True),
        (("/Chrome/", "firefox"), False),
        (("Chrome", "firefox"), True),
        (("/(/", "firefox"), True),
    ],
)
def test_user_agents_are_dropped_by_fragment_and_by_the_first_pattern_alone(entries, expected):
    found = reason(present=site(excluded_user_agents=entries), user_agent=FIREFOX)
    assert found == ("excluded_user_agent" if expected else None)


def test_global_lists_count_when_the_site_has_none():
    settings = {"SitesManager_ExcludedIpsGlobal": "203.0.113.77"}
    assert reason(present=snapshot(settings=settings)) == "excluded_ip"


@pytest.mark.parametrize(
    ("main_url", "page", "expected"),
    [
        ("https://shop.example.org", "https://shop.example.org/a", True),
        ("https://shop.example.org", "http://www.shop.example.org/a", True),
        ("https://shop.example.org", "https://SHOP.example.org/a", True),
        ("https://shop.example.org", "https://sub.shop.example.org/a", False),
        ("https://.shop.example.org", "https://sub.shop.example.org/a", True),
        ("https://.shop.example.org", "https://shop.example.org/a", True),
        ("https://shop.example.org/de", "https://shop.example.org/de/a", True),
        ("https://shop.example.org/de", "https://shop.example.org/DE", True),
        ("https://shop.example.org/de", "https://shop.example.org/den", False),
        ("https://shop.example.org/de", "https://shop.example.org/", False),
        ("https://shop.example.org", "https://evil.example/", False),
        ("https://shop.example.org", "", False),
        ("https://shop.example.org", "http://:80", False),
    ],
)
def test_unknown_pages_are_dropped_when_the_site_wants_only_its_own(main_url, page, expected):
    assert reason({"url": page}, site(main_url=main_url, exclude_unknown_urls=True)) == (
        None if expected else "unknown_url"
    )
    assert reason({"url": page}, site(main_url=main_url)) is None


def test_nothing_is_stored_of_a_dropped_hit_but_its_reason():
    with pytest.raises(Dropped):
        row({"rec": "0"})
