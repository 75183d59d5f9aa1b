from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.stores.embedded.codec import decoded, encoded
from tidemark.stores.items import normalised_item

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.sampled_from(["\x00", "\x00b", "\x00\x00n"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**38) + 1, 10**38 - 1)
    | st.floats(-1e120, 1e120).filter(lambda number: not number or abs(number) > 1e-120)
    | TEXT
    | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT.filter(bool), inner, max_size=3),
    max_leaves=10,
)


def typed(value):
    """The value with its types spelled out: True and 1 are equal otherwise."""
    if isinstance(value, dict):
        return {name: typed(part) for name, part in value.items()}
    return [typed(part) for part in value] if isinstance(value, list) else (type(value), value)


@settings(max_examples=50)
@given(st.dictionaries(TEXT.filter(lambda name: name and "[" not in name and "]" not in name), VALUES, max_size=5))
def test_item_comes_back_from_its_bytes(attributes):
    item = normalised_item({**attributes, "pk": "p", "sk": "s"})
    read = decoded(encoded(item))
    assert typed(read) == typed(item)


def test_equal_items_give_equal_bytes():
    assert encoded({"a": 1, "b": {"c": 2, "d": 3}}) == encoded({"b": {"d": 3, "c": 2}, "a": 1})
