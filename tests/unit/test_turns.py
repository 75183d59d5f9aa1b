"""One thread works at a time."""

from __future__ import annotations

import threading
import time

import pytest

from tidemark.turns import Turns


def test_who_comes_alone_has_not_waited():
    turns = Turns()
    with turns.taken() as outer, turns.taken() as inner:
        assert (outer, inner) == (False, False)
    with turns.taken() as again:
        assert again is False


def test_who_comes_while_others_work_waits():
    turns, working, most = Turns(), [], []

    def work():
        with turns.taken():
            working.append(1)
            most.append(len(working))
            working.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    with turns.taken():
        for thread in threads:
            thread.start()
        assert most == []
    for thread in threads:
        thread.join()
    assert most == [1] * 8


def test_who_came_first_is_first():
    turns, order, threads = Turns(), [], []

    def work(number):
        with turns.taken():
            order.append(number)

    with turns.taken():
        for number in range(5):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            while len(turns._waiting) <= number:  # it waits
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_an_error_ends_the_turn():
    turns = Turns()
    with pytest.raises(ValueError, match="broken"), turns.taken():
        raise ValueError("broken")
    found = []
    thread = threading.Thread(target=lambda: found.append(turns.taken().__enter__()))
    thread.start()
    thread.join()
    assert found == [False]
