"""API.get: the numbers of all overview reports in one row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tidemark.model.archive import ForeseeingArchives
from tidemark.model.table import EXTRA_METRICS_METADATA, DataTable, Table, table_leaves
from tidemark.plugin import Access, Context, Plugins, Report, merge_first_rows, method

OWN_NAME = "API.get"
MAIN_METRICS = Report(
    OWN_NAME,
    "Main metrics",
    "API",
    order=6,
    default_sort="",
    documentation="The most important numbers of all reports in one place.",
)


@method(OWN_NAME, Access.VIEW)
def get_main_metrics(
    context: Context,
    idSite: str,
    period: str,
    date: str,
    segment: str = "",
    columns: list[str] | None = None,
) -> Table:
    """One row with the metrics of every overview report; ``columns`` restricts them.

    Source: Matomo 5.2, reports, API.get.
    """
    wanted = set(columns or ())
    reports = overview_reports(context.service(Plugins).reports())
    merged: Table | None = None
    if isinstance(context.archives, ForeseeingArchives):
        context.archives.expect_new_and_returning()
    for report in reversed(reports):
        names = [name for name in metric_names(report) if not wanted or name in wanted]
        if not names:
            continue
        table = context.call(
            report.method, idSite=idSite, period=period, date=date, segment=segment, columns=",".join(names)
        )
        for leaf in table_leaves(table):
            leaf.queued.clear()
        merged = table if merged is None else merge_first_rows(merged, table)
    if merged is None:
        return DataTable()
    for leaf in table_leaves(merged):
        _finish(leaf, reports, wanted)
    return merged


def overview_reports(reports: Iterable[Report]) -> list[Report]:
    """The reports that are one row of metrics, in order of their plugins' names."""
    found = [
        report
        for report in reports
        if report.method.endswith(".get") and report.method != OWN_NAME and report.is_listed and not report.parameters
    ]
    return sorted(found, key=lambda report: report.method)


def metric_names(report: Report) -> list[str]:
    """The archived metrics of a report, then the processed ones."""
    return list(dict.fromkeys((*report.metrics, *(metric.name for metric in report.processed))))


def complete(report: Report, reports: Iterable[Report]) -> Report:
    """The report itself, or for the main metrics one with the metrics of all overview reports."""
    if report.method != OWN_NAME:
        return report
    merged = overview_reports(reports)
    return replace(
        report,
        metrics=tuple(dict.fromkeys(name for one in merged for name in one.listed or one.metrics)),
        processed=tuple({metric.name: metric for one in merged for metric in one.processed}.values()),
        unlisted=tuple(dict.fromkeys(name for one in merged for name in one.unlisted)),
    )


def _finish(table: DataTable, reports: list[Report], wanted: set[str]) -> None:
    """Announce the processed metrics; drop what was only needed to compute them."""
    processed: list[Any] = [
        metric for report in reports for metric in report.processed if not wanted or metric.name in wanted
    ]
    table.metadata[EXTRA_METRICS_METADATA] = tuple({metric.name: metric for metric in processed}.values())
    if wanted:
        table.queue(lambda shown: _keep(shown, wanted))


def _keep(table: DataTable, wanted: set[str]) -> None:
    for row in table:
        row.columns = {name: value for name, value in row.columns.items() if name in wanted}
