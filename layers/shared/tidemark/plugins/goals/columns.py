"""Which numbers goals, orders and carts have."""

from __future__ import annotations

ORDER = 0
CART = -1
SPECIAL = {"ecommerceOrder": ORDER, "ecommerceAbandonedCart": CART}
"""Names that clients use for orders and carts."""

GOAL_COLUMNS = ("nb_conversions", "nb_visits_converted", "revenue")
ORDER_COLUMNS = ("revenue_subtotal", "revenue_tax", "revenue_shipping", "revenue_discount")
ITEMS = "items"


def goal_number(idGoal: str) -> int | None:
    """The number of a goal as clients name it; None for all goals together."""
    if idGoal in SPECIAL:
        return SPECIAL[idGoal]
    return int(idGoal) if idGoal.lstrip("-").isdigit() else None


def columns_of(goal: int | None) -> tuple[str, ...]:
    """The columns of a goal, in order. Source: Matomo 5.2, metrics, goal columns."""
    if goal == ORDER:
        return (*GOAL_COLUMNS, *ORDER_COLUMNS, ITEMS)
    return (*GOAL_COLUMNS, ITEMS) if goal == CART else GOAL_COLUMNS


def record_name(column: str, goal: int | None) -> str:
    """The numeric record or table of a goal."""
    return f"Goal_{column}" if goal is None else f"Goal_{goal}_{column}"
