"""Insights.*: what grew and what declined most. Source: Matomo 5.2, Insights API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.past_dates import earlier_date
from tidemark.model.period import local_date
from tidemark.model.table import LABEL, DataTable, TableMap
from tidemark.model.time_zone import time_zone
from tidemark.plugin import Access, Context, method, number
from tidemark.plugins.insights.growth import (
    KINDS,
    METRIC,
    ORDERS,
    Shown,
    Thresholds,
    compare,
    movers_and_shakers,
    relevant_total,
)
from tidemark.plugins.insights.sources import Comparison, read_comparison

OVERVIEW: Final = (
    "Actions_getPageUrls",
    "Actions_getPageTitles",
    "Actions_getDownloads",
    "Referrers_getWebsites",
    "Referrers_getCampaigns",
    "Referrers_getSocials",
    "Referrers_getSearchEngines",
    "UserCountry_getCountry",
)
"""Reports of the overviews, in order."""
_SPECIAL: Final = frozenset({"Actions_getDownloads"})
"""Only for these the overviews' limits hold, and only their answer is flat. Source: Matomo 5.2, Insights API."""
_FLAT_LABEL: Final = "label1"
"""Where rows of flat answers have their label, if no report tells its dimension's name."""
_MAP_KEY: Final = "defaultKeyName"
_LEAST_SHOWN: Final = 3


@method("Insights.canGenerateInsights", Access.SOME_VIEW)
def can_generate_insights(context: Context, date: str, period: str) -> bool:
    """Whether there is something that such a period can be compared with."""
    try:
        return earlier_date(period, date, local_date(context.now, time_zone("UTC"))) is not None
    except ApiError:
        return False


@method("Insights.getInsights", Access.VIEW)
def get_insights(
    context: Context,
    idSite: int,
    period: str,
    date: str,
    reportUniqueId: str,
    segment: str = "",
    limitIncreaser: int = 5,
    limitDecreaser: int = 5,
    filterBy: str = "",
    minImpactPercent: float = 2,
    minGrowthPercent: float = 20,
    comparedToXPeriods: int = 1,
    orderBy: str = "absolute",
) -> DataTable:
    """Rows of a report that changed at least so much, by growth and by the share in all visits.

    `filterBy` keeps one kind of rows: movers, new or disappeared.

    Raises: ApiError for a report that there is not, or dates that cannot be compared.
    """
    if orderBy not in ORDERS:
        raise BadParameter(f"'orderBy' has to be {', '.join(ORDERS)}, not '{orderBy}'.")
    found = read_comparison(context, idSite, period, date, reportUniqueId, segment, comparedToXPeriods)
    least = {kind: minImpactPercent if filterBy not in KINDS or filterBy == kind else None for kind in KINDS}
    growth = abs(minGrowthPercent)
    total = relevant_total(number(found.current.totals or {}, METRIC), found.total)
    shown = Shown(orderBy, limitIncreaser, limitDecreaser)
    table = _table(found, total, Thresholds(growth, -growth, **least), shown)
    _mark_movers_and_shakers(table, found, orderBy)
    return table


@method("Insights.getMoversAndShakers", Access.VIEW)
def get_movers_and_shakers(
    context: Context,
    idSite: int,
    period: str,
    date: str,
    reportUniqueId: str,
    segment: str = "",
    comparedToXPeriods: int = 1,
    limitIncreaser: int = 4,
    limitDecreaser: int = 4,
) -> DataTable:
    """Rows of a report that changed much more than the whole site did.

    Raises: ApiError for a report that there is not, or dates that cannot be compared.
    """
    found = read_comparison(context, idSite, period, date, reportUniqueId, segment, comparedToXPeriods)
    shown = Shown(growing=limitIncreaser, declining=limitDecreaser)
    return _table(found, found.total, movers_and_shakers(found.total, found.past_total), shown)


@method("Insights.getInsightsOverview", Access.VIEW)
def get_insights_overview(context: Context, idSite: int, period: str, date: str, segment: str = "") -> TableMap:
    """The insights of the main reports by the report's name."""
    special = {"limitIncreaser": 3, "limitDecreaser": 3, "minImpactPercent": 1, "minGrowthPercent": 25}
    return _overview(context, get_insights, special, idSite, period, date, segment)


@method("Insights.getMoversAndShakersOverview", Access.VIEW)
def get_movers_and_shakers_overview(
    context: Context, idSite: int, period: str, date: str, segment: str = ""
) -> TableMap:
    """The movers and shakers of the main reports by the report's name."""
    return _overview(context, get_movers_and_shakers, {}, idSite, period, date, segment)


def _overview(
    context: Context,
    ask: Callable[..., DataTable],
    special: Mapping[str, Any],
    id_site: int,
    period: str,
    date: str,
    segment: str,
) -> TableMap:
    """The answers for all reports of the overview; `special` are the limits of the overview."""
    names = {report["uniqueId"]: report["name"] for report in context.call("API.getReportMetadata", idSite=id_site)}
    answer = TableMap(_MAP_KEY)
    for report in OVERVIEW:
        if report in names:
            is_special = report in _SPECIAL
            table = ask(context, id_site, period, date, report, segment, **(special if is_special else {}))
            if is_special:
                table.put_metadata(_FLAT_LABEL, table.cells(LABEL))
            answer.tables[names[report]] = table
    return answer


def _table(found: Comparison, total: float, thresholds: Thresholds, shown: Shown) -> DataTable:
    return DataTable(compare(found.current, found.past, total, thresholds, shown))


def _mark_movers_and_shakers(table: DataTable, found: Comparison, order: str) -> None:
    """Say of each row whether it is one of the movers and shakers."""
    limit = max(len(table), _LEAST_SHOWN)
    shown = Shown(order, limit, limit)
    shakers = _table(found, found.total, movers_and_shakers(found.total, found.past_total), shown)
    labels = {row.label for row in shakers}
    for row in table:
        row.columns["isMoverAndShaker"] = row.label in labels


METHODS: Final = (
    can_generate_insights,
    get_insights,
    get_movers_and_shakers,
    get_insights_overview,
    get_movers_and_shakers_overview,
)
