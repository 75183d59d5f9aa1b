"""The numbers under which Matomo stores columns: what clients see that switch the queued filters off."""

from __future__ import annotations

from typing import Any, Final

from tidemark.model.table import GOALS, Row, Table, table_leaves
from tidemark.reporting.filters.goals import CART, ORDER

_NUMBERS: Final = {
    "nb_uniq_visitors": 1,
    "nb_visits": 2,
    "nb_actions": 3,
    "max_actions": 4,
    "sum_visit_length": 5,
    "bounce_count": 6,
    "nb_visits_converted": 7,
    "nb_conversions": 8,
    "revenue": 9,
    GOALS: 10,
    "sum_daily_nb_uniq_visitors": 11,
    "nb_hits": 12,
    "sum_time_spent": 13,
    "exit_nb_uniq_visitors": 14,
    "exit_nb_visits": 15,
    "sum_daily_exit_nb_uniq_visitors": 16,
    "entry_nb_uniq_visitors": 17,
    "sum_daily_entry_nb_uniq_visitors": 18,
    "entry_nb_visits": 19,
    "entry_nb_actions": 20,
    "entry_sum_visit_length": 21,
    "entry_bounce_count": 22,
    "nb_hits_following_search": 29,
    "nb_events": 34,
    "sum_event_value": 35,
    "min_event_value": 36,
    "max_event_value": 37,
    "nb_events_with_value": 38,
    "nb_users": 39,
    "sum_daily_nb_users": 40,
    "nb_impressions": 41,
    "nb_interactions": 42,
}
_NUMBERS_OF_GOALS: Final = {
    "nb_conversions": 1,
    "revenue": 2,
    "nb_visits_converted": 3,
    "revenue_subtotal": 4,
    "revenue_tax": 5,
    "revenue_shipping": 6,
    "revenue_discount": 7,
    "items": 8,
    "nb_conv_pages_before": 9,
    "nb_conversions_attrib": 10,
    "nb_conversions_page_rate": 11,
    "nb_conversions_page_uniq": 12,
    "nb_conversions_entry_rate": 13,
    "revenue_per_entry": 14,
    "revenue_attrib": 15,
    "nb_conversions_entry": 16,
    "revenue_entry": 17,
}
"""Source: Matomo 5.2, records, numbers of metrics."""
_GOALS: Final = {ORDER: "0", CART: "-1"}


def use_stored_names(table: Table) -> None:
    """Give the columns of all rows, subtables included, their numbers for names; names without number stay."""
    for leaf in table_leaves(table):
        for row in leaf:
            _rename(row)


def _rename(row: Row) -> None:
    row.columns = {
        str(_NUMBERS.get(name, name)): _goals(cell) if name == GOALS else cell for name, cell in row.columns.items()
    }
    for below in row.subtable if row.subtable is not None else ():
        _rename(below)


def _goals(goals: Any) -> Any:
    if not isinstance(goals, dict):
        return goals
    found = {}
    for key, metrics in goals.items():
        goal = str(key).removeprefix("idgoal=")
        found[_GOALS.get(goal, goal)] = {str(_NUMBERS_OF_GOALS.get(name, name)): cell for name, cell in metrics.items()}
    return found
