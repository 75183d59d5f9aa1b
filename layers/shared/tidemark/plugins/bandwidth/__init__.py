"""Bytes that page views and downloads took, as far as requests tell them (`bw_bytes`). Source: Matomo 5.2, records."""

from __future__ import annotations

from tidemark.model.hit import ActionType
from tidemark.plugin import Expression, Metric, Numeric, Plugin, Report, Segment, Source, col, total

CATEGORY = "Actions"


def _bytes(name: str, where: Expression | None = None) -> Numeric:
    return Numeric(name, Source.ACTIONS, total(name, col("bandwidth"), where))


NUMBERS: tuple[Numeric, ...] = (
    _bytes("Bandwidth_nb_total_overall"),
    _bytes("Bandwidth_nb_total_pageurl", col("action_type").eq(ActionType.PAGE)),
    _bytes("Bandwidth_nb_total_download", col("action_type").eq(ActionType.DOWNLOAD)),
)
METRICS: tuple[Metric, ...] = (
    Metric("nb_total_overall_bandwidth", "Total bandwidth", "byte", "Bytes of all requests that told their size."),
    Metric("nb_total_pageview_bandwidth", "Bandwidth of page views", "byte", "Bytes of page views."),
    Metric("nb_total_download_bandwidth", "Bandwidth of downloads", "byte", "Bytes of downloads."),
)
COLUMNS = dict(zip((metric.name for metric in METRICS), (number.name for number in NUMBERS), strict=True))

PLUGIN = Plugin(
    name="Bandwidth",
    segments=(
        # not in the metadata: clients take what stands there for something that every site measures
        Segment("bandwidth", "Bandwidth", "Behaviour", col("bandwidth"), "actions", "metric", is_listed=False),
    ),
    numbers=NUMBERS,
    metrics=METRICS,
    reports=(
        Report(
            "Bandwidth.get",
            "Bandwidth - Main metrics",
            CATEGORY,
            numbers=COLUMNS,
            metrics=tuple(COLUMNS),
            order=30,
            is_listed=False,
            documentation="How many bytes page views and downloads took.",
        ),
    ),
)
