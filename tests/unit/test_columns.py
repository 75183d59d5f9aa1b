"""Log columns as Arrow columns."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.columns import canonical, conform, encoded, listed
from tidemark.columns import given as is_given
from tidemark.model.hit import Column

TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "", "Ü"])), max_size=12)


def test_conform_adds_what_a_file_lacks_and_drops_what_nobody_asked_for():
    table = conform(pa.table({"b": [1], "c": [2]}), [Column("a", "string"), Column("b", "int64")])
    assert table.to_pylist() == [{"a": None, "b": 1}]


@pytest.mark.parametrize(
    ("values", "wanted", "expected"),
    [
        (pa.array([1, 2]), "uint8", [1, 2]),
        (pa.array([1, 300]), "uint8", [1, None]),
        (pa.array([1, -1]), "uint64", [1, None]),
        (pa.array(["7", "x"]), "int32", [None, None]),
        (pa.array(["7", "8"]), "int32", [7, 8]),
    ],
)
def test_conform_casts_and_leaves_out_what_does_not_fit(values, wanted, expected):
    table = conform(pa.table({"a": values}), [Column("a", wanted)])
    assert table["a"].to_pylist() == expected


@given(TEXTS, TEXTS)
def test_encoded_keeps_the_texts_of_all_chunks(one, other):
    plain = pa.chunked_array([pa.array(one, pa.string()), pa.array(other, pa.string())])
    for values in (plain, plain.dictionary_encode()):
        codes = encoded(values)
        assert listed(codes) == one + other
        assert len(set(codes.dictionary.to_pylist())) == len(codes.dictionary)


def test_encoded_unites_a_dictionary_that_repeats_a_text():
    doubled = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2], pa.int32()), pa.array(["a", "a", "b"]))
    assert encoded(doubled).indices.to_pylist() == [0, 0, 1]


@given(TEXTS)
def test_canonical_is_equal_for_equal_texts_whatever_the_dictionary(texts):
    backwards = pa.array(["Ü", "", "b", "a"])
    codes = [None if text is None else backwards.to_pylist().index(text) for text in texts]
    other = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), backwards)
    one = canonical(encoded(pa.array(texts, pa.string())))
    assert one.equals(canonical(other))
    assert one.dictionary.equals(canonical(other).dictionary)
    assert listed(one) == texts


def test_given_is_true_for_texts_that_are_neither_null_nor_empty():
    assert is_given(encoded(pa.array(["a", "", None]))).to_pylist() == [True, False, False]
