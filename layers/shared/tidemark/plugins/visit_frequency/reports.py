"""The report about new and returning visits."""

from __future__ import annotations

from dataclasses import replace

from tidemark.plugin import ACTIONS_PER_VISIT, AVG_TIME_ON_SITE, BOUNCE_RATE, Metric, ProcessedMetric, Report

COUNTS = ("nb_visits", "nb_actions", "nb_uniq_visitors", "nb_users", "max_actions")
SUFFIXES = ("_returning", "_new")
LABELS = {
    "nb_visits_returning": "Returning Visits",
    "nb_actions_returning": "Actions by Returning Visits",
    "nb_uniq_visitors_returning": "Unique returning visitors",
    "nb_users_returning": "Returning Users",
    "max_actions_returning": "Maximum actions in one returning visit",
    "avg_time_on_site_returning": "Avg. Duration of a Returning Visit (in sec)",
    "nb_actions_per_visit_returning": "Avg. Actions per Returning Visit",
    "bounce_rate_returning": "Bounce Rate for Returning Visits",
    "nb_visits_new": "New Visits",
    "nb_actions_new": "Actions by New Visits",
    "nb_uniq_visitors_new": "Unique new visitors",
    "nb_users_new": "New Users",
    "avg_time_on_site_new": "Avg. Duration of a New Visit (in sec)",
    "nb_actions_per_visit_new": "Avg. Actions per New Visit",
    "bounce_rate_new": "Bounce Rate for New Visits",
}
"""Names of columns as clients know them; the others have none."""

METRICS: tuple[Metric, ...] = tuple(
    Metric(f"{name}{suffix}", LABELS.get(f"{name}{suffix}", f"{name}{suffix}"))
    for suffix in SUFFIXES
    for name in COUNTS
)


def _of(metric: ProcessedMetric, suffix: str) -> ProcessedMetric:
    """The metric of one kind of visits; it is copied from the visits summary, not computed."""
    return replace(
        metric,
        name=f"{metric.name}{suffix}",
        label=LABELS[f"{metric.name}{suffix}"],
        needs=(),
        compute=lambda _columns: None,
    )


REPORTS: tuple[Report, ...] = (
    Report(
        "VisitFrequency.get",
        "Returning Visits",
        "Actions",
        "Engagement",
        metrics=tuple(metric.name for metric in METRICS),
        processed=tuple(
            _of(metric, suffix) for suffix in SUFFIXES for metric in (AVG_TIME_ON_SITE, ACTIONS_PER_VISIT, BOUNCE_RATE)
        ),
        order=40,
        documentation="What new and returning visits did.",
    ),
)
