"""Metrics computed from conversions: the worth of an order, and rates of all goals and of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tidemark.model.rounding import quotient
from tidemark.plugin import CONVERSION_RATE, ProcessedMetric, number, ratio
from tidemark.plugins.goals.columns import ITEMS


def _order_value(columns: Mapping[str, Any]) -> float | int | None:
    """What an order or cart was worth on average; only they have items."""
    if ITEMS not in columns:
        return None
    return quotient(number(columns, "revenue"), number(columns, "nb_conversions"), 2)


AVG_ORDER_REVENUE = ProcessedMetric(
    "avg_order_revenue",
    "Average Order Value",
    ("revenue", "nb_conversions", ITEMS),
    _order_value,
    "money",
    "What an order or cart was worth on average.",
)
RATES = (AVG_ORDER_REVENUE, CONVERSION_RATE)


def copied(metric: ProcessedMetric, suffix: str) -> ProcessedMetric:
    """The metric as Goals.getMetrics computed it for some visits; only its format is declared here."""
    name = f"{metric.name}{suffix}"
    label = name if suffix else metric.label  # those of some visits have no name of their own
    return replace(metric, name=name, label=label, needs=(), compute=lambda _columns: None, is_listed=not suffix)


def rate_name(goal: int) -> str:
    """The column with the rate of one goal."""
    return f"goal_{goal}_conversion_rate"


def rate_of_goal(goal: int) -> ProcessedMetric:
    """The share of visits that converted one goal."""
    converted = f"goal_{goal}_nb_visits_converted"
    return ratio(rate_name(goal), rate_name(goal), converted, "nb_visits", digits=4, type="percent")
