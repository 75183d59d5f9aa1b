"""Lets readers see the visit log of a day, and makes stale what it makes wrong: later days that build on what it said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from tidemark.clock import Clock
from tidemark.model.daylog import LOG_TABLES, DayLog
from tidemark.model.period import ONE_DAY
from tidemark.sessions.histories import first_day_of_history, touched_by
from tidemark.sessions.log_files import log_prefix
from tidemark.sessions.rollups import forgotten
from tidemark.sessions.sources import sources_prefix
from tidemark.sessions.states import (
    PublishedLog,
    SiteState,
    history_digest,
    put_log,
    raise_mark,
    read_log,
    read_logs,
)
from tidemark.stores.ports import ConditionFailedError, NotFoundError, Objects, Table

ONE_MONTH: Final = timedelta(days=31)


class Publication:
    """The published logs of all sites. `horizon`: how far a visitor's history reaches back, and on to that month's start."""

    def __init__(self, objects: Objects, state: Table, clock: Clock, horizon: timedelta) -> None:
        """`state` is the table archive_state."""
        self._objects = objects
        self._state = state
        self._clock = clock
        self._horizon = horizon

    def publish(self, made: PublishedLog, state: SiteState) -> None:
        """Let readers see the log, unless there is one of newer hits by now."""
        idsite, day = made.log.idsite, made.log.day
        while True:
            old = read_log(self._state, idsite, day)
            if old is not None and old.mark > made.mark:
                state.logs[day] = old
                return
            new = replace(made, unsettled=_left_behind(old))
            try:
                put_log(self._state, new, old)
            except ConditionFailedError:
                continue
            state.logs[day] = new
            return

    def settle(self, state: SiteState, day: date, reach_days: int) -> list[date]:
        """Make stale what the publication of a day's log left inconsistent; these days.

        That are the later days which build on what the day says no longer, and the day itself if an earlier one was
        published anew while it was made from the old log. Who publishes a day looks at the others only afterwards: of
        two who do so at once, at least one sees the other's log. `reach_days`: how far visits go on at midnight.
        """
        published = state.logs[day]
        if published.unsettled is None:
            return []
        idsite, reach = published.log.idsite, timedelta(days=reach_days)
        first = first_day_of_history(day, self._horizon)
        earlier = read_logs(self._state, idsite, first, day - reach - ONE_DAY)
        later = read_logs(self._state, idsite, day + reach + ONE_DAY, day + self._horizon + ONE_MONTH)
        looking_back = [when for when in sorted(later) if first_day_of_history(when, self._horizon) <= day]
        marked = [log.day for log in self._touched(published, [later[when].log for when in looking_back])]
        if history_digest(earlier) != published.history:
            marked.append(day)
        for one in marked:
            raise_mark(self._state, idsite, one, self._clock.now())
        self._sweep(published)
        settled = replace(published, unsettled=None)
        with suppress(ConditionFailedError):  # published anew meanwhile: whoever did that settles it
            put_log(self._state, settled, published)
            state.logs[day] = settled
        return marked

    def _sweep(self, published: PublishedLog) -> None:
        """Delete the tables and sources of logs that were replaced long ago."""
        idsite, day = published.log.idsite, published.log.day
        tables = [published.log.all_keys, published.unsettled or {}]
        kept = {key for named in tables for keys in named.values() for key in keys} | {published.sources}
        prefixes = [*(log_prefix(table, idsite, day) for table in LOG_TABLES), sources_prefix(idsite, day)]
        for prefix in prefixes if published.unsettled else ():
            self._objects.delete(list(forgotten(self._objects, self._clock, prefix, kept)))

    def _touched(self, published: PublishedLog, later: list[DayLog]) -> list[DayLog]:
        """Those of the later days on which visitors come back whom the change concerns."""
        if not later:
            return []
        try:
            return touched_by(self._objects, published.unsettled or {}, published.log.all_keys, later)
        except NotFoundError:  # the old log is gone: anyone may be concerned
            return later


def _left_behind(old: PublishedLog | None) -> Mapping[str, Sequence[str]]:
    """The objects of the log that later days may still build on when the old one is replaced."""
    if old is None:
        return {}
    return old.log.all_keys if old.unsettled is None else old.unsettled
