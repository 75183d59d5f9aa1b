from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.stores.limits import MAX_MESSAGE_BYTES
from tidemark.stores.messages import batches, prepared


def test_noncharacters_become_escapes():
    assert prepared('["\ufffe\uffff"]'.encode()) == '["\\ufffe\\uffff"]'


@pytest.mark.parametrize("text", ['{"a": "\x7f\x80\x9f"}', "tab\t lf\n cr\r", "퟿\ue000�𐀀\U0010ffff"])
def test_allowed_characters_stay(text):
    assert prepared(text.encode()) == text


@given(st.lists(st.integers(1, MAX_MESSAGE_BYTES), max_size=30))
def test_batches_keep_order_and_limits(sizes):
    messages = ["x" * size for size in sizes]
    cut = list(batches(messages))
    assert [message for batch in cut for message in batch] == messages
    for batch in cut:
        assert 1 <= len(batch) <= 10
        assert sum(map(len, batch)) <= MAX_MESSAGE_BYTES


def test_batches_are_cut_by_bytes_not_characters():
    message = "é" * 50_000
    assert [len(batch) for batch in batches([message] * 4)] == [2, 2]
