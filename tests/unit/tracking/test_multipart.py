"""Bodies of type multipart/form-data. Source: RFC 7578; PHP manual, handling of POST."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tracking import tracker
from tidemark.tracking.multipart import parse_multipart

TYPE = "multipart/form-data; boundary=----x1"


def body_of(*fields):
    parts = [f'------x1\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields]
    return ("".join(parts) + "------x1--\r\n").encode()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("idsite", "1"), ("rec", "1")], {"idsite": "1", "rec": "1"}),
        ([("a", "1"), ("a", "2")], {"a": "2"}),
        ([("a[b]", "é%20+")], {"a": {"b": "é%20+"}}),
        ([("text", "two\r\n\r\nparagraphs")], {"text": "two\r\n\r\nparagraphs"}),
        ([('f"; filename="x.txt', "content")], {}),
        ([], {}),
    ],
)
def test_fields_are_read_as_php_does(fields, expected):
    assert parse_multipart(body_of(*fields), TYPE) == expected


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary="])
def test_nothing_is_read_when_there_is_no_boundary(content_type):
    assert parse_multipart(body_of(("a", "1")), content_type) == {}


def test_a_hit_is_recorded_when_it_is_posted_as_form_data():
    instance = tracker()
    body = body_of(("idsite", "1"), ("rec", "1"), ("action_name", "From a form"))
    answer = instance.collect("rand=1", method="POST", body=body, headers={"content-type": TYPE})
    assert answer.status == 200
    instance.drain()
    assert [row["title"] for row in instance.rows()] == ["From a form"]


@given(st.binary(max_size=200), st.text(max_size=30))
def test_no_body_raises(body, boundary):
    parse_multipart(body, f"multipart/form-data; boundary={boundary}")
