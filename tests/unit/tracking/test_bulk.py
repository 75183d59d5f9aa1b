"""Bulk bodies. Source: Matomo 5.2, tracking behaviour, section 15; recorded traffic, http-contract."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.tracking.bulk import read_bulk
from tidemark.tracking.reading import is_bulk


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"requests":[]}', True),
        (b"{'requests':[]}", True),
        (b'"requests"', False),
        (b"idsite=1&rec=1", False),
        (b"", False),
    ],
)
def test_a_body_is_a_bulk_when_it_names_requests(body, expected):
    assert is_bulk(body) is expected


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        (["?idsite=1&rec=1"], [{"idsite": "1", "rec": "1"}]),
        (["http://stats.example.org/matomo.php?idsite=1"], [{"idsite": "1"}]),
        (["?url=a%23b#fragment"], [{"url": "a#b"}]),
        (["idsite=1"], []),
        (["?"], []),
        (
            [{"idsite": 1, "rec": True, "e_v": 1.5, "x": None, "n": False}],
            [{"idsite": "1", "rec": "1", "e_v": "1.5", "n": ""}],
        ),
        ([{"cvar": {"1": ["a", "b"]}}], [{"cvar": {"1": ["a", "b"]}}]),
        ([{}, None, 7], [{}, {}, {}]),
        ({"a": "?idsite=1"}, [{"idsite": "1"}]),
        ("?idsite=1", []),
    ],
)
def test_requests_are_strings_or_objects_when_read(requests, expected):
    assert list(read_bulk(orjson.dumps({"requests": requests})).requests) == expected


def test_token_and_wish_for_an_answer_are_of_the_outer_object_when_given():
    bulk = read_bulk(b'{"requests":[],"token_auth":"abc","send_image":0}')
    assert (bulk.token, bulk.wants_answer) == ("abc", False)


@pytest.mark.parametrize(
    "body", [b'{"requests":["?idsite=1"', b'[{"requests":1}]', b'{"requests"}', b'\xff"requests"', b""]
)
def test_malformed_json_is_an_empty_bulk_when_read(body):
    assert read_bulk(body).requests == ()


def test_line_breaks_are_no_matter_when_between_tokens():
    assert len(read_bulk(b'{"requests":\r\n["?a=1",\n"?a=2"]}').requests) == 2


@given(st.binary())
def test_read_bulk_never_raises_when_given_bytes(body):
    read_bulk(b'{"requests":' + body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(_JSON)
def test_read_bulk_never_raises_when_given_json(requests):
    for params in read_bulk(orjson.dumps({"requests": requests})).requests:
        assert isinstance(params, dict)
        orjson.dumps(params)
