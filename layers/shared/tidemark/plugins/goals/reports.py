"""Reports about conversions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tidemark.model.rounding import quotient
from tidemark.plugin import (
    CONVERSION_RATE,
    Metric,
    ProcessedMetric,
    Report,
    by_range,
    name_ranges,
    number,
)
from tidemark.plugins.goals.columns import GOAL_COLUMNS, ITEMS, ORDER_COLUMNS

METRICS: tuple[Metric, ...] = (
    Metric("nb_conversions", "Conversions", documentation="How often goals were converted, orders included."),
    Metric("nb_visits_converted", "Visits with Conversions", documentation="Visits with at least one conversion."),
    Metric("revenue", "Revenue", "money", "What conversions were worth, orders included."),
    Metric("revenue_subtotal", "Subtotal", "money"),
    Metric("revenue_tax", "Tax", "money"),
    Metric("revenue_shipping", "Shipping", "money"),
    Metric("revenue_discount", "Discount", "money"),
    Metric("items", "Purchased products"),
)


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


def _copied(metric: ProcessedMetric, suffix: str) -> ProcessedMetric:
    """The metric as Goals.getMetrics computed it for some visits; only its format is declared here."""
    name = f"{metric.name}{suffix}"
    label = name if suffix else metric.label  # those of some visits have no name of their own
    return replace(metric, name=name, label=label, needs=(), compute=lambda _columns: None)


_OVERVIEW = Report(
    "Goals.get",
    "Goals",
    "Goals",
    metrics=GOAL_COLUMNS,
    processed=tuple(_copied(rate, suffix) for suffix in ("", "_new_visit", "_returning_visit") for rate in RATES),
    order=1,
    documentation="How often goals were converted, and by which share of visits.",
)
_DAYS = Report(
    "Goals.getDaysToConversion",
    "Days to Conversion",
    "Goals",
    dimension="Days to Conversion",
    dimension_id="Goals.DaysToConversion",
    metrics=("nb_conversions",),
    queued=(by_range, name_ranges("1 day", "%s days")),
    default_sort="",
    order=10,
    constant_rows=True,
    documentation="How many days after their first visit people converted.",
)
_VISITS = Report(
    "Goals.getVisitsUntilConversion",
    "Visits to Conversion",
    "Goals",
    dimension="Visits to Conversion",
    dimension_id="Goals.VisitsUntilConversion",
    metrics=("nb_conversions",),
    queued=(by_range, name_ranges("1 visit", "%s visits")),
    default_sort="",
    order=5,
    constant_rows=True,
    documentation="In the how-manyeth of their visits people converted.",
)

_ORDERS = {"category": "Ecommerce", "parameters": {"idGoal": "ecommerceOrder"}}
_CARTS = {"category": "Ecommerce", "parameters": {"idGoal": "ecommerceAbandonedCart"}}

REPORTS: tuple[Report, ...] = (
    _OVERVIEW,
    Report(
        "Goals.getMetrics",
        "Goals",
        "Goals",
        metrics=GOAL_COLUMNS,
        processed=RATES,
        order=1,
        is_listed=False,
    ),
    _VISITS,
    _DAYS,
    replace(
        _OVERVIEW,
        name="Ecommerce Orders",
        metrics=(*GOAL_COLUMNS, *ORDER_COLUMNS, ITEMS),
        order=10,
        **_ORDERS,  # type: ignore[arg-type]
    ),
    replace(_VISITS, name="Ecommerce Orders - Visits to Conversion", order=11, **_ORDERS),  # type: ignore[arg-type]
    replace(_DAYS, name="Ecommerce Orders - Days to Conversion", order=12, **_ORDERS),  # type: ignore[arg-type]
    replace(
        _OVERVIEW,
        name="Abandoned Carts",
        metrics=("nb_conversions", "revenue", ITEMS),
        order=15,
        **_CARTS,  # type: ignore[arg-type]
    ),
    replace(_VISITS, name="Abandoned Carts - Visits to Conversion", order=20, **_CARTS),  # type: ignore[arg-type]
    replace(_DAYS, name="Abandoned Carts - Days to Conversion", order=25, **_CARTS),  # type: ignore[arg-type]
)
