from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.model.rounding import quotient, round_half_up


@pytest.mark.parametrize(
    ("part", "whole", "digits", "expected"),
    [
        (1, 2, 0, 1),
        (57, 200, 2, 0.29),
        (3, 11, 2, 0.27),
        (43, 11, 1, 3.9),
        (8, 2, 1, 4),
        (1, 0, 2, 0),
        (0, 5, 2, 0),
        (1.5, 2, 1, 0.8),
        (-1, 2, 0, -1),
    ],
)
def test_quotient_rounds_halves_away_from_zero(part, whole, digits, expected):
    assert quotient(part, whole, digits) == expected


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 4))
def test_quotient_of_whole_numbers_is_exact(part, whole, digits):
    exact = (Decimal(part) / Decimal(whole)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    assert quotient(part, whole, digits) == float(exact)


def test_round_half_up_leaves_what_cannot_be_rounded():
    assert round_half_up(0.285, 2) == 0.29
    assert isinstance(round_half_up(2.0), int)
    assert round_half_up(1e300, 2) == 1e300
    assert round_half_up(float("nan")) != round_half_up(float("nan"))
