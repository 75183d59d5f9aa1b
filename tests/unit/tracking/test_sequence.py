"""The order of reception: strictly growing, whatever the clock does."""

from __future__ import annotations

import os
import threading

from hypothesis import given
from hypothesis import strategies as st

from tidemark.tracking.sequence import SLOTS, Sequence, new_code


def test_numbers_are_microseconds_of_whole_milliseconds_when_the_clock_moves_on():
    times = iter([1_999_999, 2_000_000, 2_000_001, 3_500_000])
    order = Sequence(lambda: next(times))
    numbers = [order.take(1) for _ in range(4)]
    lane = numbers[0] - 1000 * SLOTS
    assert 0 <= lane < SLOTS
    assert numbers == [number * SLOTS + lane + more for number, more in ((1000, 0), (2000, 0), (2000, 1), (3000, 0))]


def test_processes_have_other_numbers_of_one_millisecond():
    numbers = {Sequence(lambda: 10**18).take(1) for _ in range(100)}
    assert len(numbers) > 90
    assert len({number // (1000 * SLOTS) for number in numbers}) == 1


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


def test_no_number_is_given_twice_when_threads_ask_and_the_clock_stands():
    order = Sequence(lambda: 1_700_000_000 * 10**9)
    taken: list[list[int]] = [[] for _ in range(4)]

    def take(own):
        for count in range(1, 200):
            first = order.take(count)
            own.extend(range(first, first + count))

    threads = [threading.Thread(target=take, args=(own,)) for own in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(own == sorted(own) for own in taken)
    assert len({number for own in taken for number in own}) == sum(map(len, taken))


def test_a_process_keeps_its_code_and_its_copy_makes_another(monkeypatch):
    order = Sequence()
    code = order.code()
    assert order.code() == code
    monkeypatch.setattr(os, "getpid", lambda: -1)
    copied = order.code()
    assert copied not in {"", code}
    assert order.code() == copied


def test_codes_are_eight_characters_of_chance():
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert {len(code) for code in codes} == {8}
