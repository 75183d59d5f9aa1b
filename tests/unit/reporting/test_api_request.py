import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.reporting.request import ApiRequest, parse_query, read_parameters


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a=1&b=x%20y+z", {"a": "1", "b": "x y z"}),
        ("a=1&a=2", {"a": "2"}),
        ("urls[0]=a&urls[1]=b", {"urls": ["a", "b"]}),
        ("urls[]=a&urls[]=b", {"urls": ["a", "b"]}),
        ("urls%5B%5D=a", {"urls": ["a"]}),
        ("m[x]=1&m[y][z]=2", {"m": {"x": "1", "y": {"z": "2"}}}),
        ("m[1]=a&m[2]=b", {"m": {"1": "a", "2": "b"}}),
        ("a.b=1&c d=2", {"a_b": "1", "c_d": "2"}),
        ("a=1&a[x]=2", {"a": {"x": "2"}}),
        ("a[x=1", {"a[x": "1"}),
        ("flag", {"flag": ""}),
        ("=x&&[]=y", {}),
        ("a=%ff", {"a": "\ufffd"}),
    ],
)
def test_parse_query_reads_brackets_and_encodings(query, expected):
    assert parse_query(query) == expected


def test_query_wins_over_form():
    assert read_parameters(ApiRequest("a=1", "a=2&b=3")) == {"a": "1", "b": "3"}


@given(st.text(alphabet="ab[]=&%.+2", max_size=60) | st.text(max_size=60))
def test_any_text_is_read(text):
    assert isinstance(parse_query(text), dict)


def test_very_deep_brackets_are_cut():
    assert isinstance(parse_query("a" + "[x]" * 5000 + "=1"), dict)
