"""Who sent a request through proxies. Source: Matomo 5.2, configuration, proxy_client_headers, proxy_ips."""

from __future__ import annotations

import pytest

from tidemark.model.settings import Settings
from tidemark.tracking.addresses import client_address, is_in, parse_ranges
from tidemark.tracking.request import Request

PEER = "10.0.0.1"
FORWARDED = {"General.proxy_client_headers": "HTTP_X_FORWARDED_FOR"}


@pytest.mark.parametrize(
    ("headers", "settings", "expected"),
    [
        ({"x-forwarded-for": "203.0.113.7"}, {}, PEER),
        ({"x-forwarded-for": "203.0.113.7"}, FORWARDED, "203.0.113.7"),
        ({"x-forwarded-for": "198.51.100.1, 203.0.113.7"}, FORWARDED, "203.0.113.7"),
        (
            {"x-forwarded-for": "198.51.100.1, 203.0.113.7"},
            FORWARDED | {"General.proxy_ip_read_last_in_list": "0"},
            "198.51.100.1",
        ),
        (
            {"x-forwarded-for": "203.0.113.7, 192.168.1.9"},
            FORWARDED | {"General.proxy_ips": "192.168.*.*"},
            "203.0.113.7",
        ),
        ({"x-forwarded-for": "203.0.113.7:1234"}, FORWARDED, "203.0.113.7"),
        ({"x-forwarded-for": "[2001:db8::1]:1234"}, FORWARDED, "2001:db8::1"),
        ({"x-forwarded-for": "unknown"}, FORWARDED, PEER),
        ({"x-forwarded-for": "2001:db8::7"}, FORWARDED, "2001:db8::7"),
        ({"x-forwarded-for": "::ffff:203.0.113.7"}, FORWARDED, "::ffff:203.0.113.7"),
        (
            {"x-forwarded-for": "127.0.0.1, 10.9.9.9, 203.0.113.7"},
            FORWARDED,
            "203.0.113.7",
        ),  # what a client put in front
        (
            {"x-forwarded-for": "198.51.100.1, 203.0.113.7, ::ffff:192.168.1.9, fd00::5"},
            FORWARDED | {"General.proxy_ips": "192.168.*.*, fd00::/8"},
            "203.0.113.7",
        ),
        ({"x-forwarded-for": "192.168.1.9"}, FORWARDED | {"General.proxy_ips": "192.168.*.*"}, PEER),
        ({"x-forwarded-for": "203.0.113.7", "x-real-ip": "198.51.100.1"}, {}, PEER),
        ({}, FORWARDED, PEER),
        (
            {"cf-connecting-ip": "203.0.113.8"},
            {"General.proxy_client_headers": "HTTP_X_REAL_IP,HTTP_CF_CONNECTING_IP"},
            "203.0.113.8",
        ),
    ],
)
def test_the_configured_header_names_the_client_when_it_can(headers, settings, expected):
    assert client_address(Request(headers=headers, client_ip=PEER), Settings(settings)) == expected


def test_ranges_of_one_version_do_not_hold_the_other():
    assert not is_in("::1", parse_ranges(("0.0.0.0/0",)))
    assert is_in("203.0.113.7", parse_ranges(("0.0.0.0/0",)))
    assert not is_in("203.0.113.7", ())
