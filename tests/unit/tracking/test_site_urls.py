"""Which site an address belongs to. Source: Matomo 5.2, tracking behaviour, sections 4 and 10."""

from __future__ import annotations

import pytest

from tidemark.tracking.site_urls import UrlIndex
from tidemark.tracking.urls import split_url

INDEX = UrlIndex(
    {
        1: ["http://a.example/club", "http://broken:port"],
        2: ["http://www.a.example/", "https://b.example"],
        3: ["https://.c.example", "http://a.example/club/inner"],
        4: ["https://b.example/"],
    }
)


def parts(url):
    return split_url(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/club/x", (1,)),
        ("http://a.example/CLUB", (1,)),
        ("http://a.example/club/inner/x", (3,)),
        ("http://a.example/clubs", (2,)),
        ("https://www.a.example/x", (2,)),
        ("http://b.example/x", (2, 4)),
        ("http://deep.sub.c.example/", (3,)),
        ("http://c.example/", (3,)),
        ("http://x.example/", None),
        ("/relative", None),
    ],
)
def test_the_deepest_path_wins_when_several_sites_share_a_host(url, expected):
    assert INDEX.sites_of(parts(url)) == expected


def test_the_requests_own_host_counts_when_named():
    assert INDEX.sites_of(parts("http://x.example/a"), also=("x.example", 9)) == (9,)
    assert INDEX.sites_of(parts("http://a.example/other"), also=("a.example", 9)) == (2, 9)
    assert INDEX.sites_of(parts("http://a.example/club"), also=("a.example", 9)) == (1,)


@pytest.mark.parametrize(
    ("url", "expected"),
    [("http://a.example/club/inner/y", "/club/inner/"), ("http://a.example/x", "/"), ("http://x.example/", None)],
)
def test_the_path_is_the_registered_one_when_asked(url, expected):
    assert INDEX.path_of(parts(url)) == expected
