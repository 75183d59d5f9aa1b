"""Reports about events."""

from __future__ import annotations

from html import escape
from itertools import permutations
from typing import Any

from tidemark.model.table import DataTable
from tidemark.plugin import Metric, Report, TableContext, everywhere, ratio, relabel, segment_value
from tidemark.plugins.events.api import SECONDARY
from tidemark.plugins.events.records import BY_PARTS, NAME_NOT_SET, PARTS

NAME_NOT_DEFINED = "Event Name not defined"
COLUMNS = ("nb_events", "sum_event_value", "min_event_value", "max_event_value", "nb_events_with_value")
PLURALS = {"category": "Event Categories", "action": "Event Actions", "name": "Event Names"}

METRICS: tuple[Metric, ...] = (
    Metric("nb_events", "Events", documentation="How many events there were."),
    Metric("sum_event_value", "Event value", documentation="The sum of the events' values."),
    Metric("min_event_value", "Minimum Event value"),
    Metric("max_event_value", "Maximum Event value"),
    Metric("nb_events_with_value", "Events with a value"),
)
AVG_EVENT_VALUE = ratio(
    "avg_event_value",
    "Average value",
    "sum_event_value",
    "nb_events_with_value",
    digits=2,
    documentation="The events' values on average, those without value left out.",
)


WITHOUT_AVERAGE = frozenset({("category", "name")})
"""Subtables that, asked for alone, do not tell averages. Source: Matomo 5.2, plugins/Events/Reports."""


def is_flat(context: TableContext) -> bool:
    """Whether the answer will be one level."""
    return str(context.call.params.get("flat", "0")) == "1"


def name_or_not(label: Any) -> Any:
    """A readable label for events without name."""
    return NAME_NOT_DEFINED if label == NAME_NOT_SET else label


def _segment_value(label: Any) -> Any:
    """Matomo stores events' labels with HTML entities and shows them so in segments."""
    return None if label == NAME_NOT_SET else escape(str(label)).replace("&#x27;", "&#039;")


def prepare(table: DataTable, context: TableContext) -> None:
    """Segments in answers with levels, and in subtables asked for; labels for missing names."""
    if is_flat(context) and not context.report.is_subtable:
        everywhere(relabel(name_or_not))(table, context)
    else:
        segment_value(_segment_value)(table, context)
        relabel(name_or_not)(table, context)


def _main(main: str, order: int) -> Report:
    default = next(iter(SECONDARY[main].values()))
    return Report(
        f"Events.get{main.capitalize()}",
        PLURALS[main],
        "Actions",
        "Events",
        record=BY_PARTS[main, default],
        dimension=f"Event {main.capitalize()}",
        dimension_id=f"Events.Event{main.capitalize()}",
        segment=f"event{main.capitalize()}",
        metrics=COLUMNS,
        processed=(AVG_EVENT_VALUE,),
        filters=(prepare,),
        order=order,
        load_subtables=f"Events.get{default.capitalize()}From{main.capitalize()}Id",
        documentation=f"What happened, by the {main} that the website gave it.",
    )


def _below(main: str, sub: str) -> Report:
    return Report(
        f"Events.get{sub.capitalize()}From{main.capitalize()}Id",
        PLURALS[sub],
        "Actions",
        "Events",
        record=BY_PARTS[main, sub],
        dimension=f"Event {sub.capitalize()}",
        dimension_id=f"Events.Event{sub.capitalize()}",
        segment=f"event{sub.capitalize()}",
        processed=() if (main, sub) in WITHOUT_AVERAGE else (AVG_EVENT_VALUE,),
        filters=(prepare,),
        order=1,
        is_subtable=True,
        documentation=f"The {PLURALS[sub].lower()} within one {main}.",
    )


REPORTS: tuple[Report, ...] = (
    *(_main(main, order) for order, main in enumerate(PARTS)),
    *(_below(main, sub) for main, sub in permutations(PARTS, 2)),
)
