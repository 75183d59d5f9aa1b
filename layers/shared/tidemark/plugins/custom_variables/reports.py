"""Reports about custom variables."""

from __future__ import annotations

from typing import Any

from tidemark.model.table import DataTable, Row
from tidemark.plugin import (
    VISIT_RATES,
    Report,
    TableContext,
    drop_columns,
    everywhere,
    keep_rows,
    relabel,
    segment_by_label,
)
from tidemark.plugins.custom_variables.records import BY_NAME, VALUE_NOT_DEFINED
from tidemark.plugins.custom_variables.slots import SLOTS, VISIT, all_slots

RESERVED = frozenset({"_pks", "_pkn", "_pkc", "_pkp", "_pk_scat", "_pk_scount"})
"""Names under which clients once sent products and searches."""
VALUE_NAME = "Custom Variable value not defined"
OF_VISITS = "max_actions"
"""Only rows of variables that visits have carry this column."""
NOT_OF_PAGES = ("nb_visits", "nb_users", "sum_daily_nb_uniq_visitors", "sum_daily_nb_users")


def _is_flag(context: TableContext, name: str) -> bool:
    return str(context.call.params.get(name, "0")) not in {"", "0", "false"}


def describe(table: DataTable, context: TableContext) -> None:
    """Names tell their slots; of variables of pages it is not known how many visits had them."""
    if not context.idsubtable:
        for row in table.rows:
            _tell_slots(row)
        for row in table:
            _without_visits(row)
        table.rows.sort(key=_first_slot)
        if not context.is_in_map and not _is_flag(context, "_leavePiwikCoreVariables"):
            keep_rows(lambda row: row.label not in RESERVED)(table, context)
        if not _is_flag(context, "flat"):
            segment_by_label("customVariableName")(table, context)
    everywhere(drop_columns("nb_uniq_visitors", *(slot.column for slot in all_slots())))(table, context)


def _tell_slots(row: Row) -> None:
    """The slots in which a name stood, in the order of the row's columns: those of the first day before later ones.

    Source: Matomo 5.2 with the plugin CustomVariables 5 (what a summed row lacks is added behind its own).
    """
    by_column = {slot.column: slot for slot in all_slots()}
    slots = [by_column[name] for name, uses in row.columns.items() if name in by_column and uses]
    row.metadata["slots"] = [{"scope": slot.scope, "index": slot.index} for slot in slots]


def _first_slot(row: Row) -> tuple[int, bool]:
    """The place at which the row was made: slot by slot, those of visits before those of pages.

    What the first row lacks orders no rows that tie. Source: Matomo 5.2 with the plugin CustomVariables 5.
    """
    slots = row.metadata["slots"]
    return min(((slot["index"], slot["scope"] != VISIT) for slot in slots), default=(len(SLOTS) + 1, True))


def _without_visits(row: Row) -> None:
    if OF_VISITS not in row.columns and row.label not in RESERVED:
        for name in NOT_OF_PAGES:
            row.columns.pop(name, None)


def name_values(table: DataTable, context: TableContext) -> None:
    """Values that are not defined are named so, in subtables asked for and in flat answers."""
    readable = relabel(_readable)
    if context.idsubtable:
        readable(table, context)
    elif _is_flag(context, "flat"):
        for row in table.rows:
            if row.subtable is not None:
                row.subtable.rows.sort(key=lambda below: -(below.columns.get("nb_actions") or 0))
                readable(row.subtable, context)


def _readable(label: Any) -> Any:
    return VALUE_NAME if label == VALUE_NOT_DEFINED else label


def _report(action: str, dimension: str, dimension_id: str, order: int, **more: Any) -> Report:
    return Report(
        f"CustomVariables.{action}",
        "Custom Variables",
        "Visitors",
        record=BY_NAME,
        dimension=dimension,
        dimension_id=f"CustomVariables.{dimension_id}",
        on_request=VISIT_RATES,
        filters=(describe, name_values),
        default_sort="nb_actions",
        order=order,
        documentation="Visits and actions by variables that the website set.",
        **more,
    )


REPORTS: tuple[Report, ...] = (
    _report(
        "getCustomVariables",
        "Custom Variable name",
        "CustomVariableName",
        10,
        subcategory="Custom Variables",
        segment="customVariableName",
        load_subtables="CustomVariables.getCustomVariablesValuesFromNameId",
        has_goal_metrics=True,
    ),
    _report(
        "getCustomVariablesValuesFromNameId",
        "Custom Variable value",
        "CustomVariableValue",
        15,
        segment="customVariableValue",
        is_subtable=True,
    ),
)
