"""Typed parameters. Source: Matomo 5.2, tracking parameters, columns type and default."""

from __future__ import annotations

import pytest

from tidemark.tracking.parameters import decode_entities, integer, is_given, number, structure, text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7", 7),
        ("-7", -7),
        ("+7", 7),
        (" 7", 7),
        ("7.0", 7),
        ("1e3", 1000),
        ("7.5", -1),
        ("7a", -1),
        ("a", -1),
        ("", -1),
        ("undefined", -1),
        ("99999999999999999999", -1),
        ("1e400", -1),
        ("1,5", -1),
        ("1,", -1),
        ("1,0", -1),
        ({"0": "1"}, -1),
        (["1"], -1),
        ("٣", -1),
    ],
)
def test_integer_reads_whole_numbers_when_given(value, expected):
    assert integer({"a": value}, "a", -1) == expected


def test_integer_is_the_default_when_absent():
    assert integer({}, "a", 3) == 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3.5", 3.5),
        ("3,5", 3.0),
        (",5", 0.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("7E-10", 7e-10),
        ("0", 0.0),
        ("-2", -2.0),
        ("1_000", None),
        ("1.2.3", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("undefined", None),
        ("", None),
        ({"a": "1"}, None),
    ],
)
def test_number_reads_numbers_when_given(value, expected):
    assert number({"a": value}, "a") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a &amp; b", "a & b"),
        ("a&lt;b&gt;", "a<b>"),
        ("&#65;&#x42;", "AB"),
        ("&copy=1&lang=de", "&copy=1&lang=de"),
        ("&unknown;", "&unknown;"),
        ("&#0;&#xD800;&#x110000;", "&#0;&#xD800;&#x110000;"),
        ("a\0b", "ab"),
        ("&amp;amp;", "&amp;"),
    ],
)
def test_entities_are_decoded_once_when_closed(value, expected):
    assert decode_entities(value) == expected


def test_text_is_the_default_when_a_list():
    assert text({"a": {"0": "x"}}, "a", "none") == "none"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", False), ("0", False), ("1", True), (" ", True), ({"0": "1"}, False), (None, False)],
)
def test_zero_counts_as_empty_when_asked_whether_given(value, expected):
    assert is_given({"a": value}, "a") is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [('{"a":1}', {"a": 1}), ("{", None), ("", None), ({"0": "1"}, {"0": "1"}), ([1], [1]), ("null", None)],
)
def test_structure_reads_json_when_it_is_some(value, expected):
    assert structure({"a": value}, "a") == expected
