"""Heavy work of a process one after the other, so that its memory is that of one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Lets one thread work at a time; a thread that works may begin again."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Be the only one that works; whether others did so meanwhile, whose results may be all that is wanted."""
        has_waited = not self._lock.acquire(blocking=False)
        if has_waited:
            self._lock.acquire()
        try:
            yield has_waited
        finally:
            self._lock.release()
