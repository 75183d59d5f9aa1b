"""Conversions of goals in the visit log. Source: Matomo 5.2, Live API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tidemark.model.action_type import REFERRER_TYPE_NAMES
from tidemark.model.registry import Registry
from tidemark.model.visit_reader import ACTION_NUMBER, LoggedVisit, LogRow
from tidemark.plugin import Details, DetailsContext, Entry, VisitDetails


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """How many conversions of goals there were."""
    return {"goalConversions": sum(row["idgoal"] > 0 for row in visit.conversions)}


def entries(visit: LoggedVisit, context: DetailsContext) -> list[Entry]:
    """A line per conversion of a goal."""
    pages = {row["sequence"]: row for row in visit.actions}
    return [_entry(row, pages.get(row["sequence"]), context) for row in visit.conversions if row["idgoal"] > 0]


def _entry(row: LogRow, page: LogRow | None, context: DetailsContext) -> Entry:
    name = _names(row["idsite"], context).get(row["idgoal"])
    revenue = row["revenue"] or 0
    page_id = page[ACTION_NUMBER] if page is not None else None
    details = {
        "type": "goal",
        "goalName": name,
        "goalId": row["idgoal"] if name is not None else None,
        "idpageview": (page["idpageview"] or "") if page is not None else None,
        "revenue": revenue,
        "goalPageId": page_id,
        "serverTimePretty": None,
        "url": row["url"] or "",
        "referrerType": REFERRER_TYPE_NAMES.get(row["referer_type"], ""),
        "referrerName": row["referer_name"] or None,
        "referrerKeyword": row["referer_keyword"] or None,
    }
    subtitle = name or ""
    if revenue:
        subtitle += f" ({context.money(row['idsite'], revenue)} revenue)"
    return Entry("goal", row, details, page_id, "Goal conversion", subtitle)


def _names(idsite: int, context: DetailsContext) -> Mapping[int, str]:
    """Names of the site's goals, without deleted ones."""

    def of_site() -> Mapping[int, str]:
        return {goal.idgoal: goal.name for goal in context.call.service(Registry).goals(idsite)}

    return context.once(("goals", idsite), of_site)


def profile_totals(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """How often a visitor converted, and by goal."""
    counts = Counter(line["goalId"] for line in _conversions(visits))
    return {
        "totalGoalConversions": sum(visit["goalConversions"] for visit in visits),
        "totalConversionsByGoal": {f"idgoal={idgoal}": count for idgoal, count in counts.items()},
    }


def profile_found(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """What the conversions were worth, by goal; nothing if nothing."""
    revenue: dict[str, float] = {}
    for line in _conversions(visits):
        if line["revenue"]:
            goal = f"idgoal={line['goalId']}"
            revenue[goal] = revenue.get(goal, 0) + line["revenue"]
    return {"totalRevenueByGoal": revenue} if revenue else {}


def _conversions(visits: Sequence[Details]) -> list[Details]:
    lines = (line for visit in visits for line in visit["actionDetails"])
    return [line for line in lines if line["type"] == "goal" and line["goalId"]]


DETAILS = VisitDetails(60, visit=visit_fields, entries=entries, totals=profile_totals, found=profile_found)
