"""How long ago the visit before a visit in the visit log was. Source: Matomo 5.2, Live.getLastVisitsDetails."""

from __future__ import annotations

from typing import Final

from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, VisitDetails

DAY_SECONDS: Final = 86_400


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """Days and seconds between the starts of the two visits."""
    seconds = visit.row["visitor_seconds_since_last"]
    return {"daysSinceLastVisit": (seconds or 0) // DAY_SECONDS, "secondsSinceLastVisit": seconds}


DETAILS = VisitDetails(120, visit=visit_fields)
