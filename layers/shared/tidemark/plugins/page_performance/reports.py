"""PagePerformance.get: how long page views took on average."""

from __future__ import annotations

from tidemark.model.rounding import quotient
from tidemark.model.table import DataTable
from tidemark.plugin import Metric, ProcessedMetric, Report, TableContext, drop_columns, number
from tidemark.plugins.page_performance.records import LOAD_HITS, LOAD_TIME, PARTS

AVERAGES = {
    **{f"avg_{timing}": records for timing, records in PARTS.items()},
    "avg_page_load_time": (LOAD_TIME, LOAD_HITS),
}
"""Answered columns and the records of their milliseconds and hits."""
RAW = tuple(name for records in AVERAGES.values() for name in records)

METRICS: tuple[Metric, ...] = (
    Metric("avg_time_network", "Avg. network time", "duration_s", "Time spent connecting to the server, on average."),
    Metric("avg_time_server", "Avg. server time", "duration_s", "Time spent waiting for the first byte, on average."),
    Metric("avg_time_transfer", "Avg. transfer time", "duration_s", "Time spent downloading pages, on average."),
    Metric(
        "avg_time_dom_processing",
        "Avg. DOM processing time",
        "duration_s",
        "Time spent parsing until people can use the page, on average.",
    ),
    Metric(
        "avg_time_dom_completion",
        "Avg. DOM completion time",
        "duration_s",
        "Time spent loading what pages embed, on average.",
    ),
    Metric(
        "avg_time_on_load",
        "Avg. on load time",
        "duration_s",
        "Time spent running what waits for the page to be loaded, on average.",
    ),
    Metric(
        "avg_page_load_time",
        "Avg. page load time",
        "duration_s",
        "Time from asking for a page to everything being loaded, on average.",
    ),
)


def _averages(table: DataTable, _context: TableContext) -> None:
    """Seconds from milliseconds and hits. Averages are rounded to 2 digits, unlike in page tables."""
    for row in table:
        for column, (time, hits) in AVERAGES.items():
            seconds = quotient(number(row.columns, time), 1000, 3)
            if time in row.columns:
                row.columns[time] = seconds
            row.columns[column] = quotient(seconds, number(row.columns, hits), 2)


def _formatted(metric: Metric) -> ProcessedMetric:
    """The average as a processed metric, which is what gets formatted; the filter has computed it already."""
    needs = AVERAGES[metric.name]
    return ProcessedMetric(metric.name, metric.label, needs, lambda _columns: None, metric.type, metric.documentation)


REPORTS: tuple[Report, ...] = (
    Report(
        "PagePerformance.get",
        "Performance overview",
        "Actions",
        "Performance",
        numbers={name: name for name in RAW},
        metrics=tuple(AVERAGES),
        processed=tuple(map(_formatted, METRICS)),
        filters=(_averages,),
        queued=(drop_columns(*RAW),),
        order=5,
        documentation="How long pages took to load.",
    ),
)
