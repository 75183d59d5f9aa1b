"""Six tables of events, one for every ordered pair of category, action and name. Source: Matomo 5.2, records."""

from __future__ import annotations

from html import unescape
from itertools import permutations

from tidemark.model.hit import ActionType
from tidemark.plugin import (
    Empty,
    Expression,
    Limit,
    Measure,
    Record,
    Segment,
    Source,
    call,
    case,
    col,
    count,
    distinct,
    largest,
    record,
    smallest,
    total,
)

NAME_NOT_SET = "Events_EventNameNotSet"
IS_EVENT = col("action_type").eq(ActionType.EVENT)
LIMIT = Limit(
    "General.datatable_archiving_maximum_rows_events", "General.datatable_archiving_maximum_rows_subtable_events"
)

PARTS = ("category", "action", "name")
GRAIN = tuple(col(f"event_{part}") for part in PARTS)
METRICS: tuple[Measure, ...] = (
    distinct("nb_uniq_visitors", col("visitor_id"), "sum_daily_nb_uniq_visitors"),
    distinct("nb_visits", col("idvisit")),
    count("nb_events"),
    count("nb_events_with_value", where=col("event_value").not_null()),
    total("sum_event_value", col("event_value"), decimals=2),
    smallest("min_event_value", call("round", col("event_value"), 2)),
    largest("max_event_value", call("round", col("event_value"), 2), empty=Empty.NULL),
)


def _main(part: str) -> Expression:
    """The label in the main table: a name may be missing, the others never are."""
    value = call("nullif", col(f"event_{part}"), "")
    return call("coalesce", value, NAME_NOT_SET) if part == "name" else value


def _sub(part: str) -> Expression:
    return call("nullif", col(f"event_{part}"), "")


BY_PARTS: dict[tuple[str, str], Record] = {
    (main, sub): record(
        f"Events_{main}_{sub}",
        (_main(main), _sub(sub)),
        METRICS,
        source=Source.ACTIONS,
        where=IS_EVENT,
        grain=GRAIN,
        limit=LIMIT,
    )
    for main, sub in permutations(PARTS, 2)
}
RECORDS: tuple[Record, ...] = tuple(BY_PARTS.values())


def _segment(segment: str, name: str, column: str) -> Segment:
    return Segment(segment, name, "Events", case((IS_EVENT, col(column))), "actions", to_stored=unescape)


SEGMENTS: tuple[Segment, ...] = (
    _segment("eventCategory", "Event Category", "event_category"),
    _segment("eventAction", "Event Action", "event_action"),
    _segment("eventName", "Event Name", "event_name"),
    _segment("eventUrl", "Event URL", "url"),
    Segment("eventValue", "Event value", "Events", col("event_value"), "actions", "metric"),
    Segment("events", "Events", "Visitors", col("visit_total_events"), type="metric", accepted_values="0 or more"),
)
