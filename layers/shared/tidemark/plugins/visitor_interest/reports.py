"""Reports about the interest that visits show."""

from __future__ import annotations

from typing import Any

from tidemark.model.rounding import quotient
from tidemark.model.table import DataTable
from tidemark.plugin import (
    Filter,
    ProcessedMetric,
    Record,
    Report,
    TableContext,
    by_range,
    name_ranges,
    number,
    relabel,
    segment_by_range,
)
from tidemark.plugin.ranges import OPEN_END, bounds_of
from tidemark.plugins.visitor_interest.records import (
    BY_DAYS_SINCE_LAST,
    BY_VISIT_NUMBER,
    DURATIONS,
    NEW_VISITS,
    PAGES_PER_VISIT,
)


def duration_name(label: Any) -> str:
    """Ranges of seconds, from a minute on in minutes: 11–30s, 2-4 min, 30+ min."""
    low, high = bounds_of(label)
    if high is None:
        return f"{low // 60}{OPEN_END} min"
    if low < 60 and high <= 60:
        return f"{low}–{high}s"
    return f"{-(-low // 60)}-{-(-high // 60)} min"


def share_of_visits(table: DataTable, _context: TableContext) -> None:
    """Adds which share of all visits a row has."""
    visits = sum(number(row.columns, "nb_visits") for row in table)
    for row in table:
        row.columns["nb_visits_percentage"] = quotient(number(row.columns, "nb_visits"), visits, 2)


VISITS_SHARE = ProcessedMetric(
    "nb_visits_percentage",
    "% Visits",
    ("nb_visits",),
    lambda _columns: None,  # `share_of_visits` knows the table, so it computes it
    "percent",
    "Share of all visits.",
)


def _report(
    action: str,
    name: str,
    dimension: str,
    dimension_id: str,
    *,
    record: Record,
    filters: tuple[Filter, ...] = (),
    queued: tuple[Filter, ...],
    processed: tuple[ProcessedMetric, ...] = (),
    order: int,
    documentation: str,
) -> Report:
    return Report(
        f"VisitorInterest.{action}",
        name,
        "Actions",
        "Engagement",
        record=record,
        dimension=dimension,
        dimension_id=f"VisitorInterest.{dimension_id}",
        metrics=("nb_visits",),
        processed=processed,
        filters=filters,
        queued=queued,
        default_sort="",
        order=order,
        constant_rows=True,
        documentation=documentation,
    )


REPORTS: tuple[Report, ...] = (
    _report(
        "getNumberOfVisitsPerVisitDuration",
        "Length of visits",
        "Visit duration",
        "VisitDuration",
        record=DURATIONS,
        queued=(by_range, segment_by_range("visitDuration"), relabel(duration_name)),
        order=15,
        documentation="How long visits lasted.",
    ),
    _report(
        "getNumberOfVisitsPerPage",
        "Pages per visit",
        "Pages per visit",
        "PagesPerVisit",
        record=PAGES_PER_VISIT,
        queued=(by_range, segment_by_range("actions"), name_ranges("1 page", "%s pages")),
        order=20,
        documentation="How many actions visits had.",
    ),
    _report(
        "getNumberOfVisitsByVisitCount",
        "Visits by visit number",
        "Visits by visit number",
        "VisitsbyVisitNumber",
        record=BY_VISIT_NUMBER,
        filters=(share_of_visits,),
        queued=(segment_by_range("visitCount"), name_ranges("1 visit", "%s visits")),
        processed=(VISITS_SHARE,),
        order=25,
        documentation="The how-manyeth visit of its visitor it was.",
    ),
    _report(
        "getNumberOfVisitsByDaysSinceLast",
        "Visits by days since last visit",
        "Days since last visit",
        "VisitorDaysSinceLast",
        record=BY_DAYS_SINCE_LAST,
        queued=(
            segment_by_range("daysSinceLastVisit", {NEW_VISITS: "visitorType==new"}),
            name_ranges("1 day", "%s days", {NEW_VISITS: "New visits"}),
        ),
        order=30,
        documentation="How long ago returning visitors had been there before.",
    ),
)
