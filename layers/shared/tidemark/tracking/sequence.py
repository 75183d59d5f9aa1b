"""The order in which hits were received: real microseconds, never the settable clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

SLOTS: Final = 4096
"""Hits per microsecond; a bigger bulk runs on into the next microseconds, which are then taken."""


class Sequence:
    """Gives strictly growing numbers within a process, and ordered by real time between processes."""

    __slots__ = ("_lock", "_next", "_now_ns")

    def __init__(self, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._now_ns = now_ns
        self._next = 0
        self._lock = threading.Lock()

    def take(self, count: int) -> int:
        """The first of `count` consecutive numbers: microseconds since 1970 * SLOTS."""
        with self._lock:
            first = max(self._now_ns() // 1000, -(-self._next // SLOTS)) * SLOTS
            self._next = first + count
            return first
