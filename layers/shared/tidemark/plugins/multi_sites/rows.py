"""What stands beside the numbers of a site. Source: Matomo 5.2, MultiSites API."""

from __future__ import annotations

from typing import Any, Final

from tidemark.model.calls import Calls
from tidemark.model.period import Period
from tidemark.model.site import Site
from tidemark.model.table import LABEL, DataTable, Row
from tidemark.plugin import Context
from tidemark.plugins.multi_sites.metrics import RATIO, SITE_METRICS
from tidemark.plugins.multi_sites.numbers import Dashboard

_OTHERS: Final = "Others"
_DEFAULT_CURRENCY: Final = "SitesManager_DefaultCurrency"
_RENAMED: Final = ("nb_pageviews", "revenue", "nb_conversions", "orders", "ecommerce_revenue")
"""Columns that stand last in the answer for one site."""


def describe_sites(table: DataTable, context: Context, dashboard: Dashboard) -> None:
    """Name the sites and move what they are compared with to the rows' metadata."""
    for row in table.rows:
        site = context.site(row.metadata["idsite"])
        _describe(row, site, context, dashboard)
        row.columns = _ordered(row.columns) | {LABEL: site.name}
    summary = table.summary_row
    if summary is not None:
        past = dict.fromkeys(_take_past(summary), 0) | {RATIO: 1}
        if dashboard.before is not None:
            code = context.settings.text(_DEFAULT_CURRENCY)
            summary.metadata |= _compared(context, past, dashboard.before, code)
        summary.columns = _ordered(summary.columns) | {LABEL: _OTHERS}


def describe_site(table: DataTable, site: Site, context: Context, dashboard: Dashboard) -> None:
    """Move what the numbers of one site are compared with to the rows' metadata, which some formats show."""
    for row in table:
        _describe(row, site, context, dashboard)
        columns = _ordered(row.columns)
        last = {name: columns.pop(name) for name in _RENAMED if name in columns}
        row.columns = columns | last


def _describe(row: Row, site: Site, context: Context, dashboard: Dashboard) -> None:
    past = _take_past(row)
    if dashboard.before is not None:
        symbol = context.service(Calls).currency_symbol(site.idsite)
        row.metadata |= _compared(context, past, dashboard.before, symbol)
    row.metadata |= {"group": site.group, "main_url": site.main_url}


def _take_past(row: Row) -> dict[str, Any]:
    names = (RATIO, *(metric.previous for metric in SITE_METRICS))
    return {name: row.columns.pop(name) for name in names if name in row.columns}


def _compared(context: Context, past: dict[str, Any], before: Period, symbol: str) -> dict[str, Any]:
    """Ratio, currency, the past number of visits, the period before, other past numbers."""
    first = next((metric.previous for metric in SITE_METRICS if metric.previous in past), "")
    return {
        RATIO: past[RATIO],
        "currencySymbol": symbol,
        **({first: past[first]} if first else {}),
        "periodName": before.kind.value,
        "previousRange": context.service(Calls).short_period(before),
        **{name: value for name, value in past.items() if name != RATIO},
    }


def _ordered(columns: dict[str, Any]) -> dict[str, Any]:
    """Numbers, then each evolution before its trend."""
    names = [metric.evolution for metric in SITE_METRICS]
    last = {name: columns[name] for evolution in names for name in (evolution, f"{evolution}_trend") if name in columns}
    return {name: value for name, value in columns.items() if name not in last} | last
