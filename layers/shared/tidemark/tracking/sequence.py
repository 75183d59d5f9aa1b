"""The order in which hits were received: by real milliseconds, never the settable clock."""

from __future__ import annotations

import os
import threading
import time
from binascii import b2a_base64
from collections.abc import Callable
from typing import Final

SLOTS: Final = 4096
"""Hits per microsecond."""
MILLISECOND: Final = 1000 * SLOTS
NANOSECONDS: Final = 1_000_000
"""Of a millisecond."""


def new_code() -> str:
    """Eight characters of chance, 48 bits."""
    return b2a_base64(os.urandom(6), newline=False).decode()


def new_lane() -> int:
    """A slot, by chance."""
    return int.from_bytes(os.urandom(2), "big") % SLOTS


class Sequence:
    """Gives strictly growing numbers within a process, and ordered by real time between processes.

    Clocks of two machines differ by more than a millisecond's parts, so these are not told. What a process receives in
    one millisecond gets the numbers from its `lane` on, which by chance is another one than that of other processes.
    `code` tells processes apart: a number and a code are given together only once.
    """

    __slots__ = ("_code", "_lane", "_lock", "_next", "_now_ns", "_process")

    def __init__(self, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._now_ns = now_ns
        self._next = 0
        self._code = ""
        self._lane = 0
        self._process = 0
        self._lock = threading.Lock()

    def take(self, count: int) -> int:
        """The first of `count` consecutive numbers: microseconds since 1970 * SLOTS."""
        with self._lock:
            self._know_process()
            first = max(self._now_ns() // NANOSECONDS * MILLISECOND + self._lane, self._next)
            self._next = first + count
            return first

    def code(self) -> str:
        """What tells this process apart: made when first asked for, and anew in a copy of the process."""
        with self._lock:
            self._know_process()
            return self._code

    def _know_process(self) -> None:
        if self._process != os.getpid():
            self._code, self._lane, self._process = new_code(), new_lane(), os.getpid()
