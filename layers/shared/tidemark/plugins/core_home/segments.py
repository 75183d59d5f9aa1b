"""Segments on the columns that sessions give every visit.

Source: Matomo 5.2, segments. Hours and dates are those of UTC, as there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Literal

from tidemark.model.errors import BadSegment
from tidemark.model.ip_range import address_bytes
from tidemark.plugin import MOST_SUGGESTIONS, Context, Details, Expression, Segment, call, col, number_suggestions

VISITOR_TYPES = {"new": 0, "returning": 1, "returningCustomer": 2}
ECOMMERCE_STATES = {"none": 0, "ordered": 1, "abandonedCart": 2, "orderedThenAbandonedCart": 3}
DAY_SECONDS = 86_400
_ID = re.compile("[0-9a-f]{16}")
HOURS = number_suggestions(0, 23)
MINUTES = number_suggestions(0, 59)
FIRST_YEAR = 2016
"""The first year that is suggested."""


def _visits(
    segment: str,
    name: str,
    of: Expression,
    type: Literal["dimension", "metric"] = "dimension",  # noqa: A002 (the field's name)
    accepted_values: str = "",
    suggestions: tuple[str, ...] = (),
) -> Segment:
    return Segment(segment, name, "Visitors", of, type=type, accepted_values=accepted_values, suggestions=suggestions)


def hexadecimal(text: str) -> int:
    """An id of 16 hexadecimal digits as the logs hold it.

    Raises: BadSegment for anything else.
    """
    if not _ID.fullmatch(text):
        raise BadSegment(f"An id of 16 hexadecimal digits (0-9, a-f) is expected, which '{text}' is not.")
    return int(text, 16)


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


def _of_end(segment: str, name: str, of: Expression, first: int, last: int) -> Segment:
    """A segment on a part of the time of the last action, which suggests the numbers from `first` to `last`."""
    return _visits(segment, f"Time in UTC — {name}", of, suggestions=number_suggestions(first, last))


def _last_dates(context: Context, _site: int, _visits: Sequence[Details]) -> list[str]:
    """The present day and those before it."""
    today = dt.datetime.fromtimestamp(context.now, dt.UTC).date()
    return [str(today - dt.timedelta(days=days)) for days in range(MOST_SUGGESTIONS)]


SEGMENTS: tuple[Segment, ...] = (
    # who
    Segment(
        "visitorId",
        "Visitor ID",
        "Visitors",
        col("visitor_id"),
        to_stored=hexadecimal,
        needs_view_access=True,
        accepted_values="16 hexadecimal digits",
    ),
    Segment(
        "fingerprint",
        "Fingerprint",
        "Visitors",
        col("fingerprint"),
        to_stored=hexadecimal,
        needs_view_access=True,
        accepted_values="16 hexadecimal digits",
    ),
    Segment("userId", "User ID", "Visitors", col("user_id"), needs_view_access=True, accepted_values="any text"),
    Segment("visitId", "Visit ID", "Visitors", col("idvisit"), needs_view_access=True, accepted_values="whole number"),
    Segment(
        "visitIp",
        "Visitor IP",
        "Visitors",
        call("address_bytes", col("location_ip")),
        type="metric",
        to_stored=address_bytes,
        needs_view_access=True,
        accepted_values="13.54.122.1; several with >= and <=",
    ),
    _visits("profilable", "Profilable", col("is_profilable"), accepted_values="0 or 1", suggestions=("0", "1")),
    # history
    Segment(
        "visitorType",
        "Visit type",
        "Visitors",
        col("visitor_returning"),
        to_stored=VISITOR_TYPES.get,
        accepted_values=", ".join(VISITOR_TYPES),
        suggestions=tuple(reversed(VISITOR_TYPES)),
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
    _visits(
        "visitStartServerHour",
        "Site time — hour (start of visit)",
        call("date_part", "hour", START),
        suggestions=HOURS,
    ),
    _visits(
        "visitStartServerMinute",
        "Time in UTC — minute (start of visit)",
        call("date_part", "minute", START),
        suggestions=MINUTES,
    ),
    _visits("visitServerHour", "Site time — hour (time of last action)", _end_part("hour")),
    Segment(
        "visitEndServerDate",
        "Time in UTC — date (time of last action)",
        "Visitors",
        call("date_text", END),
        suggest=_last_dates,
    ),
    _of_end("visitEndServerDayOfMonth", "day of month (time of last action)", _end_part("day"), 0, 31),
    _of_end("visitEndServerDayOfWeek", "day of week (time of last action)", _end_part("dayofweek") + 1, 1, 7),
    _of_end("visitEndServerDayOfYear", "day of year (time of last action)", _end_part("dayofyear"), 1, 366),
    _of_end("visitEndServerMinute", "minute (time of last action)", _end_part("minute"), 0, 59),
    _of_end("visitEndServerMonth", "month (time of last action)", _end_part("month"), 1, 12),
    _of_end("visitEndServerQuarter", "quarter (time of last action)", _end_part("quarter"), 1, 4),
    _of_end("visitEndServerSecond", "second (Time of last action)", _end_part("second"), 0, 59),
    _of_end("visitEndServerWeekOfYear", "week of year (time of last action)", _end_part("week"), 1, 53),
    _visits(
        "visitEndServerYear",
        "Time in UTC — year (time of last action)",
        _end_part("year"),
        suggestions=tuple(str(year) for year in range(FIRST_YEAR, FIRST_YEAR + MOST_SUGGESTIONS + 1)),
    ),
    Segment(
        "actionServerHour",
        "Site time — hour",
        "Behaviour",
        call("date_part", "hour", col("server_time")),
        table="actions",
        suggestions=HOURS,
    ),
    Segment(
        "actionServerMinute",
        "Time in UTC — minute",
        "Behaviour",
        call("date_part", "minute", col("server_time")),
        table="actions",
        suggestions=MINUTES,
    ),
)
