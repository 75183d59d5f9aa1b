"""What a plugin is, and how plugins are found."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from tidemark.model.access import Role
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin.dimension import Dimension, Segment
from tidemark.plugin.pages import PagePart
from tidemark.plugin.record import Numeric, Record, RowCount, TableTotal
from tidemark.plugin.report import Context, Method, Metric, Report, methods_of
from tidemark.plugin.visit_details import VisitDetails

ENTRY_POINTS = "tidemark.plugins"

DEFAULT_PLUGINS: tuple[str, ...] = (
    "core_home",
    "visits_summary",  # before all others: the core metrics
    "actions",
    "page_performance",
    "web_vitals",
    "referrers",
    "devices_detection",
    "visit_time",
    "visitor_interest",
    "visit_frequency",
    "goals",
    "ecommerce",
    "events",
    "contents",
    "user_country",
    "user_language",
    "resolution",
    "device_plugins",
    "user_id",
    "bandwidth",
    "provider",
    "goals_management",
    "custom_dimensions",
    "custom_variables",
    "sites_manager",
    "users_manager",
    "privacy_manager",
    "segment_editor",
    "annotations",
    "dashboard",
    "scheduled_reports",
    "custom_alerts",
    "languages_manager",
    "live",
    "multi_sites",
    "transitions",
    "insights",
    "overlay",
    "image_graph",
    "core_admin_home",
    "core_plugins_admin",
    "tracking_filters",
    "sql",
    "cost",
    "api",
)
"""Folders of tidemark.plugins, in the order in which their records, reports and columns appear."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Capability:
    """A right beside the roles that users can have on a site; roles in `included_in_roles` have it anyway."""

    id: str
    name: str
    description: str
    category: str = ""
    included_in_roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Plugin:
    """Everything that a plugin adds. All of it is data but for the functions in it."""

    name: str
    """As in API methods: "DevicesDetection"."""
    dimensions: tuple[Dimension, ...] = ()
    segments: tuple[Segment, ...] = ()
    records: tuple[Record, ...] = ()
    site_records: Callable[[TrackedSite], tuple[Record, ...]] | None = None
    """Further records that depend on what the site defines (one per custom dimension)."""
    numbers: tuple[Numeric | TableTotal | RowCount, ...] = ()
    metrics: tuple[Metric, ...] = ()
    reports: tuple[Report, ...] = ()
    pages: tuple[PagePart, ...] = ()
    """Pages, and the widgets that are not just a table of a report."""
    site_pages: Callable[[Context, int], Iterable[PagePart]] | None = None
    """Further ones that depend on the site and on who asks (one per goal)."""
    visit_details: tuple[VisitDetails, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    functions: tuple[Callable[..., Any], ...] = field(default=())
    """Functions marked with `method`."""

    @property
    def methods(self) -> tuple[Method, ...]:
        """The hand-written API methods."""
        return methods_of(self.functions)


@dataclass(frozen=True, slots=True)
class Plugins:
    """The active plugins, in order."""

    all: tuple[Plugin, ...]

    def dimensions(self) -> tuple[Dimension, ...]:
        """Columns that plugins add to the logs."""
        return tuple(dimension for plugin in self.all for dimension in plugin.dimensions)

    def segments(self) -> dict[str, Segment]:
        """Segment names and what they mean."""
        return {segment.segment: segment for plugin in self.all for segment in plugin.segments}

    def records(self, site: TrackedSite | None = None) -> tuple[Record, ...]:
        """Tables of an archive of the site; without one, those that every site may have."""
        common = tuple(one for plugin in self.all for one in plugin.records)
        if site is None:
            return common
        return tuple(one for one in common if one.needs is None or one.needs(site)) + self.site_records(site)

    def site_records(self, site: TrackedSite) -> tuple[Record, ...]:
        """Tables that only this site has."""
        makers = [plugin.site_records for plugin in self.all if plugin.site_records is not None]
        return tuple(record for make in makers for record in make(site))

    def numbers(self) -> tuple[Numeric | TableTotal | RowCount, ...]:
        """Numbers of an archive."""
        return tuple(number for plugin in self.all for number in plugin.numbers)

    def reports(self) -> tuple[Report, ...]:
        """Reports in the order of their plugins."""
        return tuple(report for plugin in self.all for report in plugin.reports)

    def visit_details(self) -> tuple[VisitDetails, ...]:
        """What plugins tell of visits, in the order of the answer."""
        found = [details for plugin in self.all for details in plugin.visit_details]
        return tuple(sorted(found, key=lambda details: details.order))

    def capabilities(self) -> tuple[Capability, ...]:
        """Rights that users can have beside their roles."""
        return tuple(capability for plugin in self.all for capability in plugin.capabilities)

    def methods(self) -> dict[str, Method]:
        """Hand-written API methods by name."""
        return {method.name: method for plugin in self.all for method in plugin.methods}


def load_plugins(only: Iterable[str] | None = None) -> Plugins:
    """The default plugins and those that installed packages offer under the entry point `tidemark.plugins`.

    A default plugin that does not load is our own failure and raises; a third-party one is logged and left out, so
    that a bad package cannot stop tracking or reports.
    """
    names = DEFAULT_PLUGINS if only is None else tuple(only)
    loaded = [import_module(f"tidemark.plugins.{name}").PLUGIN for name in names]
    if only is None:
        for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda found: found.name):
            try:
                loaded.append(entry.load())
            except Exception:
                logger.exception("third-party plugin does not load", extra={"plugin": entry.name})
    return Plugins(tuple(loaded))
