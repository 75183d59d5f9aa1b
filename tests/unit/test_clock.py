from __future__ import annotations

import time

from tidemark.clock import SettableClock, SystemClock


def test_system_clock_is_the_machines():
    assert abs(SystemClock().now() - time.time()) < 1


def test_settable_clock_follows_the_machine_until_it_is_set():
    clock = SettableClock()
    assert abs(clock.now() - time.time()) < 1
    clock.set(1_000_000_000)
    assert clock.now() == 1_000_000_000
    clock.set(None)
    assert abs(clock.now() - time.time()) < 1


def test_settable_clock_stands_still_when_made_with_a_time():
    assert SettableClock(5.5).now() == 5.5
