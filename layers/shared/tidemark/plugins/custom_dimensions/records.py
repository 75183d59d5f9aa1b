"""A table per active dimension of a site. Source: Matomo 5.2, records (CustomDimensions_Dimension{id})."""

from __future__ import annotations

from dataclasses import replace

from tidemark.model.custom_dimension import VISIT_SCOPE, CustomDimension
from tidemark.model.timings import TIMINGS
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin import (
    GOAL_METRICS,
    VISIT_METRICS,
    Expression,
    Limit,
    Measure,
    Part,
    Record,
    Source,
    call,
    case,
    col,
    count,
    distinct,
    largest,
    smallest,
    total,
)
from tidemark.plugin.record import Empty, Merge

VALUE_NOT_DEFINED = "Value not defined"
LIMIT = Limit(
    "General.datatable_archiving_maximum_rows_custom_dimensions",
    "General.datatable_archiving_maximum_rows_subtable_custom_dimensions",
)
_SCHEMES = ("https://www.", "http://www.", "https://", "http://")


def _times(name: str, column: str, decimals: int | None = None) -> tuple[Measure, ...]:
    """What is measured of a column in milliseconds, in seconds.

    Of a value's pages, and of days, the smallest and largest are added up like all else; the value of an event stands
    where the time that it took to generate a page once stood. Source: Matomo 5.2, plugins/CustomDimensions.
    """
    of = col(column)
    return (
        total(f"sum_{name}", of / 1000, decimals=decimals),
        count(f"nb_hits_with_{name}", where=of.not_null()),
        replace(smallest(f"min_{name}", of / 1000, decimals=decimals, empty=Empty.ZERO), merge=Merge.SUM),
        replace(largest(f"max_{name}", of / 1000, decimals=decimals), merge=Merge.SUM),
    )


ACTION_METRICS: tuple[Measure, ...] = (
    distinct("nb_visits", col("idvisit")),
    distinct("nb_uniq_visitors", col("visitor_id"), "sum_daily_nb_uniq_visitors"),
    count("nb_hits"),
    *_times("time_generation", "event_value"),
    *(measure for timing in TIMINGS for measure in _times(timing, timing, decimals=3)),
    total("sum_time_spent", col("time_spent")),
    count("bounce_count", where=col("position").eq(1) & col("time_spent").is_null()),
    count("exit_nb_visits", where=col("time_spent").is_null()),
)


def record_name(iddimension: int) -> str:
    """The record of a dimension."""
    return f"CustomDimensions_Dimension{iddimension}"


def _value(dimension: CustomDimension) -> Expression:
    return call("json_text", col("custom_dimensions"), str(dimension.idcustomdimension))


def _of_visits(dimension: CustomDimension) -> Record:
    value = _value(dimension)
    label = case((value.eq(""), VALUE_NOT_DEFINED), otherwise=value)
    return Record(
        record_name(dimension.idcustomdimension),
        (
            Part(Source.VISITS, (label,), VISIT_METRICS, value.not_null()),
            Part(Source.CONVERSIONS, (label,), GOAL_METRICS, value.not_null(), per_goal=True),
        ),
        goal_sums=True,
        limit=LIMIT,
    )


def _action_path(label: str, url: str | None) -> tuple[str, ...]:
    """The value, and the page's URL without scheme and www."""
    if not url:
        return (label,)
    scheme = next((scheme for scheme in _SCHEMES if url.lower().startswith(scheme)), "")
    return (label, url[len(scheme) :]) if len(url) > len(scheme) else (label,)


def _of_actions(dimension: CustomDimension) -> Record:
    value = _value(dimension)
    label = case((value.eq(""), VALUE_NOT_DEFINED), otherwise=value)
    return Record(
        record_name(dimension.idcustomdimension),
        (Part(Source.ACTIONS, (label, col("url")), ACTION_METRICS, value.not_null()),),
        path=_action_path,
        limit=LIMIT,
    )


def records_of(site: TrackedSite) -> tuple[Record, ...]:
    """The records of a site's active dimensions."""
    return tuple(
        _of_visits(dimension) if dimension.scope == VISIT_SCOPE else _of_actions(dimension)
        for dimension in site.custom_dimensions
        if dimension.active
    )
