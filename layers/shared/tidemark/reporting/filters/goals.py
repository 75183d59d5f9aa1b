"""Goal columns as clients see them."""

from __future__ import annotations

from typing import Any

from tidemark.model.table import GOALS, DataTable

ORDER = "ecommerceOrder"
CART = "ecommerceAbandonedCart"
_GOAL_NAMES = {0: ORDER, -1: CART}


def name_goals(table: DataTable) -> None:
    """Give goal columns the keys that clients see, in the order of the goals' numbers: idgoal=1.

    Those of a table that was named before, as a report's subtable may be, stay in their order.
    """
    table.change_cells(GOALS, _named, summary=True, is_constant=True)
    for below in table.subtables():
        name_goals(below)


def _named(goals: Any) -> Any:
    if not isinstance(goals, dict):
        return goals
    return {_goal_key(goal): goals[goal] for goal in sorted(goals, key=_goal_order)}


def _goal_key(goal: Any) -> str:
    return f"idgoal={_GOAL_NAMES.get(goal, goal)}" if isinstance(goal, int) else str(goal)


def _goal_order(goal: Any) -> tuple[bool, int]:
    return (True, goal) if isinstance(goal, int) else (False, 0)
