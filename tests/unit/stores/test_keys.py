from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tidemark.stores.keys import file_names, prefix_end

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(TEXT, TEXT)
def test_prefix_end_is_behind_all_that_start_with_it(prefix, rest):
    end = prefix_end(prefix)
    assert end is None or prefix + rest < end


@given(TEXT, TEXT)
def test_nothing_else_is_between_prefix_and_its_end(prefix, text):
    assume(not text.startswith(prefix))
    end = prefix_end(prefix)
    assert text < prefix or (end is not None and text >= end)


@pytest.mark.parametrize(("prefix", "end"), [("", None), ("a/", "a0"), ("\ud7ff", "\ue000"), ("a\U0010ffff", "b")])
def test_prefix_end_is_the_next_text(prefix, end):
    assert prefix_end(prefix) == end


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("hits/site=1/hour=02/a-b.parquet", ["hits", "site=1", "hour=02", "a-b.parquet"]),
        ("../..", ["%..", "%.."]),
        ("/a//", ["%", "a", "%", "%"]),
        ("ü*?\\\x00", ["%C3%BC%2A%3F%5C%00"]),
        ("x" * 300, ["x" * 150]),
    ],
)
def test_file_names_are_harmless(key, names):
    assert file_names(key) == names
