"""What ingest notes in the table archive_state of the days and sites whose hits it stored."""

from __future__ import annotations

from datetime import date

from tidemark.model.daylog import WAITING_SINCE, mark_key
from tidemark.stores.ports import Absent, AnyOf, ConditionFailedError, LessThan, Not, Table


def mark_day(state: Table, idsite: int, day: str, now: int) -> None:
    """Say that a site's local day has changed; `since` is the real time of the first mark, WAITING_SINCE of an unread one."""
    state.update(
        *mark_key(idsite, date.fromisoformat(day)), add={"mark": 1}, initial={"since": now, WAITING_SINCE: now}
    )


def note_created(state: Table, idsite: int, since: int) -> None:
    """Say that a site is at least this old (unix seconds)."""
    try:
        state.update(
            f"site#{idsite}",
            "created",
            assign={"ts_created": since},
            condition=AnyOf((Absent("ts_created"), Not(LessThan("ts_created", since + 1)))),
        )
    except ConditionFailedError:
        return
