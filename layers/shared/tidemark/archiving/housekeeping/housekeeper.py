"""All chores in order, as far as the time goes. Whatever a process leaves undone the next one does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tidemark.archiving.archiver import Archiver
from tidemark.archiving.housekeeping.archive_sweep import ORPHAN_SECONDS, ArchiveSweep, Known
from tidemark.archiving.housekeeping.compaction import Compaction
from tidemark.archiving.housekeeping.counters import CounterSums
from tidemark.archiving.housekeeping.lease import Chores
from tidemark.archiving.housekeeping.log_sweep import LogSweep
from tidemark.archiving.housekeeping.raw_data import RawDataRetention
from tidemark.archiving.housekeeping.reports import rules_of
from tidemark.archiving.job_states import JobStates
from tidemark.archiving.raw_data import RawDataLimits
from tidemark.clock import Clock
from tidemark.model.daylog import VisitLogs
from tidemark.model.filtered_hits import NO_SITE
from tidemark.model.saved_segment import SavedSegment
from tidemark.model.segment import segment_hash
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.stores.ports import Stores

HOUR = 3600.0
COMPACTION_SECONDS = 6 * HOUR
SWEEP_SECONDS = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Tidied:
    """What a run did. `is_busy`: nothing, because another process is at it."""

    is_busy: bool = False
    merged_hit_files: int = 0
    deleted_hit_files: int = 0
    deleted_raw_objects: int = 0
    deleted_log_versions: int = 0
    deleted_archives: int = 0
    stripped_archives: int = 0
    deleted_blobs: int = 0


class Housekeeper:
    """Tidies an instance up."""

    def __init__(
        self,
        stores: Stores,
        logs: VisitLogs,
        archiver: Archiver,
        limits: RawDataLimits,
        snapshot: Callable[[], TrackerSnapshot],
        segments: Callable[[], Sequence[SavedSegment]],
        clock: Clock,
    ) -> None:
        self._stores = stores
        self._snapshot = snapshot
        self._segments = segments
        self._archiver = archiver
        self._limits = limits
        self._clock = clock
        self._chores = Chores(stores.archive_state, clock)
        states = JobStates(stores.archive_state, clock)
        self._raw_data = RawDataRetention(
            stores.objects, stores.archive_state, logs, archiver, limits, states, self._chores, clock
        )

    def run(self, is_over: Callable[[], bool] = lambda: False, *, everything: bool = False) -> Tidied:
        """Do what is due (or `everything`) until the time is over."""
        with self._chores.lease() as is_ours:
            if not is_ours:
                return Tidied(is_busy=True)
            return self._run(is_over, everything=everything)

    def _run(self, is_over: Callable[[], bool], *, everything: bool) -> Tidied:
        snapshot = self._snapshot()
        sites = list(snapshot.sites())
        raw_objects = 0
        for site in sites:
            if not is_over():
                raw_objects += self._raw_data.run(site, snapshot.settings)
        compaction = Compaction(self._stores.objects, self._clock)
        log_sweep = LogSweep(self._stores.archive_state, self._stores.objects, self._clock)
        archive_sweep = ArchiveSweep(self._stores.archive_numeric, self._stores.objects, self._clock)

        def compact() -> bool:
            for site in sites:
                compaction.run(site.idsite, time_zone(site.timezone), is_over)
            return not is_over()

        def sweep_logs() -> bool:
            return all(log_sweep.run(site.idsite, is_over) for site in sites)

        def sweep_archives() -> bool:
            return not sites or archive_sweep.run(self._known(snapshot), is_over)

        counters = CounterSums(self._stores.archive_state, self._clock)

        def sum_up_counters() -> bool:
            return all(counters.run(idsite, is_over) for idsite in (NO_SITE, *(site.idsite for site in sites)))

        for name, every_seconds, chore in (
            ("compaction", COMPACTION_SECONDS, compact),
            ("log sweep", SWEEP_SECONDS, sweep_logs),
            ("archive sweep", SWEEP_SECONDS, sweep_archives),
            ("counters", SWEEP_SECONDS, sum_up_counters),
        ):
            if not is_over() and (everything or self._chores.is_due(name, every_seconds)) and chore():
                self._chores.done(name)
        return Tidied(
            merged_hit_files=compaction.done.merged_files,
            deleted_hit_files=compaction.done.deleted_files,
            deleted_raw_objects=raw_objects,
            deleted_log_versions=log_sweep.deleted,
            deleted_archives=archive_sweep.deleted_archives,
            stripped_archives=archive_sweep.stripped_archives,
            deleted_blobs=archive_sweep.deleted_blobs,
        )

    def _known(self, snapshot: TrackerSnapshot) -> Known:
        rules = {}
        for site in snapshot.sites():
            limit = self._limits.read(site.idsite)
            today = self._archiver.today(site.idsite)
            rules[site.idsite] = rules_of(snapshot.settings, site.idsite, today, limit.before if limit else None)
        saved = self._segments()
        present = {segment_hash(one.definition) for one in saved if not one.deleted}
        before = self._clock.now() - ORPHAN_SECONDS
        gone = {segment_hash(one.definition) for one in saved if one.deleted and (one.ts_last_edit or 0) < before}
        return Known(
            rules,
            lambda idsite: self._chores.first_seen(f"missing site {idsite}"),
            frozenset(gone - present),
            frozenset(present),
        )
