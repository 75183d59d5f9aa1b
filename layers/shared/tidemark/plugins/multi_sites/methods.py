"""MultiSites.getAll and getOne: numbers of sites, beside those of the period before. Source: Matomo 5.2, MultiSites API."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from tidemark.model.access import Role
from tidemark.model.period import PeriodKind
from tidemark.model.period_query import is_multiple_date
from tidemark.model.registry import Registry
from tidemark.model.table import LABEL, PERIOD_METADATA, SITE_METADATA, DataTable, Row, SimpleTable, Table, TableMap
from tidemark.plugin import Access, Context, method
from tidemark.plugins.multi_sites.metrics import SITE_METRICS, SiteMetric
from tidemark.plugins.multi_sites.numbers import Dashboard, read_dashboard
from tidemark.plugins.multi_sites.rows import describe_site, describe_sites

_VISITS: Final = SITE_METRICS[0]


@method("MultiSites.getAll", Access.SOME_VIEW)
def get_all(
    context: Context,
    period: str,
    date: str,
    segment: str = "",
    _restrictSitesToLogin: str = "",
    enhanced: bool = False,
    pattern: str = "",
    showColumns: list[str] | None = None,
) -> Table:
    """One row per site that the caller may see and that had visits; with `enhanced` every site, with more numbers."""
    ids = _site_ids(context, pattern)
    metrics = [one for one in _metrics(enhanced=enhanced) if not showColumns or one.column in showColumns]
    if not ids or not metrics:
        return DataTable()
    keeps_empty = enhanced or _VISITS not in metrics
    tables: dict[str, Table] = {}
    for dashboard in read_dashboard(context, ids, period, date, segment, metrics):
        rows = (row for row in _rows(context, dashboard, metrics) if keeps_empty or row.columns[_VISITS.column])
        table = DataTable(rows, metadata={PERIOD_METADATA: dashboard.period})
        table.queue(partial(describe_sites, context=context, dashboard=dashboard))
        tables[dashboard.period.key] = table
    return _answer(tables, period, date)


@method("MultiSites.getOne", Access.VIEW)
def get_one(
    context: Context,
    idSite: int,
    period: str,
    date: str,
    segment: str = "",
    _restrictSitesToLogin: str = "",
    enhanced: bool = False,
) -> Table:
    """The numbers of one site as one row."""
    metrics = _metrics(enhanced=enhanced)
    tables: dict[str, Table] = {}
    for dashboard in read_dashboard(context, [idSite], period, date, segment, metrics):
        columns = {
            name: value
            for row in _rows(context, dashboard, metrics)
            for name, value in row.columns.items()
            if name != LABEL
        }
        row = Row(columns, {"idsite": idSite})
        table = SimpleTable([row], metadata={PERIOD_METADATA: dashboard.period, SITE_METADATA: idSite})
        table.queue(partial(describe_site, site=context.site(idSite), context=context, dashboard=dashboard))
        tables[dashboard.period.key] = table
    return _answer(tables, period, date)


def _metrics(*, enhanced: bool) -> list[SiteMetric]:
    return [one for one in SITE_METRICS if enhanced or not one.is_enhanced]


def _site_ids(context: Context, pattern: str) -> list[int]:
    """The sites that the caller may see, or those of them that a pattern fits."""
    if pattern:
        found = context.call("SitesManager.getPatternMatchSites", pattern=pattern)
        return [site["idsite"] for site in found]
    sites = context.service(Registry).sites()
    return [site.idsite for site in sites if context.identity.may(Role.VIEW, site.idsite)]


def _rows(context: Context, dashboard: Dashboard, metrics: Iterable[SiteMetric]) -> list[Row]:
    """A row per site under its number, with the numbers of the period before."""
    rows = []
    for idsite, numbers in dashboard.present.items():
        shown = [one for one in metrics if not one.is_of_shops or context.site(idsite).ecommerce]
        columns = {LABEL: idsite, **{one.column: numbers.get(one.column, 0) for one in shown}}
        rows.append(Row(columns | dashboard.past_columns(idsite, shown), {"idsite": idsite}))
    return rows


def _answer(tables: dict[str, Table], period: str, date: str) -> Table:
    is_map = period != PeriodKind.RANGE and is_multiple_date(date.strip())
    return TableMap("date", tables) if is_map else next(iter(tables.values()))
