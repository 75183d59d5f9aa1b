"""Custom variables in the visit log: of the visit and of its actions. Source: Matomo 5.2, Live API."""

from __future__ import annotations

import orjson

from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, Entry, VisitDetails


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """Names and values by slot."""
    return {"customVariables": _by_slot(visit.row["custom_variables_visit"], "customVariable")}


def describe(entry: Entry, _visit: LoggedVisit, _context: DetailsContext) -> None:
    """Names and values by slot, if the action has some."""
    found = _by_slot(entry.row.get("custom_variables_page"), "customVariablePage")
    if found:
        entry.details["customVariables"] = found


def _by_slot(stored: str | None, prefix: str) -> dict[str, dict[str, str]]:
    variables = sorted(orjson.loads(stored).items(), key=lambda slot: int(slot[0])) if stored else []
    return {
        slot: {f"{prefix}Name{slot}": name, f"{prefix}Value{slot}": value} for slot, (name, value) in variables if name
    }


DETAILS = VisitDetails(160, visit=visit_fields, describe=describe)
