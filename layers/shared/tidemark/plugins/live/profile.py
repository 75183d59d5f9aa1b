"""A visitor's profile: all that their visits tell. Source: Matomo 5.2, Live.getVisitorProfile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from tidemark.model.table import DataTable, Row
from tidemark.model.visit_reader import VisitQuery, VisitReader
from tidemark.plugin import Context, Details, VisitDetails
from tidemark.plugin.visit_details import ProfileFields
from tidemark.plugins.live.details import visible_id
from tidemark.plugins.live.story import Storyteller, actions_read

DEFAULT_VISITS_SHOWN: Final = 10
Choice = Callable[[VisitDetails], ProfileFields | None]


def profile_of(
    call: Context, idsite: int, visitor_id: int, segment: str, shown: int = DEFAULT_VISITS_SHOWN
) -> dict[str, Any]:
    """The profile, empty if there is no visit; `shown` of the last visits stand in it."""
    most = call.settings.number("General.live_visitor_profile_max_visits_to_aggregate")
    reader = call.service(VisitReader)
    query = VisitQuery(
        (idsite,), segment=segment, visitor_id=visitor_id, limit=most + 1, most_actions=actions_read(call.settings)
    )
    found = reader.visits(query)
    if not found:
        return {}
    teller = Storyteller(call, found[:most])
    visits = teller.told()
    latest = found[0].row["visit_last_action_time"]
    return {
        "visitorId": visible_id(call, visitor_id),
        "hasMoreVisits": len(found) > most,
        **_fields(teller, lambda share: share.totals, visits),
        **_fields(teller, lambda share: share.found, visits),
        "lastVisits": DataTable(Row(visit) for visit in visits[:shown]),
        **_neighbours(call, idsite, visitor_id, segment, latest),
        **_fields(teller, lambda share: share.summary, visits),
        "visitsAggregated": min(shown, len(visits)),
    }


def _fields(teller: Storyteller, choose: Choice, visits: Sequence[Details]) -> Details:
    fields: Details = {}
    for share in teller.shares:
        tell = choose(share)
        if tell is not None:
            fields.update(tell(visits, teller.context))
    return fields


def _neighbours(call: Context, idsite: int, visitor_id: int, segment: str, latest: int) -> dict[str, str | bool]:
    """The next visitor is the one who was there before: the log shows the newest first. False for none."""
    found = call.service(VisitReader).neighbours(idsite, visitor_id, latest, segment)
    return {
        "nextVisitorId": visible_id(call, found.before),
        "previousVisitorId": visible_id(call, found.after),
    }
