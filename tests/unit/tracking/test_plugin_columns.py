"""Columns that default plugins read from a hit. Source: Matomo 5.2, tracking parameters h, m, s, res, lang and flags."""

from __future__ import annotations

import pytest

from tests.support.tracking import tracker
from tidemark.plugin.plugin import load_plugins

HIT = "idsite=1&rec=1"
VITALS = tuple(f"web_vital_{vital}" for vital in ("lcp", "inp", "cls", "fcp", "ttfb"))


@pytest.fixture(scope="module")
def plugins():
    return load_plugins()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("h=10&m=20&s=30", {"visitor_localtime": 37_230}),
        ("h=24&m=60&s=-1", {"visitor_localtime": 0}),
        ("", {"visitor_localtime": 11 * 3600 + 6 * 60 + 40}),
        ("res=1920x1080", {"config_resolution": "1920x1080"}),
        ("res=unknown", {"config_resolution": None}),
        ("lang=fr-CA,fr;q=0.5", {"location_browser_lang": "fr-ca"}),
        ("pdf=1&cookie=1", {"config_pdf": 1, "config_cookie": 1, "config_flash": 0}),
        ("java=2&fla=x", {"config_java": 0, "config_flash": 0}),
        ("url=https://shop.example.org/", {"config_browser_name": "FF", "config_os": "LIN", "location_country": "de"}),
    ],
)
def test_columns_of_plugins_hold_what_clients_send(plugins, query, expected):
    instance = tracker(plugins=plugins)
    instance.collect(f"{HIT}&{query}")
    instance.drain()
    (row,) = instance.rows()
    assert {name: row.get(name) for name in expected} == expected
    assert not {"h", "m", "s", "res", "pdf", "cookie"} & set(row.get("raw", ""))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("wv_lcp=2500&wv_cls=0.125", {"web_vital_lcp": 2500, "web_vital_cls": 0.125, "web_vital_device": 0}),
        ("wv_inp=0&wv_fcp=80.6&wv_ttfb=3", {"web_vital_inp": 0, "web_vital_fcp": 81, "web_vital_ttfb": 3}),
        ("wv_lcp=-1&wv_inp=x&wv_cls=nan&wv_fcp=inf&wv_ttfb=99999999", dict.fromkeys(VITALS)),
        ("", dict.fromkeys((*VITALS, "web_vital_device"))),
    ],
)
def test_vitals_are_kept_when_they_are_plausible_numbers(plugins, query, expected):
    instance = tracker(plugins=plugins)
    instance.collect(f"{HIT}&ping=1&pv_id=abcdef&{query}")
    instance.drain()
    (row,) = instance.rows()
    assert {name: row.get(name) for name in expected} == expected
    assert "wv_" not in str(row.get("raw", ""))
