"""Query strings are read as PHP reads them. Source: PHP manual, parse_str; recorded traffic, README."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.tracking.query import SentQuery, parse_query, read_query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {}),
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": "2"}),
        ("idsite=1&rec=1&idsite=2&rec=1", {"idsite": "2", "rec": "1"}),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("=1", {}),
        ("&&a=1&&", {"a": "1"}),
        ("a=b=c", {"a": "b=c"}),
        ("a=%20x+y", {"a": " x y"}),
        ("a=%C3%A9", {"a": "é"}),
        ("a=%E9", {"a": "é"}),
        ("a=%", {"a": "%"}),
        ("a=%4", {"a": "%4"}),
        ("a=%zz%41", {"a": "%zzA"}),
        ("a=é", {"a": "é"}),
        ("%61=1", {"a": "1"}),
        ("a.b=1&c d=2", {"a_b": "1", "c_d": "2"}),
        (" a=1", {"a": "1"}),
        ("a[]=1&a[]=2", {"a": {"0": "1", "1": "2"}}),
        ("a%5B%5D=1", {"a": {"0": "1"}}),
        ("a[x]=1&a[y][]=2", {"a": {"x": "1", "y": {"0": "2"}}}),
        ("a[5]=1&a[]=2", {"a": {"5": "1", "6": "2"}}),
        ("a=1&a[]=2", {"a": {"0": "2"}}),
        ("a[]=1&a=2", {"a": "2"}),
        ("a[b=1", {"a_b": "1"}),
        ("[a]=1", {"_a]": "1"}),
        ("a[b]c=1", {"a": {"b": "1"}}),
        ("dimension1=x", {"dimension1": "x"}),
    ],
)
def test_parse_query_reads_as_php_when_given(query, expected):
    assert parse_query(query) == expected
    assert parse_query(query.encode()) == expected


def test_bytes_that_are_no_utf8_are_kept_as_latin1_when_unescaped():
    assert parse_query(b"a=\xe9") == {"a": "é"}


def test_deep_brackets_are_dropped_when_too_deep():
    assert parse_query("a" + "[x]" * 50 + "=1") == {}


@given(st.one_of(st.text(), st.binary()))
def test_parse_query_never_raises_and_gives_json(query):
    orjson.dumps(parse_query(query))


@given(st.text(alphabet="ab[]%=&+. 5BD", max_size=40))
def test_parse_query_never_raises_when_full_of_brackets(query):
    orjson.dumps(parse_query(query))


@given(st.one_of(st.text(), st.text(alphabet="ab=%&+ 41", max_size=30)))
def test_a_query_reads_the_same_when_its_values_are_decoded_late(query):
    late = read_query(query)
    assert dict(late) == parse_query(query)
    assert {name: late.get(name) for name in late} == parse_query(query)
    assert parse_query(late.text if isinstance(late, SentQuery) else query) == parse_query(query)


@pytest.mark.parametrize("query", ["a=%41&b=x+y", "a=1&a=2", "a", "a=%zz&b=%"])
def test_a_query_is_kept_as_it_was_sent_when_its_names_are_plain(query):
    late = read_query(query)
    assert isinstance(late, SentQuery)
    assert (late.text, dict(late), len(late)) == (query, parse_query(query), len(parse_query(query)))
    assert ("a" in late, late.get("none", "default")) == (True, "default")


@pytest.mark.parametrize("query", ["a[]=1&b=2", "%61=1", "a.b=1"])
def test_a_query_is_decoded_at_once_when_a_name_needs_it(query):
    assert read_query(query) == parse_query(query)
