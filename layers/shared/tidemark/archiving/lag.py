"""How long a day's hits wait until a report counts them: attribute `waiting_since` of the day's mark.

Ingest sets it with the first hit that no report counts; what reports it takes it away.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from tidemark.archiving.job import Job
from tidemark.clock import Clock
from tidemark.model.daylog import WAITING_SINCE, mark_key
from tidemark.model.period import PeriodKind
from tidemark.stores.ports import ConditionFailedError, Equals, Table


class Waiting(NamedTuple):
    """A day's hits at one moment: how often they changed, and since when (unix seconds) one of them waits."""

    mark: int
    since: float
    seen: float


class Lag:
    """Tells how old the oldest hit was that an archive of a day was the first to count."""

    def __init__(self, state: Table, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def look(self, job: Job) -> Waiting | None:
        """What waits for a job, before it begins. None if nothing does, or the job is not about all visits of a day."""
        if job.period.kind is not PeriodKind.DAY or job.segment:
            return None
        item = self._state.get(*mark_key(job.idsite, job.period.first))
        if item is None or WAITING_SINCE not in item:
            return None
        return Waiting(int(item["mark"]), float(item[WAITING_SINCE]), self._clock.now())

    def measure(self, job: Job, waiting: Waiting) -> float:
        """Seconds that the oldest of the hits waited, now that they are counted. What came meanwhile waits on."""
        now = self._clock.now()
        key = mark_key(job.idsite, job.period.first)
        try:
            self._state.update(*key, remove=(WAITING_SINCE,), condition=Equals("mark", waiting.mark))
        except ConditionFailedError:
            with suppress(ConditionFailedError):  # the day was erased meanwhile
                self._state.update(
                    *key, assign={WAITING_SINCE: waiting.seen}, condition=Equals(WAITING_SINCE, waiting.since)
                )
        return max(0.0, now - waiting.since)
