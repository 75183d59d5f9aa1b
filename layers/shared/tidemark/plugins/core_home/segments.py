"""Segments on the columns that sessions give every visit.

Source: Matomo 5.2, segments. Hours and dates are those of UTC, as there.
"""

from __future__ import annotations

from typing import Literal

from tidemark.plugin import Expression, Segment, call, col

VISITOR_TYPES = {"new": 0, "returning": 1, "returningCustomer": 2}
ECOMMERCE_STATES = {"none": 0, "ordered": 1, "abandonedCart": 2, "orderedThenAbandonedCart": 3}
DAY_SECONDS = 86_400


def _visits(
    segment: str,
    name: str,
    of: Expression,
    type: Literal["dimension", "metric"] = "dimension",  # noqa: A002 (the field's name)
    accepted_values: str = "",
) -> Segment:
    return Segment(segment, name, "Visitors", of, type=type, accepted_values=accepted_values)


def _hexadecimal(text: str) -> int | None:
    """An id of 16 hexadecimal digits as the logs hold it; None if it is none."""
    try:
        return int(text, 16)
    except ValueError:
        return None


def _address(text: str) -> str:
    return text.strip()


def _days(text: str) -> int | None:
    """Whole days as seconds."""
    try:
        return int(float(text)) * DAY_SECONDS
    except ValueError:
        return None


START = col("visit_first_action_time")
END = col("visit_last_action_time")


def _end_part(part: str) -> Expression:
    return call("date_part", part, END)


SEGMENTS: tuple[Segment, ...] = (
    # who
    Segment(
        "visitorId",
        "Visitor ID",
        "Visitors",
        col("visitor_id"),
        to_stored=_hexadecimal,
        needs_view_access=True,
        accepted_values="16 hexadecimal digits",
    ),
    Segment(
        "fingerprint",
        "Fingerprint",
        "Visitors",
        col("fingerprint"),
        to_stored=_hexadecimal,
        needs_view_access=True,
        accepted_values="16 hexadecimal digits",
    ),
    Segment("userId", "User ID", "Visitors", col("user_id"), needs_view_access=True, accepted_values="any text"),
    Segment("visitId", "Visit ID", "Visitors", col("idvisit"), needs_view_access=True, accepted_values="whole number"),
    Segment(
        "visitIp",
        "Visitor IP",
        "Visitors",
        col("location_ip"),
        type="metric",
        to_stored=_address,
        needs_view_access=True,
        accepted_values="13.54.122.1; several with >= and <=",
    ),
    _visits("profilable", "Profilable", col("is_profilable"), accepted_values="0 or 1"),
    # history
    Segment(
        "visitorType",
        "Visit type",
        "Visitors",
        col("visitor_returning"),
        to_stored=VISITOR_TYPES.get,
        accepted_values=", ".join(VISITOR_TYPES),
        suggestions=tuple(VISITOR_TYPES),
    ),
    _visits("visitCount", "Number of visits", col("visitor_count_visits"), "metric"),
    Segment(
        "daysSinceFirstVisit",
        "Days since first visit",
        "Visitors",
        col("visitor_seconds_since_first"),
        type="metric",
        to_stored=_days,
    ),
    _visits("secondsSinceFirstVisit", "Seconds since first visit", col("visitor_seconds_since_first"), "metric"),
    _visits(
        "daysSinceLastEcommerceOrder",
        "Days since last Ecommerce order",
        call("floor", col("visitor_seconds_since_order") / DAY_SECONDS),
        "metric",
    ),
    _visits(
        "secondsSinceLastEcommerceOrder",
        "Seconds since last Ecommerce order",
        col("visitor_seconds_since_order"),
        "metric",
    ),
    # what came of it
    Segment(
        "visitConverted",
        "Visit converted at least one Goal",
        "Visitors",
        col("visit_goal_converted"),
        accepted_values="0 or 1",
        suggestions=("0", "1"),
    ),
    Segment(
        "visitEcommerceStatus",
        "Visit Ecommerce status at the end of the visit",
        "Visitors",
        col("visit_goal_buyer"),
        to_stored=ECOMMERCE_STATES.get,
        accepted_values=", ".join(ECOMMERCE_STATES),
        suggestions=tuple(ECOMMERCE_STATES),
    ),
    _visits("visitDuration", "Visit Duration (in seconds)", col("visit_total_time"), "metric"),
    # when
    _visits("visitStartServerHour", "Site time — hour (start of visit)", call("date_part", "hour", START)),
    _visits("visitStartServerMinute", "Time in UTC — minute (start of visit)", call("date_part", "minute", START)),
    _visits("visitServerHour", "Site time — hour (time of last action)", _end_part("hour")),
    _visits("visitEndServerDate", "Time in UTC — date (time of last action)", call("date_text", END)),
    _visits("visitEndServerDayOfMonth", "Time in UTC — day of month (time of last action)", _end_part("day")),
    _visits("visitEndServerDayOfWeek", "Time in UTC — day of week (time of last action)", _end_part("dayofweek") + 1),
    _visits("visitEndServerDayOfYear", "Time in UTC — day of year (time of last action)", _end_part("dayofyear")),
    _visits("visitEndServerMinute", "Time in UTC — minute (time of last action)", _end_part("minute")),
    _visits("visitEndServerMonth", "Time in UTC — month (time of last action)", _end_part("month")),
    _visits("visitEndServerQuarter", "Time in UTC — quarter (time of last action)", _end_part("quarter")),
    _visits("visitEndServerSecond", "Time in UTC — second (Time of last action)", _end_part("second")),
    _visits("visitEndServerWeekOfYear", "Time in UTC — week of year (time of last action)", _end_part("week")),
    _visits("visitEndServerYear", "Time in UTC — year (time of last action)", _end_part("year")),
    Segment(
        "actionServerHour",
        "Site time — hour",
        "Behaviour",
        call("date_part", "hour", col("server_time")),
        table="actions",
    ),
    Segment(
        "actionServerMinute",
        "Time in UTC — minute",
        "Behaviour",
        call("date_part", "minute", col("server_time")),
        table="actions",
    ),
)
