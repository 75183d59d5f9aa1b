"""The screen of a visit in the visit log."""

from __future__ import annotations

from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, VisitDetails
from tidemark.plugins.resolution.dimensions import UNKNOWN


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """Width x height."""
    return {"resolution": visit.row["config_resolution"] or UNKNOWN}


DETAILS = VisitDetails(130, visit=visit_fields)
