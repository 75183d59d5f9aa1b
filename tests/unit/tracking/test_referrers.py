"""Where a landing came from. Source: Matomo 5.2, tracking behaviour, section 10."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.tracking import SITE, row, snapshot
from tidemark.model.site import Site

DIRECT, SEARCH, WEBSITE, CAMPAIGN, SOCIAL, ASSISTANT = 1, 2, 3, 6, 7, 8
PAGE = "https://shop.example.org/a"
BLOG = "https://blog.example.net/post"

PRESENT = snapshot(
    SITE,
    Site(2, "Sub-directory", "https://shared.example/club", 0),
    Site(3, "Root", "https://shared.example/", 0),
    Site(4, "Strict", "https://strict.example/in", 0, exclude_unknown_urls=True),
    Site(
        5,
        "Excluding",
        "https://pay.example",
        0,
        excluded_referrers=("http://bank.example", ".cash.example", "psp.example/go/"),
    ),
    Site(6, "Nowhere", "", 0),
)


def referrer(idsite=1, url=PAGE, urlref="", **params):
    found = row({"idsite": str(idsite), "url": url, "urlref": urlref} | params, PRESENT)
    return found["referer_type"], found["referer_name"], found["referer_keyword"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, (DIRECT, "", "")),
        ({"urlref": BLOG}, (WEBSITE, "blog.example.net", "")),
        ({"urlref": "https://BLOG.example.net/"}, (WEBSITE, "blog.example.net", "")),
        ({"urlref": "blog.example.net"}, (DIRECT, "", "")),
        ({"urlref": "javascript://x"}, (DIRECT, "", "")),
        ({"urlref": "http:////wrong"}, (DIRECT, "", "")),
        # the site's own hosts
        ({"urlref": "https://shop.example.org/b"}, (DIRECT, "", "")),
        ({"urlref": "http://www.shop.example.org/b"}, (DIRECT, "", "")),
        ({"urlref": "https://sub.shop.example.org/"}, (WEBSITE, "sub.shop.example.org", "")),
        ({"url": "https://unknown.example/a", "urlref": "https://unknown.example/b"}, (DIRECT, "", "")),
        ({"url": "https://unknown.example/a", "urlref": "https://www.unknown.example/b"}, (DIRECT, "", "")),
        ({"idsite": 6, "url": "https://x.example/a", "urlref": "https://x.example/b"}, (DIRECT, "", "")),
        ({"idsite": 6, "url": "https://x.example/a", "urlref": BLOG}, (WEBSITE, "blog.example.net", "")),
        # hosts that several sites share
        (
            {"idsite": 2, "url": "https://shared.example/club/a", "urlref": "https://shared.example/club/b"},
            (DIRECT, "", ""),
        ),
        ({"idsite": 2, "url": "https://shared.example/club/a", "urlref": "https://shared.example/x"}, (DIRECT, "", "")),
        (
            {"idsite": 3, "url": "https://shared.example/", "urlref": "https://shared.example/Club/x"},
            (WEBSITE, "shared.example/club", ""),
        ),
        ({"urlref": "https://shared.example/club/x"}, (WEBSITE, "shared.example/club", "")),
        ({"urlref": "https://shared.example/x"}, (WEBSITE, "shared.example", "")),
        # a site that wants only its own pages
        ({"idsite": 4, "url": "https://strict.example/in/a", "urlref": "https://strict.example/out"}, (DIRECT, "", "")),
        # excluded referrers
        ({"idsite": 5, "url": "https://pay.example/", "urlref": "https://www.bank.example/x"}, (DIRECT, "", "")),
        (
            {"idsite": 5, "url": "https://pay.example/", "urlref": "https://shop.bank.example/x"},
            (WEBSITE, "shop.bank.example", ""),
        ),
        ({"idsite": 5, "url": "https://pay.example/", "urlref": "https://my.cash.example/x"}, (DIRECT, "", "")),
        ({"idsite": 5, "url": "https://pay.example/", "urlref": "https://psp.example/go/x"}, (DIRECT, "", "")),
        ({"idsite": 5, "url": "https://pay.example/", "urlref": "https://psp.example/"}, (WEBSITE, "psp.example", "")),
        # search engines, networks, assistants
        ({"urlref": "https://www.google.com/search?q=Tide+Table"}, (SEARCH, "Google", "tide table")),
        ({"urlref": "https://www.google.de/"}, (SEARCH, "Google", "")),
        ({"urlref": "https://www.google.com/about.html"}, (WEBSITE, "www.google.com", "")),
        ({"urlref": "https://t.co/abc"}, (SOCIAL, "Twitter", "")),
        ({"urlref": "https://l.facebook.com/"}, (SOCIAL, "Facebook", "")),
        ({"urlref": "https://claude.ai/"}, (ASSISTANT, "Claude", "")),
        # ignore_referrer
        ({"url": PAGE + "?ignore_referrer=1", "urlref": BLOG}, (DIRECT, "", "")),
        ({"url": PAGE + "?ignore_referer=1&utm_campaign=c", "urlref": BLOG}, (DIRECT, "", "")),
        ({"url": PAGE + "?ignore_referrer=2", "urlref": BLOG}, (WEBSITE, "blog.example.net", "")),
    ],
)
def test_the_referrer_is_resolved_when_a_visit_lands(params, expected):
    assert referrer(**params) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"url": PAGE + "?utm_campaign=Summer&utm_term=Sea"}, ("summer", "sea")),
        ({"url": PAGE + "?pk_campaign=Summer&pk_kwd=Sea"}, ("summer", "sea")),
        ({"url": PAGE + "?mtm_campaign=Summer&matomo_kwd=Sea"}, ("summer", "sea")),
        ({"url": PAGE + "?utm_source=news&utm_medium=mail"}, ("news", "")),
        ({"url": PAGE + "?utm_source=news&pk_cpn=first"}, ("first", "")),
        ({"url": PAGE + "?utm_campaign=&utm_source=news"}, ("news", "")),
        ({"url": PAGE + "?utm_campaign=a%20b+c"}, ("a b c", "")),
        ({"url": PAGE + "#utm_campaign=Summer&utm_term=Sea"}, ("summer", "sea")),
        ({"url": PAGE + "?utm_campaign=Query#utm_campaign=Hash&utm_term=Sea"}, ("hash", "sea")),
        ({"url": PAGE + "?utm_campaign=Summer", "urlref": "https://www.google.com/search?q=Tide"}, ("summer", "tide")),
        ({"url": PAGE + "?utm_campaign=Summer", "urlref": BLOG}, ("summer", "blog.example.net")),
        ({"url": PAGE + "?utm_campaign=Summer", "urlref": "https://shop.example.org/"}, ("summer", "shop.example.org")),
        ({"url": PAGE, "utm_campaign": "Direct", "utm_term": "Given"}, ("direct", "given")),
        ({"url": PAGE + "?utm_campaign=Page&utm_term=Sea", "mtm_campaign": "Direct"}, ("direct", "sea")),
        ({"url": PAGE + "?utm_campaign=" + "x" * 300}, ("x" * 255, "")),
        (
            {"urlref": "https://googleads.g.doubleclick.net/pagead/ads?url=https%3A%2F%2Fads.example%2Fp&ad_type=text"},
            ("adwords (text)", "(adwords) ads.example"),
        ),
        (
            {"urlref": "https://ad.doubleclick.net/?url=https%3A%2F%2Fads.example%2Fp"},
            ("adwords", "(adwords) ads.example"),
        ),
    ],
)
def test_campaigns_win_over_referrers_when_there_is_one(params, expected):
    assert referrer(**params) == (CAMPAIGN, *expected)


def test_lists_are_no_campaigns_when_given():
    assert referrer(url=PAGE + "?utm_campaign[]=x") == (DIRECT, "", "")


@pytest.mark.parametrize(
    ("url", "expected"), [(PAGE + "?utm_campaign=c", True), (PAGE + "?utm_campaign=c&utm_term=k", False), (PAGE, False)]
)
def test_it_is_told_when_a_keyword_is_only_assumed(url, expected):
    assert row({"url": url, "urlref": BLOG})["is_referer_keyword_assumed"] is expected


@pytest.mark.parametrize(
    ("urlref", "expected"),
    [
        ("https://www.google.com/search?q=a&ved=1&ei=2&sa=3", "https://www.google.com/search?q=a"),
        ("https://l.facebook.com/l.php?u=x&h=secret&p=1", "https://l.facebook.com/l.php?u=x"),
        ("https://www.bing.com/search?q=a&CVID=1&form=QBLH", "https://www.bing.com/search?q=a"),
        ("https://www.youtube.com/redirect?redir_token=x&q=a", "https://www.youtube.com/redirect?q=a"),
        ("https://l.instagram.com/?u=x&e=secret&s=1", "https://l.instagram.com/?u=x"),
        ("https://www.instagram.com/p/1?e=secret&s=1", "https://www.instagram.com/p/1"),
        ("https://main.exoclick.com/click.php?data=x&wpn=1&q=a", "https://main.exoclick.com/click.php?q=a"),
        ("https://blog.example.net/?ved=1&gclid=2", "https://blog.example.net/?ved=1"),
        ("https://blog.example.net/#top", "https://blog.example.net/"),
        ("https://blog.example.net/" + "x" * 2000, "https://blog.example.net/" + "x" * 999),
        ("nonsense", ""),
    ],
)
def test_referrer_urls_lose_their_noise_when_stored(urlref, expected):
    assert row({"url": PAGE, "urlref": urlref})["referer_url"] == expected


def test_own_campaign_parameters_count_when_configured():
    present = snapshot(
        replace(SITE), settings={"Tracker.campaign_var_name": "from", "Tracker.campaign_keyword_var_name": "word"}
    )
    found = row({"url": PAGE + "?from=Friend&word=Sea&utm_campaign=x"}, present)
    assert (found["referer_type"], found["referer_name"], found["referer_keyword"]) == (CAMPAIGN, "friend", "sea")
    assert found["url"] == "shop.example.org/a?utm_campaign=x"
