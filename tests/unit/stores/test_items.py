from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.stores.errors import InvalidValueError, TooLargeError
from tidemark.stores.items import added, decimal_of, normalised_item, number_of
from tidemark.stores.limits import MAX_ITEM_BYTES

KEY = {"pk": "p", "sk": "s"}  # six bytes: two names of two, two values of one


def is_taken(item):
    try:
        normalised_item(item)
    except TooLargeError:
        return False
    return True


@pytest.mark.parametrize(
    ("value", "size_bytes"),
    [
        ("x" * 10, 10),
        ("é" * 10, 20),
        (b"x" * 10, 10),
        (True, 1),
        (None, 1),
        ([], 3),
        (["ab", "c"], 3 + 3 + 2),
        ({"k": "abc"}, 3 + 1 + 3 + 1),
    ],
    ids=repr,
)
def test_item_size_is_counted_as_dynamodb_does(value, size_bytes):
    room = MAX_ITEM_BYTES - 6 - len("v") - len("fill") - size_bytes
    assert is_taken({**KEY, "v": value, "fill": "x" * room})
    assert not is_taken({**KEY, "v": value, "fill": "x" * (room + 1)})


@pytest.mark.parametrize("number", [0, 7, -123, 2**64, 0.1, 1.7976931348623157e100, 10**38 - 1])
def test_number_counts_at_least_what_dynamodb_counts(number):
    """DynamoDB: a byte per two significant digits and one more, and one for the sign."""
    digits = len(Decimal(repr(number)).normalize().as_tuple().digits)
    size_bytes = (digits + 1) // 2 + 1 + (number < 0)
    room = MAX_ITEM_BYTES - 6 - len("v") - len("fill") - size_bytes
    assert not is_taken({**KEY, "v": number, "fill": "x" * (room + 1)})


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-9e125, max_value=9e125))
def test_float_keeps_every_bit(number):
    if number and abs(number) < 1e-130:
        with pytest.raises(InvalidValueError):
            decimal_of(number)
    else:
        assert float(number_of(decimal_of(number))) == number


@given(st.integers(-(10**38) + 1, 10**38 - 1))
def test_int_keeps_every_digit(number):
    assert number_of(decimal_of(number)) == number


@given(st.integers(-(2**60), 2**60), st.integers(-(2**60), 2**60))
def test_ints_are_added_exactly(left, right):
    assert added(left, right) == left + right


@pytest.mark.parametrize(("left", "right"), [("1", 1), (1, "1"), (True, 1), (1, None)])
def test_only_numbers_are_added(left, right):
    with pytest.raises(InvalidValueError):
        added(left, right)
