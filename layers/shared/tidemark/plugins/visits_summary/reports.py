"""VisitsSummary.get and the methods for single numbers."""

from __future__ import annotations

from dataclasses import replace

from tidemark.model.errors import ApiError
from tidemark.model.period import PeriodKind
from tidemark.model.table import DataTable
from tidemark.plugin import (
    ACTIONS_PER_VISIT,
    AVG_TIME_ON_SITE,
    BOUNCE_RATE,
    Metric,
    Report,
    TableContext,
)

UNIQUE_COLUMNS = ("nb_uniq_visitors", "nb_users")

METRICS: tuple[Metric, ...] = (
    Metric("nb_visits", "Visits", documentation="How often people came; after half an hour of silence a new one."),
    Metric("nb_uniq_visitors", "Unique visitors", documentation="How many different visitors came in the period."),
    Metric("sum_daily_nb_uniq_visitors", "Unique visitors (sum of days)"),
    Metric("nb_users", "Users", documentation="How many different signed-in users came in the period."),
    Metric("sum_daily_nb_users", "Users (sum of days)"),
    Metric("nb_actions", "Actions", documentation="Page views, searches, downloads, outlinks and events."),
    Metric("max_actions", "Maximum actions in one visit"),
    Metric("sum_visit_length", "Total time spent by visitors (in seconds)", "duration_s"),
    Metric("bounce_count", "Bounces", documentation="Visits with at most one action."),
    Metric("nb_visits_converted", "Visits with Conversions"),
)


def counts_uniques(context: TableContext) -> bool:
    """Whether unique visitors are shown for the period; a range of one day is a range.

    Source: Matomo 5.2, archiving, section 7.
    """
    is_range = str(context.call.params.get("period")) == PeriodKind.RANGE
    kind = PeriodKind.RANGE if is_range else context.period.kind
    return context.call.settings.flag(f"General.enable_processing_unique_visitors_{kind}")


def hide_uniques(table: DataTable, context: TableContext) -> None:
    """Take unique visitors and users out of the row where they are not counted."""
    if not counts_uniques(context):
        for row in table:
            for name in UNIQUE_COLUMNS:
                row.columns.pop(name, None)


def refuse_uniques(_table: DataTable, context: TableContext) -> None:
    """Refuse the method where unique visitors are not counted.

    Raises: ApiError.
    """
    if not counts_uniques(context):
        raise ApiError(f"{context.report.method} has no numbers for the period {context.period.kind}.")


def in_words(table: DataTable, context: TableContext) -> None:
    """Seconds become words."""
    for row in table:
        row.columns["sum_visit_length"] = context.call.in_words(row.columns["sum_visit_length"])


def _single(method: str, number: str, name: str, **filters: object) -> Report:
    return Report(
        f"VisitsSummary.{method}",
        name,
        "Visitors",
        numbers={number: number},
        metrics=(number,),
        is_listed=False,
        **filters,  # type: ignore[arg-type]
    )


REPORTS: tuple[Report, ...] = (
    Report(
        "VisitsSummary.get",
        "Visits Summary",
        "Visitors",
        "Overview",
        numbers={
            name: name
            for name in (
                *UNIQUE_COLUMNS,
                "nb_visits",
                "nb_actions",
                "nb_visits_converted",
                "bounce_count",
                "sum_visit_length",
                "max_actions",
            )
        },
        metrics=("nb_uniq_visitors", "nb_visits", "nb_users", "nb_actions", "max_actions"),
        processed=(BOUNCE_RATE, ACTIONS_PER_VISIT, replace(AVG_TIME_ON_SITE, label="Avg. Visit Duration (in seconds)")),
        filters=(hide_uniques,),
        order=1,
        documentation="How much went on: visits, visitors and what they did.",
    ),
    _single("getVisits", "nb_visits", "Visits"),
    _single("getUniqueVisitors", "nb_uniq_visitors", "Unique visitors", filters=(refuse_uniques,)),
    _single("getUsers", "nb_users", "Users", filters=(refuse_uniques,)),
    _single("getActions", "nb_actions", "Actions"),
    _single("getMaxActions", "max_actions", "Maximum actions in one visit"),
    _single("getBounceCount", "bounce_count", "Bounces"),
    _single("getVisitsConverted", "nb_visits_converted", "Visits with conversions"),
    _single("getSumVisitsLength", "sum_visit_length", "Total time spent"),
    _single("getSumVisitsLengthPretty", "sum_visit_length", "Total time spent", filters=(in_words,)),
)
