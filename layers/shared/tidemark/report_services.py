"""What API methods may ask for by its protocol, made of the rooms. Heavy: imported when the first call comes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.transition_reader import TransitionReader
from tidemark.archiving.visit_reader import VisitLogReader
from tidemark.clock import Clock
from tidemark.mail.webhook import SignedWebhooks
from tidemark.model.alert import Alerts
from tidemark.model.dashboard import Dashboards
from tidemark.model.daylog import LOG_TABLES, VisitLogs
from tidemark.model.deliveries import Deliveries
from tidemark.model.filtered_hits import FilteredHits
from tidemark.model.location_lookup import LocationLookup
from tidemark.model.login_attempts import LoginAttempts
from tidemark.model.notices import Webhooks
from tidemark.model.page_urls import PageUrls
from tidemark.model.registry import Registry
from tidemark.model.scheduled_report import ScheduledReports
from tidemark.model.sign_in import SecondFactors, SignIns
from tidemark.model.sql_query import SqlQueries
from tidemark.model.tracking_failures import TrackingFailures
from tidemark.model.transitions import Transitions
from tidemark.model.visit_reader import VisitReader
from tidemark.plugin.plugin import Plugins
from tidemark.registry.alerts import StoredAlerts
from tidemark.registry.attempts import StoredAttempts
from tidemark.registry.dashboards import StoredDashboards
from tidemark.registry.deliveries import StoredDeliveries
from tidemark.registry.failures import StoredFailures
from tidemark.registry.filtered_hits import CountedHits
from tidemark.registry.scheduled_reports import StoredReports
from tidemark.registry.second_factors import StoredSecondFactors
from tidemark.registry.sign_ins import StoredSignIns
from tidemark.registry.table_registry import TableRegistry
from tidemark.sessions.daylogs import Sessions
from tidemark.sessions.hit_files import hit_paths
from tidemark.sessions.rules import own_columns
from tidemark.sessions.sessionise import log_columns
from tidemark.sql.queries import LogQueries
from tidemark.sql.sources import LogFiles
from tidemark.stores.ports import Objects, Stores
from tidemark.tracking.hit_log import log_columns as hit_columns
from tidemark.tracking.lookup import AddressLookup
from tidemark.tracking.page_urls import SitePageUrls

Services = dict[type, Any]


def stored_services(stores: Stores, registry: TableRegistry, clock: Clock) -> Services:
    """What stands in tables, and what follows from the settings alone."""
    table, state = stores.registry, stores.archive_state

    def salt() -> str:
        return registry.snapshot().salt

    return {
        Registry: registry,
        PageUrls: SitePageUrls(registry.snapshot),
        LocationLookup: AddressLookup(registry.snapshot),
        TrackingFailures: StoredFailures(state, clock),
        FilteredHits: CountedHits(state),
        LoginAttempts: StoredAttempts(table, salt),
        SignIns: StoredSignIns(table, registry, salt),
        SecondFactors: StoredSecondFactors(table, salt),
        Dashboards: StoredDashboards(table),
        ScheduledReports: StoredReports(table),
        Alerts: StoredAlerts(table),
        Deliveries: StoredDeliveries(table, salt),
        Webhooks: SignedWebhooks(),
    }


def log_services(logs: VisitLogs, catalogue: Catalogue, registry: TableRegistry, clock: Clock) -> Services:
    """What is read from visit logs."""
    return {
        VisitReader: VisitLogReader(logs, catalogue, registry.snapshot, clock),
        Transitions: TransitionReader(logs, catalogue, registry.snapshot),
    }


def sql_queries(
    objects: Objects, logs: Sessions, registry: TableRegistry, plugins: Plugins, environment: Mapping[str, str] | None
) -> SqlQueries:
    """SQL over the logs: by Athena where the environment names a lake, else by the embedded engine."""
    dimensions = own_columns(plugins.dimensions())
    columns = {"hits": hit_columns(dimensions)} | {name: log_columns(name, dimensions) for name in LOG_TABLES}
    files = LogFiles(objects, logs, partial(hit_paths, objects), registry.site, columns)
    return (environment and _lake_queries(files, environment)) or LogQueries(files)


def _lake_queries(files: LogFiles, environment: Mapping[str, str]) -> SqlQueries | None:
    from tidemark.stores.aws.names import Names

    names = Names.from_environment(environment)
    if not names.lake_workgroup:
        return None
    from tidemark.sql.remote import RemoteQueries, typed
    from tidemark.stores.aws.athena import Athena

    engine = Athena(names.lake_workgroup, names.lake_database, typed)
    return RemoteQueries(engine, files, names.lake_database, f"s3://{names.bucket}/")
