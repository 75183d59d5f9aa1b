"""Plan: which archives are to be built, as jobs on the archive queue."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tidemark.archiving.job import Job
from tidemark.archiving.job_states import JobStates
from tidemark.archiving.rules import first_day_of_segment, refresh_seconds
from tidemark.clock import Clock
from tidemark.model.daylog import VisitLogs
from tidemark.model.errors import BadSegment
from tidemark.model.period import Period, PeriodKind, add_months, days_between, local_date, parents_of
from tidemark.model.saved_segment import SavedSegment
from tidemark.model.segment import segment_hash
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.model.tracked_site import TrackedSite
from tidemark.stores.ports import Sender

if TYPE_CHECKING:  # the console knows selections, and starts without what makes archives
    from tidemark.archiving.archiver import Archiver

PAST_MONTHS = "General.rearchive_reports_in_past_last_n_months"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which archives to look at. Empty: all sites, all kinds of periods.

    With `first` and `last` all days of this span, not only those that changed; `limit`: so many archives at most.
    """

    idsites: frozenset[int] = frozenset()
    skipped_idsites: frozenset[int] = frozenset()
    kinds: frozenset[PeriodKind] = frozenset()
    first: date | None = None
    last: date | None = None
    has_segments: bool = True
    limit: int | None = None

    def has_site(self, idsite: int) -> bool:
        """Whether archives of the site are looked at."""
        return idsite not in self.skipped_idsites and (not self.idsites or idsite in self.idsites)

    def has_job(self, job: Job) -> bool:
        """Whether the archive is looked at."""
        if (self.kinds and job.period.kind not in self.kinds) or (job.segment and not self.has_segments):
            return False
        if self.first is None or self.last is None:
            return True
        return job.period.overlaps(Period.range(self.first, self.last))

    @property
    def days(self) -> frozenset[date]:
        """The days of the span."""
        if self.first is None or self.last is None:
            return frozenset()
        return frozenset(days_between(self.first, self.last))


EVERYTHING = Selection()


class Planner:
    """Looks for stale archives of all sites. `segments_of` gives the segments that are archived in advance."""

    def __init__(
        self,
        logs: VisitLogs,
        archiver: Archiver,
        states: JobStates,
        queue: Sender,
        snapshot: Callable[[], TrackerSnapshot],
        segments_of: Callable[[int], Sequence[str]],
        clock: Clock,
        saved_segments: Callable[[], Sequence[SavedSegment]] = tuple,
    ) -> None:
        self._saved_segments = saved_segments
        self._logs = logs
        self._archiver = archiver
        self._states = states
        self._queue = queue
        self._snapshot = snapshot
        self._segments_of = segments_of
        self._clock = clock

    def plan(self, selection: Selection = EVERYTHING) -> int:
        """Queue a job for every stale archive, days first, then the periods above them; gives how many.

        A job that waits in the queue is not queued again; one that failed is after a while. Its item tells that its
        work began, so what changes meanwhile is planned anew.
        """
        sites = [site for site in self._snapshot().sites() if selection.has_site(site.idsite)]
        for site in sites if selection.has_segments else ():
            self._ask_for_new_segments(site)
        found = (
            job
            for site in sites
            for job in dict.fromkeys((*self._jobs(site, selection), *self._states.asked(site.idsite)))
            if selection.has_job(job)
        )
        jobs = sorted(
            found, key=lambda job: (job.period.kind.id, -job.period.last.toordinal(), job.segment != "", job.idsite)
        )
        taken = [job for job in jobs[: selection.limit] if self._states.take(job)]
        self._queue.send_batch([job.to_message() for job in taken])
        return len(taken)

    def _jobs(self, site: TrackedSite, selection: Selection) -> Iterator[Job]:
        """The site's stale archives: of days whose hits changed, of today and yesterday, and of what is above them."""
        stale = set(self._logs.stale_days(site.idsite))
        today = local_date(self._clock.now(), time_zone(site.timezone))
        days = {*stale, *selection.days, today, today - timedelta(days=1)}
        periods = list(dict.fromkeys(period for day in sorted(days) for period in (Period.day(day), *parents_of(day))))
        for segment in ("", *(self._segments_of(site.idsite) if selection.has_segments else ())):
            try:
                outdated = self._archiver.outdated(site.idsite, periods, segment)
            except BadSegment:  # its plugin is gone
                logger.warning("segment cannot be archived", extra={"idsite": site.idsite})
                continue
            wanted = [p for p in periods if p in outdated or any(p.contains(day) for day in stale)]
            young = self._young(site, [period for period in wanted if period.contains(today)], segment, stale - {today})
            yield from (Job(site.idsite, period, segment) for period in wanted if period not in young)

    def _ask_for_new_segments(self, site: TrackedSite) -> None:
        """Ask for the past of segments that are archived in advance since a short while ago.

        Source: Matomo 5.2, settings process_new_segments_from and rearchive_reports_in_past_last_n_months.
        """
        new = [
            one for one in self._segments_of(site.idsite) if self._states.is_new_segment(site.idsite, segment_hash(one))
        ]
        if not new:
            return
        today = local_date(self._clock.now(), time_zone(site.timezone))
        past = add_months(today, -self._snapshot().settings.number(PAST_MONTHS))
        for segment in new:
            first = max(past, self._first_day_of(segment))
            days = [log.day for log in self._logs.days(site.idsite, first, today)]
            periods = list(dict.fromkeys(period for day in days for period in (Period.day(day), *parents_of(day))))
            with suppress(BadSegment):  # its plugin is gone
                outdated = self._archiver.outdated(site.idsite, periods, segment) if periods else set()
                for period in sorted(outdated):
                    self._states.ask(Job(site.idsite, period, segment))
            self._states.note_segment(site.idsite, segment_hash(segment))

    def _first_day_of(self, definition: str) -> date:
        """From which day on a segment is archived by the settings; of several with this definition the first."""
        settings = self._snapshot().settings
        saved = [one for one in self._saved_segments() if one.definition == definition and not one.deleted]
        return min((first_day_of_segment(one, settings) for one in saved), default=date.min)

    def _young(self, site: TrackedSite, running: Sequence[Period], segment: str, past: Collection[date]) -> set[Period]:
        """Those of the periods that are not over whose archives need not be made again yet.

        What changed before today is not waited for.
        """
        if not running:
            return set()
        settings, now = self._snapshot().settings, self._clock.now()
        return {
            period
            for period, archived_at in self._archiver.archived_at(site.idsite, running, segment).items()
            if now - archived_at < refresh_seconds(period.kind, settings) and not any(map(period.contains, past))
        }
