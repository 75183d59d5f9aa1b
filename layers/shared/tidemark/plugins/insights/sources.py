"""The two tables that are compared, and the visits of both periods. Source: Matomo 5.2, Insights API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError, BadDate
from tidemark.model.past_dates import earlier_date
from tidemark.model.period import local_date
from tidemark.model.table import DataTable
from tidemark.model.time_zone import time_zone
from tidemark.plugin import Context, number
from tidemark.plugins.insights.growth import METRIC

MOST_ROWS: Final = 1000


@dataclass(frozen=True, slots=True)
class Comparison:
    """A report now and in an earlier period, with all visits of both."""

    current: DataTable
    past: DataTable
    total: float
    past_total: float


def read_comparison(
    context: Context, id_site: int, period: str, date: str, report_id: str, segment: str, periods_before: int
) -> Comparison:
    """A report of a period and of one some periods before.

    Raises:
        BadDate: the dates cannot be compared.
        ApiError: there is no such report, or it is no table.

    """
    report = _report(context, id_site, report_id)
    today = local_date(context.now, time_zone(context.site(id_site).timezone))
    earlier = earlier_date(period, date, today, abs(periods_before))
    if earlier is None:
        raise BadDate(f"The date '{date}' cannot be compared with an earlier one.")
    dates = (date, earlier)
    current, past = (_table(context, report, id_site, period, one, segment) for one in dates)
    total, past_total = (_visits(context, id_site, period, one, segment) for one in dates)
    return Comparison(current, past, total, past_total)


def _report(context: Context, id_site: int, report_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = context.call("API.getReportMetadata", idSite=id_site)
    for report in found:
        if report["uniqueId"] == report_id:
            return report
    raise ApiError(f"There is no report '{report_id}'.")


def _table(context: Context, report: dict[str, Any], id_site: int, period: str, date: str, segment: str) -> DataTable:
    params = {
        "idSite": id_site,
        "period": period,
        "date": date,
        "segment": segment,
        "filter_limit": MOST_ROWS,
        "showColumns": METRIC,
        "totals": 1,
        **report.get("parameters", {}),
    }
    table = context.service(Calls).processed(f"{report['module']}.{report['action']}", params)
    if not isinstance(table, DataTable):
        raise ApiError("Insights compare reports that are one table.")
    return table


def _visits(context: Context, id_site: int, period: str, date: str, segment: str) -> float:
    table = context.call("VisitsSummary.get", idSite=id_site, period=period, date=date, segment=segment)
    row = table.first_row if isinstance(table, DataTable) else None
    return number(row.columns, METRIC) if row is not None else 0
