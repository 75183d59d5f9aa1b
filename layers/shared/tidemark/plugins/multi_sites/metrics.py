"""The numbers of a site, and their evolution since the period before. Source: Matomo 5.2, MultiSites API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tidemark.model.rounding import quotient
from tidemark.model.table import LABEL, SUMMARY_LABEL
from tidemark.plugin import Metric, ProcessedMetric, number
from tidemark.plugin.report import MetricType, Value

RATIO: Final = "ratio"
"""Column with the part of the present period that is over, which past numbers are reduced to."""
_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class SiteMetric:
    """A column of the dashboard."""

    column: str
    record: str
    label: str
    evolution: str
    type: MetricType = "number"
    is_enhanced: bool = False
    """Only there when the enhanced dashboard is asked for."""
    is_of_shops: bool = False
    """Only there for sites with ecommerce."""

    @property
    def previous(self) -> str:
        """Name of the number of the period before."""
        return f"previous_{self.record}"


SITE_METRICS: Final = (
    SiteMetric("nb_visits", "nb_visits", "Visits", "visits_evolution"),
    SiteMetric("nb_actions", "nb_actions", "Actions", "actions_evolution"),
    SiteMetric("nb_pageviews", "Actions_nb_pageviews", "Pageviews", "pageviews_evolution"),
    SiteMetric("revenue", "Goal_revenue", "Revenue", "revenue_evolution", "money"),
    SiteMetric("nb_conversions", "Goal_nb_conversions", "Conversions", "nb_conversions_evolution", is_enhanced=True),
    SiteMetric(
        "orders",
        "Goal_0_nb_conversions",
        "Ecommerce Orders",
        "orders_evolution",
        is_enhanced=True,
        is_of_shops=True,
    ),
    SiteMetric(
        "ecommerce_revenue",
        "Goal_0_revenue",
        "Product Revenue",
        "ecommerce_revenue_evolution",
        "money",
        is_enhanced=True,
        is_of_shops=True,
    ),
)


def evolution(metric: SiteMetric, columns: Mapping[str, Any]) -> float | None:
    """The growth since the period before as quotient, 1 where there was nothing; None if nothing is compared."""
    if metric.previous not in columns or metric.column not in columns:
        return None
    is_summary = columns.get(LABEL) == SUMMARY_LABEL  # it stands for other sites in either period
    past = 0 if is_summary else number(columns, metric.previous) * columns.get(RATIO, 1)
    change = number(columns, metric.column) - past
    if not change:
        return 0
    return quotient(change, past, _DIGITS) if past else 1


def trend(change: float | None) -> int | None:
    """1 for growth, -1 for decline, 0 for neither."""
    return None if change is None else (change > 0) - (change < 0)


def _evolution_of(metric: SiteMetric) -> Callable[[Mapping[str, Any]], Value]:
    return lambda columns: evolution(metric, columns)


def _trend_of(metric: SiteMetric) -> Callable[[Mapping[str, Any]], Value]:
    return lambda columns: trend(evolution(metric, columns))


def _processed(metric: SiteMetric) -> tuple[ProcessedMetric, ProcessedMetric]:
    needs = (metric.column, metric.previous)
    return (
        ProcessedMetric(metric.evolution, f"{metric.label} Evolution", needs, _evolution_of(metric), "percent"),
        ProcessedMetric(f"{metric.evolution}_trend", "", needs, _trend_of(metric), is_listed=False),
    )


EVOLUTIONS: Final = tuple(processed for metric in SITE_METRICS for processed in _processed(metric))
METRICS: Final = (Metric("orders", "Ecommerce Orders"), Metric("ecommerce_revenue", "Product Revenue", "money"))
