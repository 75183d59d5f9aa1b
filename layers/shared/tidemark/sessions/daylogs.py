"""Publishes the visit logs of all sites: brings stale days up to date, oldest first."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.clock import Clock
from tidemark.countdown import Countdowns, Work
from tidemark.model.daylog import LOG_TABLES, DayLog, DayPart, LogTable, PartSender
from tidemark.model.hit import Column
from tidemark.model.period import ONE_DAY, local_date, midnight_utc
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin.plugin import Plugins
from tidemark.sessions.fan_out import DaySource, FanOut, part_key
from tidemark.sessions.histories import first_day_of_history, history_of
from tidemark.sessions.hit_files import hit_etags, hit_paths, joined, read_file, rows_in
from tidemark.sessions.hits import hit_columns, single
from tidemark.sessions.imported import StoredImports, merged, shared_out
from tidemark.sessions.log_files import as_one, files_of, log_key, read_table, read_visits, version_of
from tidemark.sessions.parts import LINK_COLUMNS, hits_within, parts_needed, read_part, split_hits
from tidemark.sessions.publication import Publication
from tidemark.sessions.refreshing import refreshed
from tidemark.sessions.rules import Rules, own_columns, rules_of
from tidemark.sessions.sessionise import History, Logs, log_columns, sessionise
from tidemark.sessions.sources import Sources, fingerprints_of, hits_of, key_of, new_files
from tidemark.sessions.states import (
    PublishedLog,
    SiteState,
    history_digest,
    read_logs,
    read_mark,
    read_state,
    whole_of,
)
from tidemark.stores.ports import NotFoundError, Objects, Table
from tidemark.turns import Turns

DEFAULT_HORIZON_DAYS: Final = 400  # a little more than Matomo's visitor cookie lives
DEFAULT_MEMORY_MB: Final = 2500


class Sessions:
    """Visit logs in the stores; implements tidemark.model.daylog.VisitLogs.

    `horizon_days`: how many days a visitor's history reaches back (and on to the start of that month), and how far
    forward a late hit changes it. `part_hits`: a day with more hits is made in parts, one after the other.
    """

    def __init__(
        self,
        objects: Objects,
        state: Table,
        snapshot: Callable[[], TrackerSnapshot],
        plugins: Plugins,
        clock: Clock,
        horizon_days: int = DEFAULT_HORIZON_DAYS,
        part_hits: int = hits_within(DEFAULT_MEMORY_MB),
        turns: Turns | None = None,
    ) -> None:
        """`state` is the table archive_state, `snapshot` gives the tracker's present view of all sites.

        `turns`: of the process's heavy work.
        """
        self._objects = objects
        self._state = state
        self._snapshot = snapshot
        self._dimensions = own_columns(plugins.dimensions())
        self._clock = clock
        self._horizon = timedelta(days=horizon_days)
        self._part_hits = part_hits
        self.imports = StoredImports(objects, state, clock, self._dimensions)
        self._fan_out = FanOut(objects, Countdowns(state, clock))
        self._publication = Publication(objects, state, clock, self._horizon)
        self._turns = turns or Turns()

    def ensure(self, idsite: int, last: date, send: PartSender | None = None) -> None:
        """As the protocol says. Each day is made once at most; hits that arrive meanwhile leave it stale.

        Threads take turns: who waited finds made what others made meanwhile.
        """
        site = self._snapshot().site(idsite)
        if site is None:
            return
        state = read_state(self._state, idsite)
        if not _unsettled(state) and not self._stale(site, state, last):
            return
        with self._turns.taken() as has_waited:
            self._make_stale(site, last, read_state(self._state, idsite) if has_waited else state, send)

    def _stale(self, site: TrackedSite, state: SiteState, last: date) -> list[date]:
        rules = self._rules(site)
        return [day for day in state.stale(_inputs(site, rules), rules.reach) if day <= last]

    def _make_stale(self, site: TrackedSite, last: date, state: SiteState, send: PartSender | None) -> None:
        waiting, reach = self._stale(site, state, last), self._rules(site).reach
        for day in _unsettled(state):
            waiting += [marked for marked in self._publication.settle(state, day, reach) if marked <= last]
        heapq.heapify(waiting)
        done: date | None = None
        while waiting:
            day = heapq.heappop(waiting)
            if day != done:
                self._make(site, day, state, send)
                for marked in self._publication.settle(state, day, reach):
                    if day < marked <= last:
                        heapq.heappush(waiting, marked)
            done = day

    def days(self, idsite: int, first: date, last: date) -> Sequence[DayLog]:
        """As the protocol says."""
        found = read_logs(self._state, idsite, first, last)
        return [published.log for _, published in sorted(found.items()) if published.log.rows.get("visits")]

    def stale_days(self, idsite: int) -> Sequence[date]:
        """As the protocol says; a day is stale too while its publication is not settled."""
        site = self._snapshot().site(idsite)
        if site is None:
            return []
        state = read_state(self._state, idsite)
        rules = self._rules(site)
        return sorted({*state.stale(_inputs(site, rules), rules.reach), *_unsettled(state)})

    def read(self, log: DayLog, table: LogTable, columns: Sequence[str] | None = None) -> pa.Table:
        """As the protocol says. Texts are encoded by dictionary."""
        wanted = [one for one in log_columns(table, self._dimensions) if columns is None or one.name in columns]
        return as_one(read_table(self._objects, log, table, [one.name for one in wanted]), wanted)

    def read_visits(self, log: DayLog, table: LogTable, idvisits: pa.Array) -> pa.Table:
        """As the protocol says."""
        return as_one(read_visits(self._objects, log, table, idvisits), log_columns(table, self._dimensions))

    def _rules(self, site: TrackedSite) -> Rules:
        return rules_of(site, self._snapshot().settings, self._dimensions)

    def make_part(self, idsite: int, part: DayPart) -> bool:
        """As the protocol says. A part whose earlier days changed meanwhile is left to a new plan."""
        site, work = self._snapshot().site(idsite), self._fan_out.part(idsite, part)
        if site is None or work is None:
            return False
        rules = self._rules(site)
        earlier = read_logs(self._state, idsite, first_day_of_history(part.day, self._horizon), part.day - ONE_DAY)
        if work.facts != {**work.facts, "inputs": _inputs(site, rules), "history": history_digest(earlier)}:
            return False
        if part.number in work.results:
            return not work.missing
        with self._objects.local_files([part_key(idsite, part.day, part.plan, part.number)]) as (path,):
            hits = read_part(Path(path), hit_columns(self._dimensions))
            history = self._history(hits, part.day, [earlier[day].log for day in sorted(earlier)])
            log = self._store(idsite, part.day, sessionise(hits, history, rules))
        return self._fan_out.note_done(idsite, part, log)

    def _make(self, site: TrackedSite, day: date, state: SiteState, send: PartSender | None) -> None:
        """Make the log of a day and publish it. Raises: PartsMissingError."""
        rules, zone = self._rules(site), time_zone(site.timezone)
        reach = timedelta(days=rules.reach)
        # read before any hit: a mark that is set later leaves the day stale
        mark = read_mark(self._state, site.idsite, day, rules.reach)
        bounds = midnight_utc(day, zone), midnight_utc(day + ONE_DAY, zone)
        around = midnight_utc(day - reach, zone), midnight_utc(day + ONE_DAY + reach, zone)
        earlier = _between(state.logs, first_day_of_history(day, self._horizon), day - reach - ONE_DAY)
        before = [earlier[when].log for when in sorted(earlier)]
        kept = bounds if rules.reach else None
        present = hit_etags(self._objects, site.idsite, *around)
        digest = history_digest(earlier)
        imported = self.imports.read(site.idsite, day)
        is_plain = imported is None and not rules.reach
        new = (
            None if not is_plain else self._refreshed(site, state.logs.get(day), rules, digest, before, present, around)
        )
        if new is None and send is not None and is_plain:
            source = DaySource(mark, _inputs(site, rules), digest, present)
            made = self._made_by_others(site.idsite, day, source, around, state.logs.get(day), send)
            if made is not None:
                log, work = made
                facts = work.facts
                self._publication.publish(
                    PublishedLog(log, int(facts["mark"]), facts["inputs"], facts["history"], None), state
                )
                self._fan_out.finish(site.idsite, day, work)
                return
        if new is None:

            def made_of(hits: pa.Table) -> Logs:
                return sessionise(hits, self._history(hits, day, before), rules, kept)

            # a map holds on to nothing, as a loop's variable would
            made_logs: Iterator[Logs] = map(made_of, self._hits(site.idsite, around, may_split=not rules.reach))
            if imported is not None:
                made_logs = self._with_imported(made_logs, imported)
            logs = tuple(map(partial(self._store, site.idsite, day), made_logs))
            log = logs[0] if len(logs) == 1 else whole_of(logs)
            new = log, self._sources(site, log, present, around) if is_plain else ""
        log, sources = new
        self._publication.publish(PublishedLog(log, mark, _inputs(site, rules), digest, None, sources), state)

    def _with_imported(self, parts: Iterator[Logs], imported: Logs) -> Iterator[Logs]:
        """The logs of a day's hits, in parts or not, with its imported visits."""
        first = next(parts)
        second = next(parts, None)
        if second is None:
            yield merged(first, imported, self._dimensions)
            return
        empty: Logs = {name: table.slice(0, 0) for name, table in first.items()}
        yield from shared_out(chain((first, second), parts), imported, self._dimensions, empty)

    def _made_by_others(
        self,
        idsite: int,
        day: date,
        source: DaySource,
        around: tuple[int, int],
        published: PublishedLog | None,
        send: PartSender,
    ) -> tuple[DayLog, Work] | None:
        """The log of a day that others made the parts of; None if it is small. Raises: PartsMissingError."""
        work = self._fan_out.under_way(idsite, day, source, published)
        if work is None:
            with hit_paths(self._objects, idsite, *around) as paths:
                parts = parts_needed(rows_in(paths), self._part_hits)
                if parts == 1:
                    return None
                work = self._fan_out.split(idsite, day, source, paths, around, hit_columns(self._dimensions), parts)
        logs = self._fan_out.logs(idsite, day, work, send)
        return (whole_of(logs), work) if work is not None else None

    def _refreshed(
        self,
        site: TrackedSite,
        old: PublishedLog | None,
        rules: Rules,
        history: str,
        before: list[DayLog],
        present: Mapping[str, str],
        around: tuple[int, int],
    ) -> tuple[DayLog, str] | None:
        """The day's log made of the old one and of new hit files, and its sources; None if it has to be made anew.

        That it has if anything but new files is different: rules, earlier days, old files; or if it came in parts.
        """
        if old is None or not old.sources or (old.inputs, old.history) != (_inputs(site, rules), history):
            return None
        sources = self._read_sources(old)
        new = None if sources is None else new_files(sources.files, present)
        if sources is None or not new or old.log.rows.get("actions", 0) > self._part_hits:
            return None
        columns = hit_columns(self._dimensions)
        fresh = self._read_files(new, around, columns)
        every = sources.with_files(new, fresh)
        together = every.together_with(fingerprints_of(fresh))
        known = [key for key in every.keys_with(together) if key in sources.files]
        hits = joined([*hits_of(self._read_files(known, around, columns), together), *fresh], columns)
        made = sessionise(hits, self._history(hits, old.log.day, before), rules)
        tables: Logs = {name: self.read(old.log, name) for name in LOG_TABLES}
        visitor_ids = single(hits["visitor_id"]).unique().drop_null()
        log = self._store(site.idsite, old.log.day, refreshed(tables, made, together, visitor_ids))
        return log, self._keep_sources(log, every)

    def _read_sources(self, old: PublishedLog) -> Sources | None:
        try:
            return Sources.from_bytes(self._objects.get(old.sources).data)
        except NotFoundError:
            return None

    def _read_files(self, keys: Iterable[str], around: tuple[int, int], columns: Sequence[Column]) -> list[pa.Table]:
        with self._objects.local_files(list(keys)) as paths:
            return [read_file(path, *around, columns) for path in paths]

    def _sources(self, site: TrackedSite, log: DayLog, present: Mapping[str, str], around: tuple[int, int]) -> str:
        """Key of what is kept of the sources of a log that may soon be refreshed; empty for others."""
        today = local_date(self._clock.now(), time_zone(site.timezone))
        if log.parts or log.day < today - ONE_DAY:
            return ""
        try:
            return self._keep_sources(log, Sources.of(present, self._read_files(present, around, LINK_COLUMNS)))
        except NotFoundError:  # files were merged meanwhile
            return ""

    def _keep_sources(self, log: DayLog, sources: Sources) -> str:
        data = sources.to_bytes()
        key = key_of(log.idsite, log.day, data)
        self._objects.put(key, data)
        return key

    def _hits(self, idsite: int, around: tuple[int, int], *, may_split: bool) -> Iterator[pa.Table]:
        """The hits between two moments: all at once or, if they are too many, in parts with visitors of their own."""
        columns = hit_columns(self._dimensions)
        with hit_paths(self._objects, idsite, *around) as paths:
            parts = parts_needed(rows_in(paths), self._part_hits) if may_split else 1
            if parts == 1:
                yield joined([read_file(path, *around, columns) for path in paths], columns)
                return
            with TemporaryDirectory(prefix="tidemark-parts-") as folder:
                for file in split_hits(paths, *around, columns, parts, Path(folder)):
                    yield read_part(file, columns)
                    file.unlink()

    def _store(self, idsite: int, day: date, logs: Logs) -> DayLog:
        """Store the tables of a log, or of a part of one."""
        files = files_of(logs)
        version = version_of(files)
        for name, content in files.items():
            self._objects.put(log_key(name, idsite, day, version), content)
        keys: dict[str, str] = {name: log_key(name, idsite, day, version) for name in files}
        rows: dict[str, int] = {name: logs[name].num_rows for name in files}
        return DayLog(idsite, day, version, keys, rows, sent=_span(logs["actions"]["sequence"]))

    def _history(self, hits: pa.Table, day: date, earlier: list[DayLog]) -> History:
        return history_of(self._objects, self._clock, day, hits, earlier)


def _span(sequences: pa.ChunkedArray) -> tuple[int, int] | None:
    """The smallest and the largest; None of nothing."""
    ends = pc.min_max(sequences).as_py()
    return None if ends["min"] is None else (ends["min"], ends["max"])


def _inputs(site: TrackedSite, rules: Rules) -> str:
    """All that a log is made from but the hits and the visitors' history."""
    return f"{rules.digest()}:{site.timezone}"


def _between(logs: Mapping[date, PublishedLog], first: date, last: date) -> dict[date, PublishedLog]:
    return {day: log for day, log in logs.items() if first <= day <= last}


def _unsettled(state: SiteState) -> list[date]:
    """Days whose publication was not settled."""
    return sorted(day for day, published in state.logs.items() if published.unsettled is not None)
