"""Heavy work of a process one after the other, so that its memory is that of one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Lets one thread work at a time, in the order in which they came; a thread that works may begin again."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._worker: int | None = None
        self._begun = 0

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Be the only one that works; whether others did so meanwhile, whose results may be all that is wanted."""
        has_waited = self._begin()
        try:
            yield has_waited
        finally:
            self._end()

    def _begin(self) -> bool:
        me, ticket = threading.get_ident(), object()
        with self._changed:
            if self._worker == me:
                self._begun += 1
                return False
            has_to_wait = self._worker is not None or bool(self._waiting)
            self._waiting.append(ticket)
            try:
                self._changed.wait_for(lambda: self._worker is None and self._waiting[0] is ticket)
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()  # who is next, should this one have given up
            self._worker, self._begun = me, 1
            return has_to_wait

    def _end(self) -> None:
        with self._changed:
            self._begun -= 1
            if not self._begun:
                self._worker = None
                self._changed.notify_all()
