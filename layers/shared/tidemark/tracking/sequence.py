"""The order in which hits were received: real microseconds, never the settable clock."""

from __future__ import annotations

import os
import threading
import time
from binascii import b2a_base64
from collections.abc import Callable
from typing import Final

SLOTS: Final = 4096
"""Hits per microsecond; a bigger bulk runs on into the next microseconds, which are then taken."""


def new_code() -> str:
    """Eight characters of chance, 48 bits."""
    return b2a_base64(os.urandom(6), newline=False).decode()


class Sequence:
    """Gives strictly growing numbers within a process, and ordered by real time between processes.

    `code` tells processes apart: a number and a code are given together only once.
    """

    __slots__ = ("_code", "_lock", "_next", "_now_ns", "_process")

    def __init__(self, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._now_ns = now_ns
        self._next = 0
        self._code = ""
        self._process = 0
        self._lock = threading.Lock()

    def take(self, count: int) -> int:
        """The first of `count` consecutive numbers: microseconds since 1970 * SLOTS."""
        with self._lock:
            first = max(self._now_ns() // 1000, -(-self._next // SLOTS)) * SLOTS
            self._next = first + count
            return first

    def code(self) -> str:
        """What tells this process apart: made when first asked for, and anew in a copy of the process."""
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    self._code, self._process = new_code(), os.getpid()
        return self._code
