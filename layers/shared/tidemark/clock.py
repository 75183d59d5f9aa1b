"""The instance's clock: rooms ask it for the time, so that a test or the local run may set it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells what time it is for this instance."""

    def now(self) -> float:
        """UTC, unix seconds."""
        ...


class SystemClock:
    """The machine's clock."""

    __slots__ = ()

    def now(self) -> float:
        """UTC, unix seconds."""
        return time.time()


class SettableClock:
    """The machine's clock until it is set; from then on it stands still at that moment."""

    __slots__ = ("_fixed",)

    def __init__(self, now: float | None = None) -> None:
        self._fixed = now

    def now(self) -> float:
        """UTC, unix seconds."""
        return time.time() if self._fixed is None else self._fixed

    def set(self, now: float | None) -> None:
        """Stop the clock at `now` (unix seconds); None lets it follow the machine's again."""
        self._fixed = now
