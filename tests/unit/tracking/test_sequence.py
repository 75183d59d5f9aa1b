"""The order of reception: strictly growing, whatever the clock does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidemark.tracking.sequence import SLOTS, Sequence


def test_numbers_are_microseconds_when_the_clock_moves_on():
    times = iter([1_000_000, 2_000_000])
    order = Sequence(lambda: next(times))
    assert [order.take(1), order.take(1)] == [1000 * SLOTS, 2000 * SLOTS]


@given(st.lists(st.tuples(st.integers(0, 50_000), st.integers(0, 10_000)), max_size=20))
def test_numbers_never_meet_when_the_clock_jumps(requests):
    times = iter([now for now, _ in requests])
    order = Sequence(lambda: next(times))
    end = 0
    for _, count in requests:
        first = order.take(count)
        assert first >= end
        end = first + count


def test_numbers_fit_into_64_bits_when_it_is_2040():
    assert Sequence(lambda: 2_208_988_800 * 10**9).take(1) < 2**63
