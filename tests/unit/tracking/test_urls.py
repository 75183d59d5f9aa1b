"""How URLs are taken apart and cleaned. Source: Matomo 5.2, tracking behaviour, section 7, "URL rule set"."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tracking import SITE, snapshot
from tidemark.model.site import KeepFragment, Site
from tidemark.tracking.rules import RuleBook
from tidemark.tracking.urls import (
    ParameterFilter,
    ParameterSearch,
    UrlParts,
    UrlRules,
    clean_text,
    clean_url,
    cleaned_thoroughly,
    looks_like_url,
    page_url,
    raw_url,
    read_pairs,
    split_prefix,
    split_url,
    without_excluded,
    write_pairs,
)

DEFAULT = RuleBook(snapshot(SITE)).rules(1).url
KEEPING = RuleBook(snapshot(Site(1, "", "https://a.example", 0, keep_url_fragment=KeepFragment.YES))).rules(1).url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://u:p@h:80/a?b#c", UrlParts("http", "u", "p", "h", "80", "/a", "b", "c")),
        ("https://example.org", UrlParts("https", host="example.org")),
        ("//example.org/a", UrlParts(host="example.org", path="/a")),
        ("/a?b", UrlParts(path="/a", query="b")),
        ("a#b?c", UrlParts(path="a", fragment="b?c")),
        ("http://[::1]:80/", UrlParts("http", host="[::1]", port="80", path="/")),
        ("http://h?a=/b", UrlParts("http", host="h", query="a=/b")),
        ("http://h/a\tb?c\x01#\x7f", UrlParts("http", host="h", path="/a_b", query="c_", fragment="_")),
        ("http:////wrong", None),
        ("http://h:99999/", None),
        ("http://h:x/", None),
        ("http://", None),
        ("", UrlParts()),
    ],
)
def test_split_url_is_as_lenient_as_php_when_malformed(url, expected):
    assert split_url(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Shop.Example.org/Path?A=1", "https://shop.example.org/Path?A=1"),
        ("https://h/a?gclid=1", "https://h/a"),
        ("https://h/a?x=1&GCLID=1&y=2", "https://h/a?x=1&y=2"),
        ("https://h/a?utm_campaign=c&utm_term=k&x=1", "https://h/a?x=1"),
        ("https://h/a?pk_vid=1&ignore_referrer=1", "https://h/a"),
        ("https://h/a#top", "https://h/a"),
        ("https://h/a;jsessionid=1;x=2", "https://h/a?x=2"),
        ("https://h/a;x=1?y=2", "https://h/a?x=1&y=2"),
        ("https://h/a?x=1;y=2", "https://h/a?x=1;y=2"),
        ("  https://h/a\r\n ", "https://h/a"),
        ("https://h/a&amp;b?x=1&amp;y=2", "https://h/a&b?x=1&y=2"),
        ("https://h/a?x[]=1&x[]=2", "https://h/a?x[]=1&x[]=2"),
        ("https://h/a?x%5B%5D=1", "https://h/a?x[]=1"),
        ("https://h/a?x&y=&z=1", "https://h/a?x&y=&z=1"),
        ("https://h/a?x=1&&y=2&", "https://h/a?x=1&y=2"),
        ("https://h/a?x=1&x=2", "https://h/a?x=2"),
        ("https://h", "https://h"),
        ("http:////wrong", None),
        ("example.org/a", None),
        ("//example.org/a", None),
        ("javascript://alert(1)", None),
        ("", None),
        ("http://example.org/?" + "?" * 20 + "a=1?b", "http://example.org/?a=1?b"),
    ],
)
def test_page_urls_are_cleaned_when_stored(url, expected):
    assert page_url(url, DEFAULT) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h/a#top", "https://h/a#top"),
        ("https://h/a#top#", "https://h/a#top"),
        ("https://h/a#x=1&utm_campaign=c", "https://h/a#x=1"),
        ("https://h/a?gclid=1&x=1#gclid=2", "https://h/a?x=1#gclid=2"),
        ("https://h/a#b" + "#" * 20, "https://h/a#b"),
    ],
)
def test_fragments_are_kept_and_filtered_when_the_site_wants_it(url, expected):
    assert page_url(url, KEEPING) == expected


@pytest.mark.parametrize(
    ("entries", "query", "expected"),
    [
        (["A"], "a=1&b=2", "b=2"),
        (["/^p[0-9]$/"], "p1=1&p=2&P3=3", "p=2"),
        (["/B/i"], "abc=1&d=2", "d=2"),
        (["x[y]"], "x[y]=1&z=2", "z=2"),
        (["/("], "/(=1&a=2", "a=2"),
    ],
)
def test_parameters_are_excluded_by_name_or_pattern_when_listed(entries, query, expected):
    assert ParameterFilter(entries).filtered(query) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a/b", ("a/b", 0)),
        ("http://www.a/b", ("a/b", 1)),
        ("https://a/b", ("a/b", 2)),
        ("HTTPS://WWW.a/b", ("a/b", 3)),
        ("ftp://a/b", ("ftp://a/b", None)),
    ],
)
def test_the_prefix_becomes_a_number_when_known(url, expected):
    assert split_prefix(url) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://a", True),
        ("//a", True),
        ("app://x", True),
        ("://a", True),
        ("http://", False),
        ("a", False),
        ("data://x", False),
    ],
)
def test_a_text_looks_like_a_url_when_something_follows_slashes(text, expected):
    assert looks_like_url(text) is expected


@pytest.mark.parametrize(
    ("text", "max_bytes", "expected"),
    [(" a\n\r\0b ", 10, "ab"), ("ééé", 5, "éé"), ("abc", 3, "abc"), ("ab c", 3, "ab"), ("\tx\t", 9, "x")],
)
def test_texts_are_cut_between_characters_when_too_long(text, max_bytes, expected):
    assert clean_text(text, max_bytes) == expected


def test_a_megabyte_is_cut_to_a_kilobyte_when_it_is_a_url():
    assert len(page_url("https://h/" + "x" * 1_000_000, DEFAULT)) == 1024


def test_downloads_stay_as_given_when_cleaned():
    assert raw_url(" http://H/a?gclid=1#b ", DEFAULT) == "http://H/a?gclid=1#b"


@given(st.text(max_size=60))
def test_nothing_raises_when_text_is_taken_for_a_url(text):
    for rules in (DEFAULT, KEEPING):
        page_url(text, rules)
        raw_url(text, rules)


_PIECES = st.sampled_from(
    [
        *(
            "http://",
            "https://www.",
            "//",
            "A.example",
            "h:80",
            "u:p@h",
            "/",
            "?",
            "#",
            "&",
            "=",
            ";",
            "&amp;",
            "&#38;",
        ),
        *("&lt;", "gclid", "utm_campaign", "x", "Ä", "İ", "%5B", "%5D", "[]", " ", "\n", "##", "sid=1", ":", "@"),
        *("mailto:", "javascript:"),
    ]
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h.example/p?gclid=1&?x=2", "http://h.example/p?x=2"),
        ("http://h.example/p?&?x", "http://h.example/p?x"),
        ("http://h.example/3;??x%", "http://h.example/3?x%"),
    ],
)
def test_question_marks_go_that_come_to_stand_at_the_querys_beginning(url, expected):
    assert without_excluded(url, DEFAULT) == expected


@given(st.lists(_PIECES, max_size=14).map("".join) | st.text(max_size=40), st.integers(8, 60))
def test_cleaning_twice_is_cleaning_once_when_repeated(url, max_bytes):
    for rules in (DEFAULT, KEEPING, UrlRules(DEFAULT.excluded, keeps_fragment=True, max_bytes=max_bytes)):
        once = without_excluded(url, rules)
        if once is not None:
            assert without_excluded(once, rules) == once


@given(st.lists(_PIECES, max_size=14).map("".join) | st.text(max_size=40))
def test_a_stored_url_stays_as_it_is_when_stored_again(url):
    for rules in (DEFAULT, KEEPING):
        stored = page_url(url, rules)
        if stored is not None:
            assert page_url(stored, rules) == stored
            rest, number = split_prefix(stored)
            assert number is None or stored.lower().endswith(rest.lower())


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_text_that_was_cleaned_is_clean_and_short(text, max_bytes):
    once = clean_text(text, max_bytes)
    assert clean_text(once, max_bytes) == once
    assert len(once.encode("utf-8", "replace")) <= max_bytes


@given(st.lists(_PIECES | st.sampled_from(["http://a.example/", "https://b.c", "/x?", "a=1"]), max_size=9).map("".join))
def test_the_short_way_gives_what_the_thorough_one_does(url):
    for rules in (DEFAULT, KEEPING):
        assert without_excluded(url, rules) == cleaned_thoroughly(url, rules)


@given(
    st.lists(_PIECES | st.sampled_from(["?", "&", "gclid=", "GCLID[]=", "gclid%5b%5D=1", "k", "=v"]), max_size=9).map(
        "".join
    )
)
def test_no_parameter_is_overlooked_when_a_search_says_there_is_none(url):
    if not ParameterSearch(("gclid", "k")).may_be_in(url):
        parts = split_url(clean_url(url))
        for part in () if parts is None else (parts.query, parts.fragment, parts.fragment.partition("?")[2]):
            names = {name.lower() for name, value in read_pairs(part).items() if value}
            assert not names & {"gclid", "k"}


@given(st.text(alphabet="ab=&[]%5BD", max_size=30))
def test_pairs_survive_when_written_and_read_again(query):
    pairs = read_pairs(query)
    assert read_pairs(write_pairs(pairs.items())) == pairs
