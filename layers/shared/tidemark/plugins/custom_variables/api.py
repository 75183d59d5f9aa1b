"""CustomVariables.getUsagesOfSlots: what each slot has been used for."""

from __future__ import annotations

from typing import Any

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError
from tidemark.model.table import DataTable
from tidemark.plugin import Access, Context, method
from tidemark.plugins.custom_variables.slots import PAGE, SLOTS, VISIT

FIRST_DAY = "2008-12-12"


@method("CustomVariables.getUsagesOfSlots", Access.ADMIN)
def get_usages_of_slots(ctx: Context, idSite: str) -> list[dict[str, Any]]:
    """The names used in each slot of a scope since the first day, with their visits and actions.

    Raises: ApiError for several sites.
    """
    asked = {"idSite": idSite, "period": "range", "date": f"{FIRST_DAY},today", "filter_limit": -1}
    table = ctx.service(Calls).processed("CustomVariables.getCustomVariables", asked)
    if not isinstance(table, DataTable):
        raise ApiError("The slots of one site are told at a time.")
    usages: dict[tuple[str, int], list[dict[str, Any]]] = {
        (scope, index): [] for scope in (VISIT, PAGE) for index in SLOTS
    }
    for row in table.rows:
        usage = {
            "name": row.label,
            "nb_visits": row.columns.get("nb_visits", False),
            "nb_actions": row.columns.get("nb_actions", 0),
        }
        for slot in row.metadata.get("slots", ()):
            usages[slot["scope"], slot["index"]].append(usage)
    return [{"scope": scope, "index": index, "usages": used} for (scope, index), used in usages.items()]
