"""Reports about conversions."""

from __future__ import annotations

from dataclasses import replace

from tidemark.plugin import CONVERSION_RATE, Metric, Report, by_range, name_ranges
from tidemark.plugins.goals.columns import GOAL_COLUMNS, ITEMS, ORDER_COLUMNS
from tidemark.plugins.goals.rates import AVG_ORDER_REVENUE, RATES, copied

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


_OVERVIEW = Report(
    "Goals.get",
    "Goals",
    "Goals",
    metrics=GOAL_COLUMNS,
    processed=(
        replace(copied(AVG_ORDER_REVENUE, ""), is_listed=False),
        copied(CONVERSION_RATE, ""),
        *(copied(rate, suffix) for suffix in ("_new_visit", "_returning_visit") for rate in RATES),
    ),
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

_WITH_ORDER_VALUE = (copied(AVG_ORDER_REVENUE, ""), *_OVERVIEW.processed[1:])
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
    replace(_VISITS, has_goal_metrics=True),
    replace(_DAYS, has_goal_metrics=True),
    replace(
        _OVERVIEW,
        name="Ecommerce Orders",
        metrics=(*GOAL_COLUMNS, *ORDER_COLUMNS, ITEMS),
        listed=("nb_conversions", "nb_visits_converted", "conversion_rate", "revenue", *ORDER_COLUMNS, ITEMS),
        labels={"nb_conversions": "Ecommerce Orders", ITEMS: "Purchased Products"},
        processed=_WITH_ORDER_VALUE,
        unlisted=("conversion_rate",),
        order=10,
        **_ORDERS,  # type: ignore[arg-type]
    ),
    replace(_VISITS, name="Ecommerce Orders - Visits to Conversion", order=11, **_ORDERS),  # type: ignore[arg-type]
    replace(_DAYS, name="Ecommerce Orders - Days to Conversion", order=12, **_ORDERS),  # type: ignore[arg-type]
    replace(
        _OVERVIEW,
        name="Abandoned Carts",
        metrics=("nb_conversions", "revenue", ITEMS),
        listed=("nb_conversions", "conversion_rate", "revenue", ITEMS),
        labels={
            "nb_conversions": "Abandoned Carts",
            "revenue": "Revenue left in cart",
            ITEMS: "Products left in cart",
        },
        processed=_WITH_ORDER_VALUE,
        unlisted=("conversion_rate",),
        order=15,
        **_CARTS,  # type: ignore[arg-type]
    ),
    replace(_VISITS, name="Abandoned Carts - Visits to Conversion", order=20, **_CARTS),  # type: ignore[arg-type]
    replace(_DAYS, name="Abandoned Carts - Days to Conversion", order=25, **_CARTS),  # type: ignore[arg-type]
)
