"""Contents in the visit log. Source: Matomo 5.2, Live.getLastVisitsDetails."""

from __future__ import annotations

from tidemark.model.action_type import ActionType
from tidemark.model.visit_reader import LogRow
from tidemark.plugin import Details, VisitDetails


def columns(row: LogRow) -> Details:
    """Name, piece, target and interaction; none without a URL, by which contents are told."""
    if row["action_type"] != ActionType.CONTENT or row["url"] is None:
        return {}
    return {
        "contentName": row["content_name"],
        "contentPiece": row["content_piece"],
        "contentTarget": row["content_target"],
        "contentInteraction": row["content_interaction"],
    }


DETAILS = VisitDetails(90, columns=columns)
