"""Site search. Source: Matomo 5.2, tracking behaviour, section 9."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.tracking import SITE, snapshot
from tidemark.tracking.site_search import SiteSearch, find_search

TRACKED = snapshot().site(1)
WITH_CATEGORIES = snapshot(replace(SITE, sitesearch_category_parameters=("cat", "Dept"))).site(1)
OWN_KEYWORD = snapshot(replace(SITE, sitesearch_keyword_parameters=("suche",))).site(1)
OFF = snapshot(replace(SITE, sitesearch=False)).site(1)
URL = "https://shop.example.org/"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"search": "tide"}, SiteSearch("tide")),
        ({"search": " tide ", "search_cat": "Books", "search_count": "3"}, SiteSearch("tide", "Books", 3)),
        ({"search": "tide", "search_count": "0"}, SiteSearch("tide", "", 0)),
        ({"search": "tide", "search_count": "-1"}, SiteSearch("tide")),
        ({"search": "tide", "search_count": "many"}, SiteSearch("tide")),
        ({"search": "  "}, None),
        ({"search": "0"}, None),
        ({"url": URL + "?q=tide+table"}, SiteSearch("tide table")),
        ({"url": URL + "?Q=tide"}, SiteSearch("tide")),
        ({"url": URL + "?q=&s=tide"}, SiteSearch("tide")),
        ({"url": URL + "?s=second&q=first"}, SiteSearch("first")),
        ({"url": URL + "?q[]=first&q[]=second"}, SiteSearch("first")),
        ({"url": URL + "#q=tide"}, SiteSearch("tide")),
        ({"url": URL + "#/path?q=tide"}, SiteSearch("tide")),
        ({"url": URL + "?q=tide&search_count=4"}, SiteSearch("tide", "", 4)),
        ({"url": URL + "?q=%C3%A9t%C3%A9"}, SiteSearch("été")),
        ({"url": URL + "?q=%E9t%E9", "cs": "iso-8859-1"}, SiteSearch("été")),
        ({"url": URL + "?q=%E9t%E9"}, SiteSearch("%E9t%E9")),
        ({"url": URL + "?q=%EC%EE%F0%E5", "cs": "windows-1251"}, SiteSearch("море")),
        ({"url": URL + "?q=a%80", "cs": "punycode"}, SiteSearch("a%80")),
        ({"url": URL + "?q=a&cs=x", "cs": "no-such-charset"}, SiteSearch("a")),
        ({"url": URL + "?x=1"}, None),
        ({"url": URL}, None),
        ({"url": "http://:80"}, None),
        ({}, None),
        ({"search": "explicit", "url": URL + "?q=tide"}, SiteSearch("explicit")),
    ],
)
def test_a_search_is_found_in_parameters_or_url_when_there_is_one(params, expected):
    assert find_search(params, TRACKED) == expected


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("s?q=tide&cat=x&page=2", "s?page=2"),
        ("s?Q=tide", "s"),
        ("s?page=2#q=tide", "s?page=2"),
        ("s#/path?q=tide&dept=x", "s#/path"),
        ("s#/path?q=tide&page=2", "s#/path?page=2"),
        ("s?q[]=a&q[]=b", "s"),
        ("s?q=tide&cat=&dept=", "s?cat="),
    ],
)
def test_what_told_of_a_search_is_taken_out_of_its_url(url, left):
    """Source: Matomo 5.2, plugins/Actions/Actions/ActionSiteSearch."""
    found = find_search({"url": URL + url}, WITH_CATEGORIES)
    assert found is not None
    assert found.url == URL + left


def test_a_search_that_the_request_tells_has_no_url():
    found = find_search({"search": "tide", "url": URL + "s?q=tide"}, TRACKED)
    assert found is not None
    assert found.url == ""


def test_the_category_is_found_when_the_site_has_parameters_for_it():
    found = find_search({"url": URL + "?q=tide&dept=Books"}, WITH_CATEGORIES)
    assert found == SiteSearch("tide", "Books")


def test_only_own_parameters_count_when_the_site_has_some():
    assert find_search({"url": URL + "?q=tide"}, OWN_KEYWORD) is None
    assert find_search({"url": URL + "?suche=tide"}, OWN_KEYWORD) == SiteSearch("tide")


def test_nothing_is_a_search_when_it_is_switched_off():
    assert find_search({"search": "tide"}, OFF) is None
