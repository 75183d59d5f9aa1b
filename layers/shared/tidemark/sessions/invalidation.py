"""Invalidation by hand: days that have hits are marked as changed, and everything above them follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tidemark.clock import Clock
from tidemark.sessions.states import raise_mark, read_state
from tidemark.stores.ports import Table


class MarkedDays:
    """Implements tidemark.model.invalidation.Invalidation on the table archive_state."""

    __slots__ = ("_clock", "_state")

    def __init__(self, archive_state: Table, clock: Clock) -> None:
        self._state = archive_state
        self._clock = clock

    def invalidate(self, idsites: Sequence[int], first: date, last: date) -> int:
        """Mark the days with hits from first to last; how many site-days that were."""
        days = [(idsite, day) for idsite in idsites for day in self.days(idsite, first, last)]
        for idsite, day in days:
            raise_mark(self._state, idsite, day, self._clock.now())
        return len(days)

    def days(self, idsite: int, first: date, last: date) -> list[date]:
        """The days with hits from first to last, oldest first."""
        return [day for day in sorted(read_state(self._state, idsite).marks) if first <= day <= last]
