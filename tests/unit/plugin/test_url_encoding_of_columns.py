from hypothesis import given
from hypothesis import strategies as st

from tidemark.plugin import all_url_encoded, url_encoded


@given(st.lists(st.none() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]))))
def test_many_values_at_once_are_encoded_as_each_by_itself(values):
    assert all_url_encoded(values) == ["" if value is None else url_encoded(value) for value in values]


def test_signs_that_encoding_adds_are_not_encoded_again():
    assert all_url_encoded(["a b+c%d", "\u00e9/"]) == ["a+b%2Bc%25d", "%C3%A9%2F"]
