"""Dimensions, record and report about browser plugins. Source: Matomo 5.2, tracking parameters; records."""

from __future__ import annotations

from collections.abc import Callable

from tidemark.model.rounding import quotient
from tidemark.model.table import DataTable
from tidemark.plugin import (
    NB_VISITS,
    Bucket,
    Dimension,
    HitContext,
    Limit,
    Part,
    ProcessedMetric,
    Record,
    Report,
    Scope,
    Source,
    TableContext,
    col,
    number,
    relabel,
)

PARAMETERS = {
    "cookie": "cookie",
    "flash": "fla",
    "java": "java",
    "pdf": "pdf",
    "quicktime": "qt",
    "realplayer": "realp",
    "silverlight": "ag",
    "windowsmedia": "wma",
}
"""Plugins by their ids, and the request parameters that tell whether a browser has them."""
WITHOUT_DETECTION = ("IE;10.0", "IE;9.0", "IE;8.0", "IE;7.0", "IE;6.0")
"""Browsers that cannot tell; their visits do not count in the percentages."""
BROWSER_VERSIONS = "DevicesDetection_browserVersions"


def _flag(parameter: str) -> Callable[[HitContext], int]:
    def value(hit: HitContext) -> int:
        return int(hit.params.get(parameter, "0") == "1")

    return value


DIMENSIONS: tuple[Dimension, ...] = tuple(
    Dimension(f"config_{plugin}", Scope.VISIT, _flag(parameter), "uint8") for plugin, parameter in PARAMETERS.items()
)
PLUGINS = Record(
    "DevicePlugins_plugin",
    (
        Part(
            Source.VISITS,
            (),
            (NB_VISITS,),
            buckets=tuple(Bucket(plugin, col(f"config_{plugin}").eq(1)) for plugin in PARAMETERS),
        ),
    ),
    limit=Limit(),
)
RECORDS: tuple[Record, ...] = (PLUGINS,)

SHARE = ProcessedMetric(
    "nb_visits_percentage",
    "% Visits",
    ("nb_visits",),
    lambda _columns: None,  # `add_share` computes it from other records
    "percent",
    "Share of the visits whose browsers can tell which plugins they have.",
)


def add_share(table: DataTable, context: TableContext) -> None:
    """Adds the share of visits, those of browsers that cannot tell left out; at most 1."""
    if not len(table):
        return
    archives, site, period = context.call.archives, context.idsite, context.period
    visits = archives.numbers([site], [period], ["nb_visits"], context.segment).get((site, period), {})
    browsers = archives.table(site, period, BROWSER_VERSIONS, context.segment)
    silent = sum(number(row.columns, "nb_visits") for row in browsers if row.label in WITHOUT_DETECTION)
    counted = visits.get("nb_visits", 0) - silent
    for row in table:
        row.columns["nb_visits_percentage"] = min(1, quotient(number(row.columns, "nb_visits"), counted, 2))


REPORTS: tuple[Report, ...] = (
    Report(
        "DevicePlugins.getPlugin",
        "Browser Plugins",
        "Visitors",
        "Software",
        record=PLUGINS,
        dimension="Plugin",
        dimension_id="DevicePlugins.Plugin",
        metrics=("nb_visits",),
        processed=(SHARE,),
        filters=(add_share,),
        queued=(relabel(lambda label: str(label).capitalize()),),
        order=13,
        constant_rows=True,
        documentation="Which plugins browsers had.",
    ),
)
