"""Brings archives up to date: tells what is stale, builds it from visit logs or shorter periods, and publishes it.

An archive stores a digest of what it was made of. It is fresh while the digest of the present inputs is the same, so
nothing is ever invalidated by hand: a late hit gives its day a new visit log, hence the day and all above it new digests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from functools import partial

import pyarrow as pa

from tidemark.archiving.catalogue import FORMAT, Catalogue, digest_of
from tidemark.archiving.content import Content
from tidemark.archiving.day import (
    VISIT_ORDER,
    DayInputs,
    build_parts,
    can_split,
    content_of,
    groupings_of,
    part_of,
    sum_of,
)
from tidemark.archiving.evaluation import Parameters
from tidemark.archiving.fan_out import FanOut
from tidemark.archiving.frames import FrameReader
from tidemark.archiving.period import Child, merge_period
from tidemark.archiving.segments import Segments
from tidemark.archiving.sources import LOG_TABLE
from tidemark.archiving.store import Archive, ArchiveStore, Identity, LostRaceError, Memory
from tidemark.clock import Clock
from tidemark.model.daylog import DayLog, DayPart, PartSender, VisitLogs
from tidemark.model.errors import UnknownSite
from tidemark.model.period import ONE_DAY, Period, PeriodKind, days_between, local_date, midnight_utc
from tidemark.model.segment import SegmentExpression
from tidemark.model.settings import Settings
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin.record import Source
from tidemark.stores.ports import NotFoundError, UnavailableError
from tidemark.turns import Turns

MAX_ATTEMPTS = 5
"""Times that a lost race is run again before the caller is told."""
SET_KEEPERS = frozenset({PeriodKind.WEEK, PeriodKind.MONTH})
"""Periods whose archives keep value sets, because longer ones are merged from them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the archives of one request share: the site, the segment, settings and the site's days with hits."""

    site: TrackedSite
    segment: SegmentExpression
    settings: Settings
    logs: Mapping[date, DayLog]
    digests: Mapping[date, str]
    """What the archive of each day is made of."""
    raw_data_from: date | None = None
    """The first day whose hits and visit logs are kept; archives of earlier days stay as they are."""
    send: PartSender | None = None
    """Tells others to make parts of giant days."""

    def inputs(self, period: Period) -> str | None:
        """The digest of what a period's archive is made of; None if there is nothing."""
        if period.kind is PeriodKind.DAY:
            return self.digests.get(period.first)
        days = [(day.isoformat(), digest) for day, digest in self.digests.items() if period.contains(day)]
        if not days:
            return None
        counts_uniques = self.settings.flag(f"General.enable_processing_unique_visitors_{period.kind}")
        return digest_of((FORMAT, str(period.kind), period.range_text, counts_uniques, days))

    def is_kept(self, period: Period) -> bool:
        """Whether all raw data of the period may be gone."""
        return self.raw_data_from is not None and period.last < self.raw_data_from


