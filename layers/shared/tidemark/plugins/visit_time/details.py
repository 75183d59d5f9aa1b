"""The time on the visitor's clock of a visit in the visit log. Source: Matomo 5.2, Live.getLastVisitsDetails."""

from __future__ import annotations

from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, VisitDetails


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """Time (12:34:06) and hour when the visit began."""
    seconds = visit.row["visitor_localtime"] or 0
    hour = seconds // 3600
    return {"visitLocalTime": f"{hour:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}", "visitLocalHour": str(hour)}


DETAILS = VisitDetails(110, visit=visit_fields)
