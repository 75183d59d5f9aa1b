"""Custom variables in the visit log: of the visit and of its actions. Source: Matomo 5.2, Live API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, Entry, VisitDetails

_NOTHING: Final = ("", "0")
"""Values that profiles do not tell. Source: Matomo 5.2 with the plugin CustomVariables 5, visitor's profile."""


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


def profile_summary(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """How often visits and actions had each value of each name, the most frequent first; nothing of empty ones."""
    scopes: dict[str, dict[str, Counter[str]]] = {"page": {}, "visit": {}}
    for visit in visits:
        for action in visit.get("actionDetails") or ():
            _count(scopes["page"], action.get("customVariables"))
        _count(scopes["visit"], visit.get("customVariables"))
    found = {
        scope: [
            {"name": name, "values": [{"value": value, "count": count} for value, count in values.most_common()]}
            for name, values in names.items()
        ]
        for scope, names in scopes.items()
        if names
    }
    return {"customVariables": found} if found else {}


def _count(names: dict[str, Counter[str]], slots: Mapping[str, Mapping[str, str]] | None) -> None:
    for name, value in (pair.values() for pair in (slots or {}).values()):
        if value not in _NOTHING:
            names.setdefault(name, Counter())[value] += 1


DETAILS = VisitDetails(160, visit=visit_fields, describe=describe, summary=profile_summary)
