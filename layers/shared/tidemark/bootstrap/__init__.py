"""The composition root: builds each room once per process, from the environment or from what the local run installs.

The rooms are made in `tracking`, `archiving` and `privacy`, each of which builds on the one before; here are those that answer
and send. Everything heavy is imported where it is used: collect loads this module, too.
"""

from __future__ import annotations

import atexit
import gc
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tidemark.bootstrap.archiving import archived_segments
from tidemark.bootstrap.privacy import PrivacyRooms
from tidemark.bootstrap.tracking import aws_stores
from tidemark.clock import SystemClock
from tidemark.config import Config, read_config

if TYPE_CHECKING:
    from tidemark.archiving.housekeeping.purging import OrderedPurge
    from tidemark.model.mail import Mailer
    from tidemark.model.scheduled_tasks import TaskRun
    from tidemark.model.settings import Settings
    from tidemark.registry.audit import StoredAuditLog
    from tidemark.reporting.rest import RestApi
    from tidemark.reporting.service import Api
    from tidemark.reporting.sign_in.endpoints import SignInApi

TRIGGERS_ARCHIVING: Final = "General.enable_browser_archiving_triggering"

__all__ = ["Instance", "Scheduled", "archived_segments", "aws_stores", "install", "instance", "make_mailer", "settle"]


class Instance(PrivacyRooms):
    """One instance of Tidemark: its configuration, its clock, its stores, and its rooms, made when first asked for."""

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

    def audit_log(self) -> StoredAuditLog:
        """Who did what, and when."""
        from tidemark.registry.audit import StoredAuditLog

        return StoredAuditLog(self.stores().registry)

    def mailer(self) -> Mailer:
        """Sends mails as the environment says."""
        return self._for_ever("mailer", lambda: make_mailer(self._config))

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
        for_readers = self._logs_for_readers()
        catalogue = self._archive_catalogue()
        lake = None if self._given_stores is not None else os.environ
        services: dict[type, Any] = {
            **stored_services(stores, registry, self._clock),
            **log_services(for_readers, catalogue, registry, self._clock),
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
        archives = Reader(self._make_archiver(for_readers), self._archive_store(), catalogue, self._reading_settings)
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

    def _reading_settings(self) -> Settings:
        """The settings by which a report decides whether it may archive first; the deployment may forbid it."""
        settings = self.registry().settings()
        return settings if self._config.archive_on_demand else settings.merged({TRIGGERS_ARCHIVING: False})


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


def settle() -> None:
    """Say that what was made until now stays: garbage collections, which took a third of slow reports, leave it out.

    When the process ends it goes as it would have: DuckDB complains of what is left then.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)


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
