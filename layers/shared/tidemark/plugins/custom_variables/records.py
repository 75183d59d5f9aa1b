"""Visits and actions by the name, below it the value of custom variables of all slots.

Source: Matomo 5.2 with the plugin CustomVariables 5, records (CustomVariables_valueByName).
"""

from __future__ import annotations

from tidemark.plugin import (
    GOAL_METRICS,
    VISIT_METRICS,
    Aggregate,
    Empty,
    Expression,
    Limit,
    Measure,
    Part,
    Record,
    Source,
    case,
    col,
    count,
    distinct,
)
from tidemark.plugins.custom_variables.slots import VISIT, Slot, all_slots

VALUE_NOT_DEFINED = "Value not defined"
LIMIT = Limit(
    "General.datatable_archiving_maximum_rows_custom_dimensions",
    "General.datatable_archiving_maximum_rows_subtable_custom_dimensions",
)
PAGE_METRICS: tuple[Measure, ...] = (
    distinct("nb_uniq_visitors", col("visitor_id"), "sum_daily_nb_uniq_visitors"),
    distinct("nb_visits", col("idvisit")),
    count("nb_actions"),
)


def _levels(slot: Slot) -> tuple[Expression, Expression]:
    return slot.name, case((slot.value.eq(""), VALUE_NOT_DEFINED), otherwise=slot.value)


def _parts(slot: Slot) -> tuple[Part, ...]:
    used = slot.name.not_null()
    uses = Measure(slot.column, Aggregate.COUNT, empty=Empty.ABSENT)
    if slot.scope == VISIT:
        return (
            Part(Source.VISITS, _levels(slot), (*VISIT_METRICS, uses), used),
            Part(Source.CONVERSIONS, _levels(slot), GOAL_METRICS, used, per_goal=True),
        )
    return (Part(Source.ACTIONS, _levels(slot), (*PAGE_METRICS, uses), used),)


BY_NAME = Record(
    "CustomVariables_valueByName",
    tuple(part for slot in all_slots() for part in _parts(slot)),
    goal_sums=True,
    limit=LIMIT,
)
