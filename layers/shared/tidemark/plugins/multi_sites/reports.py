"""Reports with one row per site. Source: Matomo 5.2, MultiSites reports."""

from __future__ import annotations

from typing import Final

from tidemark.plugin import Report
from tidemark.plugins.multi_sites.metrics import EVOLUTIONS, SITE_METRICS

_COLUMNS: Final = tuple(metric.column for metric in SITE_METRICS)

REPORTS: Final = (
    Report(
        "MultiSites.getAll",
        "All Websites dashboard",
        "All Websites",
        dimension="Website",
        metrics=_COLUMNS,
        processed=EVOLUTIONS,
        is_named_at_once=True,
        order=4,
        documentation="The main numbers of each of your sites, and how they changed since the period before.",
    ),
    Report(
        "MultiSites.getOne",
        "Single Website dashboard",
        "All Websites",
        dimension="Website",
        metrics=_COLUMNS,
        processed=EVOLUTIONS,
        is_named_at_once=True,
        order=5,
        documentation="The main numbers of one site, and how they changed since the period before.",
    ),
)
