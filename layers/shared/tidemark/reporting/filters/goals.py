"""Goal columns as clients see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tidemark.model.table import GOALS, DataTable
from tidemark.reporting.filters.together import subtables_of, together

ORDER = "ecommerceOrder"
CART = "ecommerceAbandonedCart"
_GOAL_NAMES = {0: ORDER, -1: CART}
_OF_PAGES: Final = frozenset({"nb_conv_pages_before", "nb_conversions_page_uniq", "nb_conversions_entry"})
"""What only goals of pages have: all of them are counted."""
_COUNTED_OF_PAGES: Final = _OF_PAGES | {"nb_conversions"}


def name_goals(tables: Sequence[DataTable]) -> None:
    """Give goal columns the keys that clients see, in the order of the goals' numbers: idgoal=1.

    Those of a table that was named before, as a report's subtable may be, stay in their order.
    """
    while tables:
        for table in together(tables):
            table.change_cells(GOALS, _named, summary=True, is_constant=True)
        tables = subtables_of(tables)


def _named(goals: Any) -> Any:
    if not isinstance(goals, dict):
        return goals
    return {_goal_key(goal): goals[goal] for goal in sorted(goals, key=_goal_order)}


def _goal_key(goal: Any) -> str:
    return f"idgoal={_GOAL_NAMES.get(goal, goal)}" if isinstance(goal, int) else str(goal)


def _goal_order(goal: Any) -> tuple[bool, int]:
    return (True, goal) if isinstance(goal, int) else (False, 0)


def with_stored_types(goals: Any) -> Any:
    """Goal columns as Matomo types them: pages' counts are whole, all else is not, which only source text shows.

    Source: Matomo 5.2, core/DataArray (sums of conversions are rounded), generic parameters, "format html".
    """
    if not isinstance(goals, dict):
        return goals
    return {goal: _typed(metrics) if isinstance(metrics, dict) else metrics for goal, metrics in goals.items()}


def _typed(metrics: Mapping[str, Any]) -> dict[str, Any]:
    whole: frozenset[str] = frozenset() if _OF_PAGES.isdisjoint(metrics) else _COUNTED_OF_PAGES
    return {
        name: float(value) if type(value) is int and name not in whole else value for name, value in metrics.items()
    }