class Archiver:
    """Archives of all sites of an instance."""

    def __init__(
        self,
        logs: VisitLogs,
        store: ArchiveStore,
        catalogue: Catalogue,
        snapshot: Callable[[], TrackerSnapshot],
        clock: Clock,
        raw_data_from: Callable[[int], date | None] = lambda _idsite: None,
        fan_out: FanOut | None = None,
        turns: Turns | None = None,
    ) -> None:
        """`raw_data_from` gives the first day of a site whose raw data are kept; None: they all are.

        Without `fan_out` parts of giant days are made one after the other. `turns`: of the process's heavy work.
        """
        self._fan_out = fan_out
        self._raw_data_from = raw_data_from
        self._logs = logs
        self._store = store
        self._catalogue = catalogue
        self._snapshot = snapshot
        self._clock = clock
        self._segments = Segments(catalogue)
        self._frames = FrameReader(store)
        self._turns = turns or Turns()

    @property
    def now(self) -> float:
        """The instance's time, unix seconds."""
        return self._clock.now()

    def today(self, idsite: int) -> date:
        """The site's local date. Raises: UnknownSite."""
        return local_date(self._clock.now(), time_zone(self._check_site(idsite).timezone))

    def _check_site(self, idsite: int) -> TrackedSite:
        """The site. Raises: UnknownSite."""
        site = self._snapshot().site(idsite)
        if site is None:
            raise UnknownSite(idsite)
        return site

    def ensure(self, idsite: int, period: Period, segment: str = "", send: PartSender | None = None) -> Archive | None:
        """The archive, brought up to date; None if the period is empty. With `send`, others make parts of giant days.

        Raises: UnknownSite, BadSegment; PartsMissingError (with `send` only).
        """
        return self.ensure_all(idsite, [period], segment, send=send).get(period)

    def ensure_all(
        self,
        idsite: int,
        periods: Sequence[Period],
        segment: str = "",
        *,
        may_build: bool = True,
        send: PartSender | None = None,
        memory: Memory | None = None,
    ) -> dict[Period, Archive]:
        """The archives of those periods that are not empty. Without `may_build` as they are, stale or missing.

        `memory`: what the call that asks has read already.
        """
        expression = self._segments.check(segment)
        if not periods:
            return {}
        if not may_build:
            self._check_site(idsite)
            return self._store.find(idsite, periods, expression.hash, memory)
        if not self._is_in_parts(idsite, periods, expression.hash, send):
            last = max(period.last for period in periods)
            if memory is None or (idsite, last) not in memory.ensured:
                self._logs.ensure(idsite, last, send)
            if memory is not None:
                memory.ensured.add((idsite, last))
        scope = replace(self.scope(idsite, periods, expression, memory), send=send)
        stored = self._store.find(idsite, periods, expression.hash, memory)
        fresh: dict[Period, Archive] = {}
        for period in periods:
            archive = self._fresh(scope, period, stored.get(period))
            if archive is not None:
                fresh[period] = archive
        return fresh

    def outdated(self, idsite: int, periods: Sequence[Period], segment: str = "") -> set[Period]:
        """Those of the archives that are missing or made of something else than there is now.

        Raises: UnknownSite, BadSegment.
        """
        expression = self._segments.check(segment)
        scope = self.scope(idsite, periods, expression)
        stored = self._store.inputs(idsite, periods, expression.hash)
        return {
            period
            for period in periods
            if (scope.inputs(period) or "") not in {"", stored.get(period)}
            and not (period in stored and scope.is_kept(period))
        }

    def archived_at(self, idsite: int, periods: Sequence[Period], segment: str = "") -> dict[Period, float]:
        """When those of the archives that exist were made (unix seconds), stale ones too. Raises: BadSegment."""
        found = self._store.find(idsite, periods, self._segments.check(segment).hash)
        return {period: archive.archived_at for period, archive in found.items()}

    def scope(
        self,
        idsite: int,
        periods: Sequence[Period],
        expression: SegmentExpression,
        memory: Memory | None = None,
    ) -> Scope:
        """What archives of these periods are made of, as published now. Raises: UnknownSite."""
        snapshot, site = self._snapshot(), self._check_site(idsite)
        first, last = min(period.first for period in periods), max(period.last for period in periods)
        known = memory.logs.get((idsite, first, last)) if memory is not None else None
        found = self._logs.days(idsite, first, last) if known is None else known
        if memory is not None:
            memory.logs[idsite, first, last] = found
        logs = {log.day: log for log in found}
        common = self._common_inputs(site, snapshot.settings, expression)
        digests = {
            day: digest_of((common, utc_offset_seconds(site, day), log.version)) for day, log in sorted(logs.items())
        }
        limit = self._raw_data_from(idsite)
        if limit is not None and first < limit:
            past = [Period.day(day) for day in days_between(first, min(last, limit - ONE_DAY))]
            kept = self._store.inputs(idsite, past, expression.hash)
            digests |= {period.first: inputs for period, inputs in kept.items()}
        return Scope(site, expression, snapshot.settings, logs, digests, limit)

    def is_fresh(self, scope: Scope, period: Period, archive: Archive | None) -> bool:
        """Whether the archive is made of what there is now, or all there is left. An empty period needs none."""
        if archive is not None and scope.is_kept(period):
            return True
        wanted = scope.inputs(period)
        return wanted is None or (archive is not None and archive.inputs == wanted)

    def rebuild(self, idsite: int, period: Period, segment: str = "") -> Archive | None:
        """Build the archive anew whatever is stored (its blob was lost); None if the period is empty."""
        expression = self._segments.check(segment)
        scope = self.scope(idsite, [period], expression)
        return self._fresh(scope, period, None, force=True)

    def _common_inputs(self, site: TrackedSite, settings: Settings, expression: SegmentExpression) -> str:
        catalogue = self._catalogue.for_site(site)
        values = [(name, settings.value(name)) for name in catalogue.settings]
        records = [record.name for record in catalogue.records_for(site)]
        site_facts = (site.site.ecommerce, *self._segments.site_facts(expression, site))
        return digest_of((catalogue.digest, expression.definition, values, records, *site_facts))

    def _fresh(self, scope: Scope, period: Period, stored: Archive | None, *, force: bool = False) -> Archive | None:
        if scope.inputs(period) is None:
            return None
        if not force and self.is_fresh(scope, period, stored):
            return stored
        if period.kind is PeriodKind.DAY and period.first not in scope.logs:  # lost, and its raw data are gone
            return None
        with self._turns.taken():
            for _ in range(MAX_ATTEMPTS):
                stored = self._store.find(scope.site.idsite, [period], scope.segment.hash).get(period)
                if self.is_fresh(scope, period, stored) and not force:
                    return stored
                try:
                    return self._build(scope, period, stored)
                except LostRaceError:
                    force = False
                    scope = replace(self.scope(scope.site.idsite, [period], scope.segment), send=scope.send)
                    if scope.inputs(period) is None:
                        return None
        raise UnavailableError(f"The archive of {period.kind} {period.range_text} is being written by others.")

    def _build(self, scope: Scope, period: Period, replaced: Archive | None) -> Archive:
        inputs = scope.inputs(period)
        if inputs is None:
            raise ValueError(f"There is nothing to archive for {period.range_text}.")
        identity = Identity(scope.site.idsite, period, scope.segment.hash)
        if period.kind is not PeriodKind.DAY:
            return self._store.publish(identity, self._merge(scope, period), inputs, self._clock.now(), replaced)
        logs = self._logs_of(scope, period.first)
        if len(logs) == 1 or scope.send is None or self._fan_out is None:
            content = build_parts((self._day_inputs(scope, one, len(logs)) for one in logs), self._own(scope))
            return self._store.publish(identity, content, inputs, self._clock.now(), replaced)
        log, groupings = scope.logs[period.first], groupings_of(scope.site, self._own(scope))
        found = self._fan_out.found(identity, inputs, log, scope.send, groupings)
        content = content_of(sum_of(found), scope.site, scope.settings, self._own(scope))
        archive = self._store.publish(identity, content, inputs, self._clock.now(), replaced)
        self._fan_out.finish(identity, inputs, len(logs))
        return archive

    def make_part(self, idsite: int, part: DayPart, segment: str) -> bool:
        """Make a part of a giant day's log or archive; True if no part is missing now. Raises: UnknownSite, BadSegment."""
        if part.stage == "log" or self._fan_out is None:
            return self._logs.make_part(idsite, part)
        expression = self._segments.check(segment)
        period = Period.day(part.day)
        identity = Identity(idsite, period, expression.hash)
        scope = self.scope(idsite, [period], expression)
        if scope.inputs(period) != part.plan or not self._fan_out.is_wanted(identity, part):
            return False
        logs, catalogue = self._logs_of(scope, part.day), self._own(scope)
        found = part_of(self._day_inputs(scope, logs[part.number], len(logs)), catalogue)
        return self._fan_out.keep(identity, part, found, groupings_of(scope.site, catalogue))

    def _is_in_parts(self, idsite: int, periods: Sequence[Period], segment_hash: str, send: PartSender | None) -> bool:
        """Whether others are making archives of parts of these days' logs, which stay as they are meanwhile."""
        if send is None or self._fan_out is None:
            return False
        first, last = min(period.first for period in periods), max(period.last for period in periods)
        logs = {log.day: log for log in self._logs.days(idsite, first, last)}
        return self._fan_out.needs(idsite, segment_hash, logs)

    def _own(self, scope: Scope) -> Catalogue:
        return self._catalogue.for_site(scope.site)

    def _logs_of(self, scope: Scope, day: date) -> tuple[DayLog, ...]:
        """The parts of a day's log if its archive can be made of parts, else the log."""
        log = scope.logs[day]
        return log.parts if log.parts and can_split(self._own(scope)) else (log,)

    def _day_inputs(self, scope: Scope, log: DayLog, parts: int) -> DayInputs:
        """The tables that a day's archive is made of, or so many parts of it."""
        parameters: Parameters = {
            "idsite": scope.site.idsite,
            "utc_offset_seconds": utc_offset_seconds(scope.site, log.day),
        }
        tables = self._read_log(scope, log)
        if scope.segment:
            tables = self._segments.filtered(tables, scope.segment, parameters, scope.site)
        return DayInputs(tables, scope.site, scope.settings, parameters, is_part=parts > 1)

    def _read_log(self, scope: Scope, log: DayLog) -> dict[Source, pa.Table]:
        needed = self._segments.columns_needed(scope.segment)
        for source, names in self._own(scope).needed.items():
            needed.setdefault(source, set()).update(names)
        needed.setdefault(Source.VISITS, set()).update(("idvisit", *VISIT_ORDER.values()))
        return {
            source: self._logs.read(log, LOG_TABLE[source], sorted(names))
            for source, names in needed.items()
            if log.rows.get(LOG_TABLE[source])
        }

    def _merge(self, scope: Scope, period: Period) -> Content:
        parts = [part for part in self.parts_of(scope, period) if scope.inputs(part) is not None]
        stored = self._store.find(scope.site.idsite, parts, scope.segment.hash)
        children = []
        for part in parts:
            archive = self._fresh(scope, part, stored.get(part))
            if archive is not None:
                children.append(self._child(scope, part, archive))
        keeps_sets = period.kind in SET_KEEPERS
        return merge_period(period.kind, children, self._own(scope), scope.settings, keeps_sets=keeps_sets)

    def parts_of(self, scope: Scope, period: Period) -> tuple[Period, ...]:
        """The periods that one is merged from: months make a year, days a week and a month.

        A range takes whole years, months and weeks where they fit. Measured on 30 days: 2.1 s CPU when those have to be
        made first, 0.6 s once they are there, against 1.4 s straight from days.
        """
        if period.kind in {PeriodKind.WEEK, PeriodKind.MONTH}:
            return tuple(map(Period.day, period.days()))
        return period.sub_periods(local_date(self._clock.now(), time_zone(scope.site.timezone)))

    def _child(self, scope: Scope, part: Period, archive: Archive) -> Child:
        try:
            blob = self._store.blob(archive)
        except NotFoundError:
            rebuilt = self._fresh(scope, part, None, force=True)
            archive = rebuilt or archive
            blob = self._store.blob(archive)
        table = partial(self._frames.inside, archive, memoryview(blob))
        return Child(archive.numbers, archive.index.keys(), table, part.first)


def utc_offset_seconds(site: TrackedSite, day: date) -> int:
    """How far the site's clock is ahead of UTC at the start of its day."""
    return midnight_utc(day, UTC) - midnight_utc(day, time_zone(site.timezone))
