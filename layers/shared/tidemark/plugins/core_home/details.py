"""What every visit in the visit log tells of its visitor. Source: Matomo 5.2, Live.getLastVisitsDetails."""

from __future__ import annotations

from typing import Final

from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, VisitDetails

DAY_SECONDS: Final = 86_400
VISITOR_TYPES: Final = ("new", "returning", "returningCustomer")
ECOMMERCE_STATUS: Final = ("none", "ordered", "abandonedCart", "orderedThenAbandonedCart")


def visit_fields(visit: LoggedVisit, context: DetailsContext) -> Details:
    """Who the visitor is, what came of the visit, and how long it lasted."""
    row = visit.row
    seconds = row["visit_total_time"] or 0
    return {
        "userId": row["user_id"] or None,
        "visitorType": VISITOR_TYPES[row["visitor_returning"] or 0],
        "visitorTypeIcon": None,
        "visitConverted": row["visit_goal_converted"] or 0,
        "visitConvertedIcon": None,
        "visitCount": row["visitor_count_visits"],
        "visitEcommerceStatus": ECOMMERCE_STATUS[row["visit_goal_buyer"] or 0],
        "visitEcommerceStatusIcon": None,
        "daysSinceFirstVisit": _days(row["visitor_seconds_since_first"]),
        "secondsSinceFirstVisit": row["visitor_seconds_since_first"],
        "daysSinceLastEcommerceOrder": _days(row["visitor_seconds_since_order"]),
        "secondsSinceLastEcommerceOrder": row["visitor_seconds_since_order"],
        "visitDuration": seconds,
        "visitDurationPretty": context.call.in_words(seconds),
    }


def _days(seconds: int | None) -> int:
    return (seconds or 0) // DAY_SECONDS


DETAILS = VisitDetails(10, visit=visit_fields)
