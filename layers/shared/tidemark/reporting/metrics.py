"""Metrics that are computed when a table is read, and the ones that every table may show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tidemark.model.table import DataTable
from tidemark.plugin import ProcessedMetric
from tidemark.reporting.rounding import quotient
from tidemark.reporting.text import number_of

EXTRA_METRICS = "extra_processed_metrics"
"""Table metadata: processed metrics beside those of the report."""
COMPUTED = "processed_metrics_computed"


def _ratio(part: str, whole: str, digits: int) -> Callable[[Mapping[str, Any]], float | int]:
    return lambda row: quotient(number_of(row.get(part)), number_of(row.get(whole)), digits)


SHOW_ALL_METRICS: tuple[ProcessedMetric, ...] = (
    ProcessedMetric(
        "conversion_rate",
        "Conversion Rate",
        ("nb_visits_converted", "nb_visits"),
        _ratio("nb_visits_converted", "nb_visits", 4),
        "percent",
    ),
    ProcessedMetric(
        "nb_actions_per_visit",
        "Actions per Visit",
        ("nb_actions", "nb_visits"),
        _ratio("nb_actions", "nb_visits", 1),
        "float",
    ),
    ProcessedMetric(
        "avg_time_on_site",
        "Avg. Time on Website",
        ("sum_visit_length", "nb_visits"),
        _ratio("sum_visit_length", "nb_visits", 0),
        "duration_s",
    ),
    ProcessedMetric(
        "bounce_rate", "Bounce Rate", ("bounce_count", "nb_visits"), _ratio("bounce_count", "nb_visits", 2), "percent"
    ),
)
"""What filter_add_columns_when_show_all_columns adds. Source: Matomo 5.2, metrics."""


def metrics_of(table: DataTable, declared: Sequence[ProcessedMetric]) -> list[ProcessedMetric]:
    """The report's processed metrics and those added to this table, each name once."""
    extra = table.metadata.get(EXTRA_METRICS, ())
    return list({metric.name: metric for metric in (*declared, *extra)}.values())


def compute_metrics(table: DataTable, declared: Sequence[ProcessedMetric]) -> None:
    """Add the processed metrics to every row, also in loaded subtables; columns that are there stay.

    A second call does nothing, so that sorting by a processed metric may compute them early.
    """
    if table.metadata.get(COMPUTED):
        return
    metrics = metrics_of(table, declared)
    if not metrics:
        return
    table.metadata[COMPUTED] = True
    for row in table:
        columns = row.columns
        for metric in metrics:
            if metric.name not in columns:
                value = metric.compute(columns)
                if value is not None:
                    columns[metric.name] = value
        if row.subtable is not None:
            row.subtable.metadata.setdefault(EXTRA_METRICS, table.metadata.get(EXTRA_METRICS, ()))
            compute_metrics(row.subtable, declared)


def add_show_all_metrics(table: DataTable, *, drops_empty_rows: bool) -> None:
    """Announce the metrics of the full table; ``drops_empty_rows`` removes rows without visits and actions."""
    if drops_empty_rows:
        table.rows = [row for row in table.rows if number_of(row.get("nb_visits")) or number_of(row.get("nb_actions"))]
    table.metadata[EXTRA_METRICS] = (*table.metadata.get(EXTRA_METRICS, ()), *SHOW_ALL_METRICS)
