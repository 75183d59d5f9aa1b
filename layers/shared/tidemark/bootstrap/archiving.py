"""Rooms that make visit logs and archives of hits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from tidemark.bootstrap.tracking import TrackingRooms

if TYPE_CHECKING:
    from tidemark.archiving.archiver import Archiver
    from tidemark.archiving.build import Builder
    from tidemark.archiving.catalogue import Catalogue
    from tidemark.archiving.housekeeping.housekeeper import Housekeeper
    from tidemark.archiving.invalidation import Invalidations
    from tidemark.archiving.job_states import JobStates
    from tidemark.archiving.pausing import PausingLogs
    from tidemark.archiving.plan import Planner, Selection
    from tidemark.archiving.queue_state import QueueState
    from tidemark.archiving.raw_data import RawDataLimits
    from tidemark.archiving.store import ArchiveStore
    from tidemark.model.daylog import VisitLogs
    from tidemark.model.imported_visits import ImportedVisits
    from tidemark.model.saved_segment import SavedSegment
    from tidemark.sessions.daylogs import Sessions
    from tidemark.turns import Turns

JOB_SECONDS: Final = 900


class ArchivingRooms(TrackingRooms):
    """Hits -> visit logs -> archives, and what keeps them in order."""

    def archiver(self) -> Archiver:
        """Hit log -> visit logs -> archives."""
        return self._once("archiver", lambda: self._make_archiver(self._visit_logs()))

    def planner(self) -> Planner:
        """Stale archives -> archive queue."""
        return self._once("planner", self._make_planner)

    def builder(self) -> Builder:
        """Archive queue -> archives."""
        return self._once("builder", self._make_builder)

    def invalidation(self) -> Invalidations:
        """Having days and archives made anew."""
        return self._once("invalidation", self._make_invalidation)

    def job_states(self) -> JobStates:
        """What is known of archive jobs."""
        from tidemark.archiving.job_states import JobStates

        return JobStates(self.stores().archive_state, self._clock)

    def queue_state(self) -> QueueState:
        """The visible state of the archive queue."""
        from tidemark.archiving.queue_state import QueueState

        return QueueState(self.job_states(), lambda: self.planner().plan())

    def raw_data_limits(self) -> RawDataLimits:
        """Up to which day the sites' raw data were deleted."""
        return self._once("raw data limits", self._make_raw_data_limits)

    def imports(self) -> ImportedVisits:
        """Visits that other products counted; who was erased stays out."""
        from tidemark.erasure.imported import WithoutErased
        from tidemark.registry.erasures import ErasureList

        erased, snapshot = ErasureList(self.stores().registry), self.registry().snapshot
        return WithoutErased(self._visit_logs().imports, lambda: erased.tombstones(snapshot().salt))

    def note_created(self, idsite: int, since: int) -> None:
        """Let a site be at least as old as this (unix seconds)."""
        from tidemark.tracking.marks import note_created

        note_created(self.stores().archive_state, idsite, since)
        self.maintain()

    def follow_archiving(self, queued: int = 0) -> bool:
        """Have the archive queue polled while there is work, of which so much was queued just now.

        Gives whether the instance is idle: nothing polls the queue. Where the queue is always polled it never is.
        """
        mapping = self._config.archive_mapping
        if not mapping:
            return False
        from tidemark.stores.aws.trigger import connect_trigger

        waiting = self.stores().archive.depth
        trigger = self._for_ever("archive trigger", lambda: connect_trigger(mapping, lambda: waiting().total))
        return trigger.follow(queued)

    def housekeeper(self) -> Housekeeper:
        """Compaction, retention and sweeps."""
        return self._once("housekeeper", self._make_housekeeper)

    def archive_all(self, selection: Selection | None = None) -> int:
        """Do every archive job that is due (of a selection), in this process; how many were done."""
        self.plan_archives(selection)
        return self.archive_queued()

    def plan_archives(self, selection: Selection | None = None) -> int:
        """Queue every archive job that is due (of a selection); how many."""
        planner = self.planner()
        return planner.plan() if selection is None else planner.plan(selection)

    def archive_queued(self, tell: Callable[[int], object] = int) -> int:
        """Do the archive jobs that are queued, in this process; how many were done. `tell` hears of each."""
        from tidemark.archiving.build import Builder

        queue = self.stores().archive
        builder = Builder(self.archiver(), self.job_states(), queue, fans_out=False)
        done = 0
        while messages := queue.receive(1, JOB_SECONDS):
            for message in messages:
                builder.run(message.body)
                queue.delete([message.receipt])
                done += 1
                tell(1)
        return done

    def _visit_logs(self) -> Sessions:
        from tidemark.sessions.daylogs import Sessions
        from tidemark.sessions.parts import hits_within

        stores, snapshot = self.stores(), self.registry().snapshot
        part_hits = hits_within(self._config.archive_memory_mb)
        return self._once(
            "visit logs",
            lambda: Sessions(
                stores.objects,
                stores.archive_state,
                snapshot,
                self.plugins(),
                self._clock,
                part_hits=part_hits,
                turns=self._turns(),
            ),
        )

    def end_pauses(self) -> None:
        """Let readers see all hits that were stored until now."""
        if self._config.pauses_readers:
            self._pausing_logs().end_pauses()

    def _logs_for_readers(self) -> VisitLogs:
        return self._pausing_logs() if self._config.pauses_readers else self._visit_logs()

    def _pausing_logs(self) -> PausingLogs:
        from tidemark.archiving.pausing import PausingLogs

        return self._once("logs for readers", lambda: PausingLogs(self._visit_logs()))

    def _archive_catalogue(self) -> Catalogue:
        from tidemark.archiving.catalogue import Catalogue

        return self._for_ever("archive catalogue", lambda: Catalogue.of(self.plugins()))

    def _archive_store(self) -> ArchiveStore:
        from tidemark.archiving.store import ArchiveStore

        stores = self.stores()
        return ArchiveStore(stores.archive_numeric, stores.objects)

    def _make_archiver(self, logs: VisitLogs) -> Archiver:
        from tidemark.archiving.archiver import Archiver
        from tidemark.archiving.fan_out import FanOut
        from tidemark.countdown import Countdowns

        stores, snapshot = self.stores(), self.registry().snapshot
        return Archiver(
            logs,
            self._archive_store(),
            self._archive_catalogue(),
            snapshot,
            self._clock,
            self.raw_data_limits().before,
            FanOut(stores.objects, Countdowns(stores.archive_state, self._clock)),
            self._turns(),
        )

    def _turns(self) -> Turns:
        from tidemark.turns import Turns

        return self._for_ever("turns of heavy work", Turns)

    def _make_raw_data_limits(self) -> RawDataLimits:
        from tidemark.archiving.raw_data import RawDataLimits

        return RawDataLimits(self.stores().archive_state, self._clock)

    def _make_housekeeper(self) -> Housekeeper:
        from tidemark.archiving.housekeeping.housekeeper import Housekeeper

        registry = self.registry()
        return Housekeeper(
            self.stores(),
            self._visit_logs(),
            self.archiver(),
            self.raw_data_limits(),
            registry.snapshot,
            registry.segments,
            self._clock,
        )

    def _make_invalidation(self) -> Invalidations:
        from tidemark.archiving.invalidation import Invalidations
        from tidemark.sessions.invalidation import MarkedDays

        stores = self.stores()
        return Invalidations(
            MarkedDays(stores.archive_state, self._clock),
            self._archive_store(),
            stores.objects,
            self.job_states(),
            self._segments_in_advance,
            self.raw_data_limits().before,
            self._clock,
        )

    def _segments_in_advance(self, idsite: int) -> list[str]:
        return archived_segments(self.registry().segments(), idsite)

    def _make_planner(self) -> Planner:
        from tidemark.archiving.plan import Planner

        stores, registry = self.stores(), self.registry()
        return Planner(
            self._visit_logs(),
            self.archiver(),
            self.job_states(),
            stores.archive,
            registry.snapshot,
            self._segments_in_advance,
            self._clock,
            registry.segments,
        )

    def _make_builder(self) -> Builder:
        from tidemark.archiving.build import Builder
        from tidemark.archiving.lag import Lag

        lag = Lag(self.stores().archive_state, self._clock)
        return Builder(self.archiver(), self.job_states(), self.stores().archive, lag=lag)


def archived_segments(segments: Sequence[SavedSegment], idsite: int) -> list[str]:
    """The expressions of the saved segments that are archived in advance for a site."""
    return [
        one.definition
        for one in segments
        if one.auto_archive and not one.deleted and one.enable_only_idsite in (0, idsite)
    ]
