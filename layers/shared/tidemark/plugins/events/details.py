"""Events in the visit log. Source: Matomo 5.2, Live API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tidemark.model.action_type import ActionType
from tidemark.model.rounding import round_half_up
from tidemark.model.visit_reader import LoggedVisit, LogRow
from tidemark.plugin import Details, DetailsContext, Entry, VisitDetails

VALUE_DIGITS: Final = 3
NAMELESS: Final = (None, "", "0")


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """How many events there were."""
    return {"events": visit.row["visit_total_events"]}


def columns(row: LogRow) -> Details:
    """Category and action."""
    if row["action_type"] != ActionType.EVENT:
        return {}
    return {"eventCategory": row["event_category"], "eventAction": row["event_action"]}


def describe(entry: Entry, _visit: LoggedVisit, _context: DetailsContext) -> None:
    """Title, subtitle, name and value. The quotation marks are those of Matomo."""
    if entry.kind != "event":
        return
    row, details = entry.row, entry.details
    subtitle = f"Category: \"{row['event_category']}'"
    if row["event_action"]:
        subtitle += f', Action: "{row["event_action"]}"'
    details |= {"icon": None, "iconSVG": None, "title": "Event", "subtitle": subtitle}
    if row["event_name"] not in NAMELESS:
        details["eventName"] = row["event_name"]
    if row["event_value"] is not None:
        details["eventValue"] = round_half_up(row["event_value"], VALUE_DIGITS)


def profile_totals(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """How many events a visitor caused."""
    return {"totalEvents": sum(line["type"] == "event" for visit in visits for line in visit["actionDetails"])}


DETAILS = VisitDetails(80, visit=visit_fields, columns=columns, describe=describe, totals=profile_totals)
