"""Visit logs for readers of busy sites: after many hits were looked at, new ones wait before they are looked at again.

While hits come, every report would otherwise begin by making its day anew: on a day of half a million that takes seconds,
and a dashboard asks for twenty reports. So readers see the state of one moment for about ten times as long as it took.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tidemark.model.daylog import DayLog, DayPart, LogTable, PartSender, VisitLogs

HITS_WITHOUT_PAUSE: Final = 20_000
"""Days with fewer hits are made in half a second: their readers get the present state."""
SECONDS_PER_HIT: Final = 0.000_25
"""Ten times what a hit takes in the log and in the archive."""
TIMES_OF_LOG: Final = 10
"""On a machine that has more to do than it can: so many times what the log took."""
MOST_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class _Pause:
    """Until when (of a monotonic clock) the new hits of some days of a site wait."""

    until: float
    days: frozenset[date]


class PausingLogs:
    """Implements `tidemark.model.daylog.VisitLogs` on others; only `ensure` is different.

    Whether there is a pause is a matter of the hits of the days that were made, not of the time that it took, so that small
    sites see on a slow machine what they would see on a fast one.
    """

    def __init__(self, logs: VisitLogs, clock: Callable[[], float] = time.monotonic) -> None:
        self._logs = logs
        self._clock = clock
        self._lock = threading.Lock()
        self._pauses: dict[int, _Pause] = {}
        self._ended = 0

    def ensure(self, idsite: int, last: date, send: PartSender | None = None) -> None:
        """As the protocol says, unless these days were made a little while ago."""
        stale = frozenset(day for day in self._logs.stale_days(idsite) if day <= last)
        if not stale:
            return
        with self._lock:
            pause, ended = self._pauses.get(idsite), self._ended
        if pause is not None and self._clock() < pause.until and stale <= pause.days:
            return
        began = self._clock()
        self._logs.ensure(idsite, last, send)
        taken = self._clock() - began
        made = [log for log in self._logs.days(idsite, min(stale), max(stale)) if log.day in stale]
        hits = sum(log.rows.get("actions", 0) for log in made)
        wanted = max(hits * SECONDS_PER_HIT, taken * TIMES_OF_LOG) if hits > HITS_WITHOUT_PAUSE else 0.0
        seconds = min(wanted, MOST_SECONDS)
        with self._lock:
            if ended == self._ended:  # else some of the hits that are wanted at once came after the look
                self._pauses[idsite] = _Pause(self._clock() + seconds, stale)

    def end_pauses(self) -> None:
        """From now on all hits that have come are seen, by those too who are looking at the moment."""
        with self._lock:
            self._ended += 1
            self._pauses.clear()

    def make_part(self, idsite: int, part: DayPart) -> bool:
        """As the protocol says."""
        return self._logs.make_part(idsite, part)

    def days(self, idsite: int, first: date, last: date) -> Sequence[DayLog]:
        """As the protocol says."""
        return self._logs.days(idsite, first, last)

    def stale_days(self, idsite: int) -> Sequence[date]:
        """As the protocol says."""
        return self._logs.stale_days(idsite)

    def read(self, log: DayLog, table: LogTable, columns: Sequence[str] | None = None) -> Any:
        """As the protocol says."""
        return self._logs.read(log, table, columns)

    def read_visits(self, log: DayLog, table: LogTable, idvisits: Any) -> Any:
        """As the protocol says."""
        return self._logs.read_visits(log, table, idvisits)
