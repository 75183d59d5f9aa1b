"""Plan: which archives are to be built, as jobs on the archive queue."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson

from tidemark.archiving.archiver import Archiver
from tidemark.clock import Clock
from tidemark.model.daylog import VisitLogs
from tidemark.model.errors import BadSegment
from tidemark.model.period import Period, PeriodKind, local_date, parents_of
from tidemark.model.segment import segment_hash
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.model.tracked_site import TrackedSite
from tidemark.stores.ports import Absent, AnyOf, ConditionFailedError, LessThan, Sender, Table

JOB_PREFIX = "job#"
FORGOTTEN_AFTER_SECONDS = 3600
"""A job that was queued so long ago and is not done is queued again; doing it twice changes nothing."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One archive to bring up to date."""

    idsite: int
    period: Period
    segment: str = ""

    def to_message(self) -> bytes:
        """The job as a message of the archive queue."""
        return orjson.dumps(
            {
                "idsite": self.idsite,
                "period": self.period.kind,
                "first": self.period.first.isoformat(),
                "last": self.period.last.isoformat(),
                "segment": self.segment,
            }
        )

    @classmethod
    def from_message(cls, body: bytes | str) -> Job:
        """The job of a message. Raises: ValueError, KeyError."""
        document: dict[str, Any] = orjson.loads(body)
        first, last = date.fromisoformat(document["first"]), date.fromisoformat(document["last"])
        return cls(document["idsite"], Period(PeriodKind(document["period"]), first, last), document["segment"])

    @property
    def key(self) -> tuple[str, str]:
        """Key of the item that says the job is queued."""
        segment = segment_hash(self.segment) or "all"
        return f"site#{self.idsite}", f"{JOB_PREFIX}{self.period.kind}#{self.period.range_text}#{segment}"


class Planner:
    """Looks for stale archives of all sites. `segments_of` gives the segments that are archived in advance."""

    def __init__(
        self,
        logs: VisitLogs,
        archiver: Archiver,
        state: Table,
        queue: Sender,
        snapshot: Callable[[], TrackerSnapshot],
        segments_of: Callable[[int], Sequence[str]],
        clock: Clock,
    ) -> None:
        self._logs = logs
        self._archiver = archiver
        self._state = state
        self._queue = queue
        self._snapshot = snapshot
        self._segments_of = segments_of
        self._clock = clock

    def plan(self) -> int:
        """Queue a job for every stale archive, days first, then the periods above them; gives how many.

        A job that waits in the queue is not queued again. Its item is taken away when its work begins, so what changes
        meanwhile is planned anew.
        """
        jobs = [job for site in self._snapshot().sites() for job in self._jobs(site)]
        jobs.sort(key=lambda job: (job.period.kind.id, -job.period.last.toordinal(), job.segment != "", job.idsite))
        taken = [job for job in jobs if self._take(job)]
        self._queue.send_batch([job.to_message() for job in taken])
        return len(taken)

    def _jobs(self, site: TrackedSite) -> Iterator[Job]:
        """The site's stale archives: of days whose hits changed, of today and yesterday, and of what is above them."""
        stale = set(self._logs.stale_days(site.idsite))
        today = local_date(self._clock.now(), time_zone(site.timezone))
        days = {*stale, today, today - timedelta(days=1)}
        periods = dict.fromkeys(period for day in sorted(days) for period in (Period.day(day), *parents_of(day)))
        for segment in ("", *self._segments_of(site.idsite)):
            try:
                outdated = self._archiver.outdated(site.idsite, list(periods), segment)
            except BadSegment:  # its plugin is gone
                logger.warning("segment cannot be archived", extra={"idsite": site.idsite, "segment": segment})
                continue
            for period in periods:
                if period in outdated or any(period.contains(day) for day in stale):
                    yield Job(site.idsite, period, segment)

    def _take(self, job: Job) -> bool:
        """Note that the job is queued; False if it was already."""
        pk, sk = job.key
        now = self._clock.now()
        is_free = AnyOf((Absent(), LessThan("queued_at", now - FORGOTTEN_AFTER_SECONDS)))
        try:
            self._state.put({"pk": pk, "sk": sk, "queued_at": now}, is_free)
        except ConditionFailedError:
            return False
        return True
