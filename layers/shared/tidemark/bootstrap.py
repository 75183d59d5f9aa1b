"""The composition root: builds each room once per process, from the environment or from what the local run installs.

Collect's path must stay light: everything that it does not need is imported where it is used.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from tidemark.clock import Clock, SystemClock
from tidemark.config import Config, read_config

if TYPE_CHECKING:
    from tidemark.archiving.archiver import Archiver
    from tidemark.archiving.build import Builder
    from tidemark.archiving.catalogue import Catalogue
    from tidemark.archiving.housekeeping.housekeeper import Housekeeper
    from tidemark.archiving.housekeeping.purging import OrderedPurge
    from tidemark.archiving.invalidation import Invalidations
    from tidemark.archiving.job_states import JobStates
    from tidemark.archiving.plan import Planner, Selection
    from tidemark.archiving.queue_state import QueueState
    from tidemark.archiving.raw_data import RawDataLimits
    from tidemark.archiving.store import ArchiveStore
    from tidemark.erasure.anonymising import PastAnonymising
    from tidemark.erasure.derived import DerivedData
    from tidemark.erasure.erasing import Erasing
    from tidemark.model.imported_visits import ImportedVisits
    from tidemark.model.mail import Mailer
    from tidemark.model.saved_segment import SavedSegment
    from tidemark.model.scheduled_tasks import TaskRun
    from tidemark.model.settings import Settings
    from tidemark.plugin.plugin import Plugins
    from tidemark.registry.audit import StoredAuditLog
    from tidemark.registry.table_registry import TableRegistry
    from tidemark.reporting.rest import RestApi
    from tidemark.reporting.service import Api
    from tidemark.reporting.sign_in.endpoints import SignInApi
    from tidemark.sessions.daylogs import Sessions
    from tidemark.stores.ports import KeyedObjects, Sender, Stores
    from tidemark.tracking.collect import Collector
    from tidemark.tracking.ingest import Ingest
    from tidemark.tracking.snapshots import SnapshotCache

Room = TypeVar("Room")

JOB_SECONDS: Final = 900
COMMON_USER_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
REQUEUED_AT_ONCE: Final = 1000
REQUEUE_SECONDS: Final = 60
TRIGGERS_ARCHIVING: Final = "General.enable_browser_archiving_triggering"
REGISTRY_AGE_SECONDS: Final = 1.0
"""How old what a reader sees of the registry may be within one call; who calls is always looked up."""


class Instance:
    """One instance of Tidemark: its configuration, its clock, its stores, and its rooms, made when first asked for."""

    def __init__(self, config: Config, clock: Clock, stores: Stores | None = None) -> None:
        """Without `stores`, those of AWS that the environment names."""
        self._config = config
        self._clock = clock
        self._given_stores = stores
        self._rooms: dict[str, Any] = {}
        self._lasting: dict[str, Any] = {}
        self._lock = threading.RLock()

    def collector(self) -> Collector:
        """Requests -> hits queue."""
        return self._once("collector", self._make_collector)

    def ingest(self) -> Ingest:
        """Hits queue -> hit log."""
        return self._once("ingest", self._make_ingest)

    def archiver(self) -> Archiver:
        """Hit log -> visit logs -> archives."""
        return self._once("archiver", self._make_archiver)

    def planner(self) -> Planner:
        """Stale archives -> archive queue."""
        return self._once("planner", self._make_planner)

    def builder(self) -> Builder:
        """Archive queue -> archives."""
        return self._once("builder", self._make_builder)

    def reporter(self) -> Api:
        """The reporting API."""
        return self._once("reporter", self._make_reporter)

    def rest(self) -> RestApi:
        """The reporting API by addresses."""
        from tidemark.reporting.rest import RestApi

        return self._once("rest", lambda: RestApi(self.reporter()))

    def sign_in(self) -> SignInApi:
        """Signing in to the web interface."""
        return self._once("sign in", self._make_sign_in)

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
        from tidemark.tracking.ingest import note_created

        note_created(self.stores().archive_state, idsite, since)
        self.maintain()

    def erasing(self) -> Erasing:
        """Data subjects -> nothing."""
        return self._once("erasing", self._make_erasing)

    def anonymising(self) -> PastAnonymising:
        """Past data -> past data with parts of them hidden."""
        return self._once("anonymising", self._make_anonymising)

    def audit_log(self) -> StoredAuditLog:
        """Who did what, and when."""
        from tidemark.registry.audit import StoredAuditLog

        return StoredAuditLog(self.stores().registry)

    def registry(self) -> TableRegistry:
        """Sites, users, settings."""
        return self._once("registry", self._make_registry)

    def plugins(self) -> Plugins:
        """The default plugins and the installed ones."""
        from tidemark.plugin.plugin import load_plugins

        return self._for_ever("plugins", load_plugins)

    def stores(self) -> Stores:
        """Queues, objects and tables."""
        return self._given_stores or self._for_ever("stores", aws_stores)

    def replay_spill(self) -> int:
        """Bring what collect had to put aside into the hits queue; how many messages that were."""
        from tidemark.tracking.spill import replay_spill

        stores = self.stores()
        return replay_spill(stores.objects, stores.hits)

    def maintain(self) -> None:
        """Write the tracker's snapshot if a change did not get that far; let sites be as old as their oldest hit."""
        from tidemark.registry.creation import move_creation_back

        registry = self.registry()
        registry.heal()
        move_creation_back(registry, self.stores().archive_state)

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

    def requeue_dead_letters(self) -> int:
        """Give messages that failed too often another chance; how many.

        Each is sent before it is deleted: a crash in between sends it twice, which every consumer tolerates.
        """
        stores = self.stores()
        count = 0
        for dead, queue in ((stores.hits_dead, stores.hits), (stores.archive_dead, stores.archive)):
            while messages := dead.receive(REQUEUED_AT_ONCE, REQUEUE_SECONDS):
                queue.send_batch([message.body for message in messages])
                dead.delete([message.receipt for message in messages])
                count += len(messages)
        return count

    def warm_up(self) -> None:
        """Load what the first hit would otherwise wait for: the patterns of user agents take seconds."""
        from tidemark.tracking.devices import Devices

        Devices().client(COMMON_USER_AGENT)

    def forget(self) -> None:
        """Make the rooms anew when they are next asked for: the stores were emptied. Waits for nobody."""
        self._rooms = {}

    def _once(self, name: str, make: Callable[[], Room]) -> Room:
        """The room of that name, made by whoever asks first; it is forgotten with the stores' content."""
        return self._kept(self._rooms, name, make)

    def _for_ever(self, name: str, make: Callable[[], Room]) -> Room:
        """The same for what does not depend on the stores."""
        return self._kept(self._lasting, name, make)

    def _kept(self, kept: dict[str, Any], name: str, make: Callable[[], Room]) -> Room:
        found = kept.get(name)
        if found is None:
            with self._lock:
                found = kept.get(name)
                if found is None:
                    found = kept[name] = make()
        return cast("Room", found)

    def _make_collector(self) -> Collector:
        from tidemark.tracking.collect import Collector

        hits, objects = self._collect_stores()
        return Collector(hits, objects, self._snapshots(objects), self._clock)

    def _collect_stores(self) -> tuple[Sender, KeyedObjects]:
        if self._given_stores is not None:
            return self._given_stores.hits, self._given_stores.objects
        from tidemark.stores.aws.light import connect
        from tidemark.stores.aws.names import Names

        light = connect(Names.from_environment(os.environ), os.environ)
        return light.hits, light.objects

    def _snapshots(self, objects: KeyedObjects) -> SnapshotCache:
        from tidemark.tracking.snapshots import SnapshotCache

        return SnapshotCache(objects, self._config.snapshot_age_seconds)

    def _make_ingest(self) -> Ingest:
        from tidemark.erasure.late_hits import StandingOrders
        from tidemark.registry.anonymisations import AnonymisationList
        from tidemark.registry.erasures import ErasureList
        from tidemark.registry.past import PastSnapshots
        from tidemark.tracking.ingest import Ingest
        from tidemark.tracking.lookup import AddressLookup

        stores = self.stores()
        snapshots, past = self._snapshots(stores.objects), PastSnapshots(stores.registry)
        lookup = AddressLookup(snapshots.current)
        return Ingest(
            stores.objects,
            stores.archive_state,
            snapshots,
            self.plugins(),
            past=past,
            erased=ErasureList(stores.registry),
            anonymised=StandingOrders(AnonymisationList(stores.registry), lookup.locate_or_guess),
        )

    def _make_registry(self) -> TableRegistry:
        from tidemark.registry.table_registry import TableRegistry

        stores = self.stores()
        return TableRegistry(stores.registry, stores.objects, self._clock, max_age_seconds=REGISTRY_AGE_SECONDS)

    def _archive_catalogue(self) -> Catalogue:
        from tidemark.archiving.catalogue import Catalogue

        return self._for_ever("archive catalogue", lambda: Catalogue.of(self.plugins()))

    def _archive_store(self) -> ArchiveStore:
        from tidemark.archiving.store import ArchiveStore

        stores = self.stores()
        return ArchiveStore(stores.archive_numeric, stores.objects)

    def _make_archiver(self) -> Archiver:
        from tidemark.archiving.archiver import Archiver
        from tidemark.archiving.fan_out import FanOut
        from tidemark.countdown import Countdowns

        stores, snapshot = self.stores(), self.registry().snapshot
        return Archiver(
            self._visit_logs(),
            self._archive_store(),
            self._archive_catalogue(),
            snapshot,
            self._clock,
            self.raw_data_limits().before,
            FanOut(stores.objects, Countdowns(stores.archive_state, self._clock)),
        )

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

    def _make_erasing(self) -> Erasing:
        from tidemark.erasure.erasing import Erasing
        from tidemark.erasure.visit_hits import VisitHits
        from tidemark.registry.erasures import ErasureList

        stores, logs, snapshot = self.stores(), self._visit_logs(), self.registry().snapshot
        return Erasing(
            stores.objects,
            stores.archive_state,
            ErasureList(stores.registry),
            logs,
            logs.imports,
            VisitHits(stores.objects, stores.archive_state, snapshot, self.plugins(), self._clock),
            self._derived_data(),
            snapshot,
            runs_at_once=self._config.erase_on_call,
        )

    def _make_anonymising(self) -> PastAnonymising:
        from tidemark.erasure.anonymising import PastAnonymising
        from tidemark.registry.anonymisations import AnonymisationList
        from tidemark.tracking.lookup import AddressLookup

        stores, snapshot = self.stores(), self.registry().snapshot
        return PastAnonymising(
            stores.objects,
            AnonymisationList(stores.registry),
            self._visit_logs().imports,
            self._derived_data(),
            snapshot,
            AddressLookup(snapshot).locate_or_guess,
            runs_at_once=self._config.erase_on_call,
        )

    def _derived_data(self) -> DerivedData:
        """Visit logs and archives, to be made anew."""
        from tidemark.erasure.derived import DerivedData

        stores = self.stores()
        return DerivedData(
            stores.objects,
            stores.archive_state,
            stores.archive_numeric,
            self._visit_logs(),
            self.registry().snapshot,
            self._segments_in_advance,
            self.raw_data_limits().before,
            self.job_states().ask,
            self._clock,
            time.time,
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

    def _visit_logs(self) -> Sessions:
        from tidemark.sessions.daylogs import Sessions
        from tidemark.sessions.parts import hits_within

        stores, snapshot = self.stores(), self.registry().snapshot
        part_hits = hits_within(self._config.archive_memory_mb)
        return self._once(
            "visit logs",
            lambda: Sessions(
                stores.objects, stores.archive_state, snapshot, self.plugins(), self._clock, part_hits=part_hits
            ),
        )

    def _make_reporter(self) -> Api:
        from tidemark.archiving.reader import Reader
        from tidemark.model.anonymising import Anonymising
        from tidemark.model.archive_jobs import ArchiveJobs
        from tidemark.model.audit import AuditLog
        from tidemark.model.erasure import DataSubjects
        from tidemark.model.invalidation import Invalidation
        from tidemark.model.mail import Mailer
        from tidemark.model.notices import Topic
        from tidemark.model.purging import Purging
        from tidemark.model.scheduled_tasks import ScheduledTasks
        from tidemark.model.sql_query import SqlQueries
        from tidemark.report_services import log_services, sql_queries, stored_services
        from tidemark.reporting.service import Api
        from tidemark.stores.aws.topic import SnsTopic

        stores, registry, logs = self.stores(), self.registry(), self._visit_logs()
        catalogue = self._archive_catalogue()
        lake = None if self._given_stores is not None else os.environ
        services: dict[type, Any] = {
            **stored_services(stores, registry, self._clock),
            **log_services(logs, catalogue, registry, self._clock),
            Invalidation: self.invalidation(),
            DataSubjects: self.erasing(),
            Anonymising: self.anonymising(),
            AuditLog: self.audit_log(),
            ArchiveJobs: self.queue_state(),
            SqlQueries: sql_queries(stores.objects, logs, registry, self.plugins(), lake),
            Mailer: self.mailer(),
            Purging: self._purging(),
            Topic: SnsTopic(self._config.alert_topic),
            ScheduledTasks: Scheduled(self.run_scheduled),
        }
        archives = Reader(self.archiver(), self._archive_store(), catalogue, self._reading_settings)
        return Api(self.plugins(), archives, registry, self._clock, services)

    def _make_sign_in(self) -> SignInApi:
        from tidemark.model.login_attempts import LoginAttempts
        from tidemark.model.sign_in import SecondFactors, SignIns
        from tidemark.reporting.sign_in.endpoints import SignInApi

        services = self.reporter().services
        return SignInApi(
            self.registry(),
            services[SignIns],
            services[SecondFactors],
            services[LoginAttempts],
            self.audit_log(),
            self.mailer(),
            self._clock,
        )

    def _purging(self) -> OrderedPurge:
        """Old data go at once where erasures do, else with the next scheduled run."""
        from tidemark.archiving.housekeeping.lease import Chores
        from tidemark.archiving.housekeeping.purging import OrderedPurge

        run_now = (lambda: self.housekeeper().run()) if self._config.erase_on_call else None
        return OrderedPurge(Chores(self.stores().archive_state, self._clock), run_now)

    def deliver(self, is_time_over: Callable[[], bool]) -> dict[str, int]:
        """Send scheduled reports and alerts that are due; counts by name."""
        from tidemark.model.alert import Alerts
        from tidemark.model.deliveries import Deliveries
        from tidemark.model.scheduled_report import ScheduledReports
        from tidemark.reporting.deliveries import DueReports
        from tidemark.reporting.watching import WatchedAlerts

        api, registry = self.reporter(), self.registry()
        registry.refresh()
        deliveries = api.services[Deliveries]
        reports = DueReports(api, registry, api.services[ScheduledReports], deliveries, self._clock)
        alerts = WatchedAlerts(api, registry, api.services[Alerts], deliveries, self._clock)
        due, failed = reports.run(is_time_over)
        looked, broken = alerts.run(is_time_over)
        return {"reports_due": due, "reports_failed": failed, "alerts_evaluated": looked, "alerts_failed": broken}

    def run_scheduled(self) -> list[TaskRun]:
        """Do what the schedules do: here and now, or with the next run of the function whose right it is."""
        from tidemark.model.scheduled_tasks import TaskRun

        queued = self.queue_state().queue_stale()
        self._purging().purge()
        told = {"archives": f"{queued} were queued", "housekeeping": "done"}
        if self._config.erase_on_call:
            told["erasures"] = f"{self.erasing().run_pending()} were worked on"
            told["anonymisations"] = f"{self.anonymising().run_pending()} were worked on"
            sent = self.deliver(lambda: False)
            told["reports and alerts"] = ", ".join(f"{name}: {count}" for name, count in sent.items())
        else:
            told["housekeeping"] = "is done by the next run of its function, within the hour"
            for name in ("erasures", "anonymisations", "reports and alerts"):
                told[name] = "are done by the next run of their function, within five minutes"
        return [TaskRun(task, output) for task, output in told.items()]

    def mailer(self) -> Mailer:
        """Sends mails as the environment says."""
        return self._for_ever("mailer", lambda: make_mailer(self._config))

    def _reading_settings(self) -> Settings:
        """The settings by which a report decides whether it may archive first; the deployment may forbid it."""
        settings = self.registry().settings()
        return settings if self._config.archive_on_demand else settings.merged({TRIGGERS_ARCHIVING: False})


def archived_segments(segments: Sequence[SavedSegment], idsite: int) -> list[str]:
    """The expressions of the saved segments that are archived in advance for a site."""
    return [
        one.definition
        for one in segments
        if one.auto_archive and not one.deleted and one.enable_only_idsite in (0, idsite)
    ]


class Scheduled(NamedTuple):
    """Implements tidemark.model.scheduled_tasks.ScheduledTasks."""

    run: Callable[[], list[TaskRun]]


def make_mailer(config: Config) -> Mailer:
    """By SMTP where a server is named, else by Amazon SES where a sender is, else not at all."""
    if config.smtp_url:
        from tidemark.mail.smtp import SmtpMailer

        return SmtpMailer(config.smtp_url, config.mail_from)
    if config.mail_from:
        from tidemark.stores.aws.mail import SesMailer

        return SesMailer(config.mail_from)
    from tidemark.mail.nowhere import NoMailer

    return NoMailer()


def aws_stores(*, ephemeral: bool = False) -> Stores:
    """The stores on AWS that the environment names; only ephemeral ones can be reset."""
    from tidemark.stores.aws.connection import connect
    from tidemark.stores.aws.names import Names

    return connect(Names.from_environment(os.environ), ephemeral=ephemeral)


_installed: list[Instance] = []
_installing = threading.Lock()


def install(instance: Instance) -> None:
    """Let the functions of this process work for this instance."""
    with _installing:
        _installed[:] = [instance]


def instance() -> Instance:
    """The installed instance; in a function on AWS, the one that the environment describes."""
    if not _installed:
        with _installing:
            if not _installed:
                _installed.append(Instance(read_config(os.environ), SystemClock()))
    return _installed[0]
