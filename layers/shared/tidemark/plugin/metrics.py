"""Processed metrics that many reports share, and how to declare a quotient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidemark.model.rounding import quotient
from tidemark.plugin.report import MetricType, ProcessedMetric, Value


def ratio(
    name: str,
    label: str,
    part: str,
    whole: str,
    *,
    digits: int,
    type: MetricType = "number",  # noqa: A002 (the field's name)
    documentation: str = "",
    is_clock: bool = False,
) -> ProcessedMetric:
    """The metric part / whole, rounded to so many digits; 0 where there is nothing to divide by."""

    def of_cells(part_cell: Any, whole_cell: Any) -> Value:
        return quotient(as_number(part_cell), as_number(whole_cell), digits)

    def compute(columns: Mapping[str, Any]) -> Value:
        return of_cells(columns.get(part), columns.get(whole))

    return ProcessedMetric(
        name, label, (part, whole), compute, type, documentation, of_cells=of_cells, is_clock=is_clock
    )


def number(columns: Mapping[str, Any], name: str) -> float | int:
    """A column's number; 0 where it is missing or is none."""
    return as_number(columns.get(name))


def as_number(cell: Any) -> float | int:
    """A cell's number; 0 where it is none."""
    return cell if isinstance(cell, int | float) else 0


ACTIONS_PER_VISIT = ratio(
    "nb_actions_per_visit",
    "Actions per Visit",
    "nb_actions",
    "nb_visits",
    digits=1,
    documentation="How many actions (page views, searches, downloads, outlinks, events) a visit had on average.",
)
AVG_TIME_ON_SITE = ratio(
    "avg_time_on_site",
    "Avg. Time on Website",
    "sum_visit_length",
    "nb_visits",
    digits=0,
    type="duration_s",
    documentation="How long a visit lasted on average.",
)
BOUNCE_RATE = ratio(
    "bounce_rate",
    "Bounce Rate",
    "bounce_count",
    "nb_visits",
    digits=2,
    type="percent",
    documentation="Share of visits with at most one action.",
)
CONVERSION_RATE = ratio(
    "conversion_rate",
    "Conversion Rate",
    "nb_visits_converted",
    "nb_visits",
    digits=4,
    type="percent",
    documentation="Share of visits that converted a goal.",
)

VISIT_RATES = (ACTIONS_PER_VISIT.name, AVG_TIME_ON_SITE.name, BOUNCE_RATE.name, CONVERSION_RATE.name)
"""What reports over visits offer on request (Report.on_request)."""
