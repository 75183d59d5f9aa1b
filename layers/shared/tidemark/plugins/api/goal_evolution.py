"""The metrics of goals in a row's evolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tidemark.model.registry import Registry
from tidemark.plugin import Context

ORDER = "ecommerceOrder"
ALL_GOALS = "0"
RATES_ONLY = "-1"
_ORDERS = "Ecommerce Orders"
_REVENUE_PER_VISIT = "Revenue per Visit"
_OF_ORDERS = {
    "nb_conversions": _ORDERS,
    "revenue": "Total Revenue",
    "conversion_rate": "%s conversion rate",
    "avg_order_revenue": "Average Order Value",
    "items": "Purchased Products",
    "revenue_per_visit": _REVENUE_PER_VISIT,
}
"""Columns of orders -> their names when only orders are shown."""
_OF_GOALS = {
    "conversion_rate": "%s conversion rate",
    "nb_conversions": "%s conversions",
    "revenue": "%s Revenue",
    "revenue_per_visit": "%s Revenue per Visit",
}


@dataclass(frozen=True, slots=True)
class GoalEvolution:
    """``metrics``: column -> name; ``parameters``: what makes a report give these columns."""

    metrics: dict[str, str]
    parameters: dict[str, Any]


def goal_evolution(context: Context, id_site: int, shown: str, metrics: dict[str, str]) -> GoalEvolution:
    """The metrics of one goal, of orders or of all goals, after the first metric of the report.

    Source: Matomo 5.2, plugins/API/RowEvolution (showGoalMetricsForGoal).
    """
    first = "nb_visits" if "nb_visits" in metrics else next(iter(metrics), "")
    named = {first: metrics[first]} if first else {}
    goals = _goals(context, id_site)
    asked = list(goals) if shown in {ALL_GOALS, RATES_ONLY} else [shown]
    if shown == ORDER:
        named |= {_column(ORDER, suffix): _named(context, text, _ORDERS) for suffix, text in _OF_ORDERS.items()}
    else:
        for goal in asked:
            suffixes = ["conversion_rate"] if shown == RATES_ONLY else list(_OF_GOALS)
            name = goals.get(goal, "")
            named |= {_column(goal, suffix): _named(context, _OF_GOALS[suffix], name) for suffix in suffixes}
        named["revenue_per_visit"] = context.translate(_REVENUE_PER_VISIT)
    return GoalEvolution(
        named,
        {
            "filter_show_goal_columns_process_goals": ",".join(asked),
            "filter_update_columns_when_show_all_goals": 1,
            "idGoal": shown,
        },
    )


def _column(goal: str, suffix: str) -> str:
    return f"goal_{goal}_{suffix}"


def _named(context: Context, text: str, goal: str) -> str:
    return context.translate(text, goal) if "%" in text else context.translate(text)


def _goals(context: Context, id_site: int) -> dict[str, str]:
    """Goals of a site and their names, orders first where the site sells."""
    own = {str(goal.idgoal): goal.name for goal in context.service(Registry).goals(id_site)}
    return ({ORDER: context.translate(_ORDERS)} if context.site(id_site).ecommerce else {}) | own
