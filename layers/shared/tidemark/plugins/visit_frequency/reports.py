"""The report about new and returning visits."""

from __future__ import annotations

from dataclasses import replace

from tidemark.plugin import ACTIONS_PER_VISIT, AVG_TIME_ON_SITE, BOUNCE_RATE, Metric, ProcessedMetric, Report

OF = {"_returning": "of returning visits", "_new": "of new visits"}
COUNTS = {
    "nb_visits": "Visits",
    "nb_actions": "Actions",
    "nb_uniq_visitors": "Unique visitors",
    "nb_users": "Users",
    "max_actions": "Maximum actions",
}

METRICS: tuple[Metric, ...] = tuple(
    Metric(f"{name}{suffix}", f"{label} {whose}") for suffix, whose in OF.items() for name, label in COUNTS.items()
)


def _of(metric: ProcessedMetric, suffix: str) -> ProcessedMetric:
    """The metric of one kind of visits; it is copied from the visits summary, not computed."""
    return replace(
        metric,
        name=f"{metric.name}{suffix}",
        label=f"{metric.label} {OF[suffix]}",
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
            _of(metric, suffix) for suffix in OF for metric in (AVG_TIME_ON_SITE, ACTIONS_PER_VISIT, BOUNCE_RATE)
        ),
        order=40,
        documentation="What new and returning visits did.",
    ),
)
