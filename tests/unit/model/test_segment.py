"""Segment expressions are read as Matomo reads them."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.model.errors import BadSegment
from tidemark.model.segment import Condition, Operator, combine, escape, parse_segment, segment_hash


def one(text):
    groups = parse_segment(text).groups
    assert len(groups) == 1
    assert len(groups[0]) == 1
    return groups[0][0]


@pytest.mark.parametrize(
    ("text", "operator", "value"),
    [
        ("a==b", Operator.EQUAL, "b"),
        ("a!=b", Operator.NOT_EQUAL, "b"),
        ("a>5", Operator.GREATER, "5"),
        ("a>=5", Operator.GREATER_OR_EQUAL, "5"),
        ("a<5", Operator.LESS, "5"),
        ("a<=5", Operator.LESS_OR_EQUAL, "5"),
        ("a=@b", Operator.CONTAINS, "b"),
        ("a!@b", Operator.CONTAINS_NOT, "b"),
        ("a=^b", Operator.STARTS_WITH, "b"),
        ("a=$b", Operator.ENDS_WITH, "b"),
        ("a==", Operator.EMPTY, ""),
        ("a!=", Operator.NOT_EMPTY, ""),
        ("a==b==c", Operator.EQUAL, "b==c"),
        ("pageUrl=@/x?y=1", Operator.CONTAINS, "/x?y=1"),
    ],
)
def test_operator_is_the_first_that_matches(text, operator, value):
    assert one(text) == Condition(text[: text.index(next(c for c in text if c in "=!<>"))], operator, value)


def test_or_binds_tighter_than_and():
    groups = parse_segment("a==1,b==2;c==3").groups
    assert [[condition.name for condition in group] for group in groups] == [["a", "b"], ["c"]]


def test_separators_are_text_behind_a_backslash():
    assert one("a==1\\,2\\;3").value == "1,2;3"


def test_a_separator_at_the_end_belongs_to_the_value():
    assert one("a==1;").value == "1;"


@pytest.mark.parametrize(
    "text", ["pageUrl=@a b", "pageUrl%3D%40a%20b", "pageUrl%3D%40a%2520b", "pageUrl=@a+b", "pageUrl=@a%20b"]
)
def test_expressions_may_be_encoded_once_twice_or_not_at_all(text):
    assert one(text) == Condition("pageUrl", Operator.CONTAINS, "a b")


def test_encoded_separators_in_values_are_values_when_decoding_first_would_break_the_expression():
    assert one("pageUrl=@a%2Cb").value == "a,b"


@pytest.mark.parametrize("text", ["browserCode", "a=1", "==x", "a=@", "a>", "a==1;b"])
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(BadSegment):
        parse_segment(text)


def test_nothing_asked_for_is_all_visits():
    assert not parse_segment("  ")
    assert parse_segment("").hash == ""


def test_hash_is_that_of_the_decoded_definition():
    expected = hashlib.md5(b"browserCode==FF").hexdigest()
    assert parse_segment("browserCode==FF").hash == expected
    assert parse_segment("browserCode%3D%3DFF").hash == expected
    assert segment_hash("browserCode==FF;a==1") != segment_hash("a==1;browserCode==FF")


@pytest.mark.parametrize(
    ("segment", "condition", "both"),
    [
        ("", "a==1", "a==1"),
        ("a==1", "", "a==1"),
        ("a==1", "b==2", "a==1;b==2"),
        ("a==1;b==2", "b==2", "a==1;b==2"),
        ("a%3D%3D1", "a==1", "a%3D%3D1"),
        ("c==3;a%3D%3D1", "a==1", "c==3;a%3D%3D1"),
    ],
)
def test_combining_adds_what_is_not_there(segment, condition, both):
    assert combine(segment, condition) == both


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="%+\\"), min_size=1))
def test_escaped_values_come_back(value):
    if value[-1] not in ",;" and value.strip() == value:
        assert one(f"a=@{escape(value)}").value == value


def test_conditions_are_written_as_they_are_read():
    for text in ("a==1", "a==", "a!=", "a=@x\\,y"):
        assert str(one(text)) == text
