"""Visit logs of a few hits, as plain rows."""

from __future__ import annotations

import pyarrow as pa

from tests.support.hit_rows import NOON, table
from tidemark.columns import arrow_schema
from tidemark.model.log import VISITOR_COLUMNS
from tidemark.sessions.rules import Rules
from tidemark.sessions.sessionise import NO_HISTORY, History, sessionise


def logs_of(rows, history=NO_HISTORY, **rules):
    """All tables as lists of rows; visits by their start, actions in the order of their visits."""
    chosen = Rules(1, **rules)
    logs = {
        name: made.to_pylist() for name, made in sessionise(table(rows, chosen.dimensions), history, chosen).items()
    }
    logs["visits"].sort(key=lambda visit: (visit["visit_first_action_time"], visit["visitor_id"]))
    return logs


def visits_of(rows, history=NO_HISTORY, **rules):
    """The visits by their start."""
    return logs_of(rows, history, **rules)["visits"]


def the_visit(rows, history=NO_HISTORY, **rules):
    """The only visit."""
    (visit,) = visits_of(rows, history, **rules)
    return visit


def starts(rows, history=NO_HISTORY, **rules):
    """When the visits begin, in seconds after noon."""
    return [visit["visit_first_action_time"] - NOON for visit in visits_of(rows, history, **rules)]


def earlier(*visitors, orders=()):
    """What earlier days say: (visitor id, first visit, last visit, visits, last visit with an order), times as of noon."""
    names = [column.name for column in VISITOR_COLUMNS]
    rows = [
        dict(
            zip(
                names, (who, NOON + first, NOON + last, visits, None if order is None else NOON + order, 0), strict=True
            )
        )
        for who, first, last, visits, order in visitors
    ]
    return History(pa.Table.from_pylist(rows, schema=arrow_schema(VISITOR_COLUMNS)), frozenset(orders))
