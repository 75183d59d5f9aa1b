"""The browser's language of a visit in the visit log. Source: Matomo 5.2, Live.getLastVisitsDetails."""

from __future__ import annotations

from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, VisitDetails
from tidemark.plugins.user_language.reports import name_of


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """Code and name."""
    code = visit.row["location_browser_lang"] or ""
    return {"languageCode": code, "language": name_of(code)}


DETAILS = VisitDetails(40, visit=visit_fields)
