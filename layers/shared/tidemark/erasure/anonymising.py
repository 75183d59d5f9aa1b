"""Anonymising days of the past: hits, imported visits, and all that was made of them.

May be interrupted anywhere: what is hidden already stays as it is, and each site's progress is noted month by month.
After RUN_AGAIN_SECONDS all is done once more, for what others were writing meanwhile from what they had read before.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.erasure.derived import DerivedData
from tidemark.erasure.erasing import RUN_AGAIN_SECONDS, watch_nothing
from tidemark.erasure.hit_files import sites_with_hits
from tidemark.erasure.imported import sites_with_imports
from tidemark.erasure.set_aside import drop_failures, drop_rejected
from tidemark.erasure.veil import Locate, Veil, veil_of, within
from tidemark.hit_folders import HITS_PREFIX
from tidemark.model.anonymising import Anonymisation, AnonymisingState, Hidden
from tidemark.model.imported_visits import ImportedVisits
from tidemark.model.period import ONE_DAY, local_date, midnight_utc
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.parquet_files import read_file
from tidemark.registry.anonymisations import AnonymisationList
from tidemark.stores.ports import NotFoundError, Objects, PreconditionFailedError
from tidemark.tracking.hit_log import file_of

DAYS_AT_ONCE: Final = 31

Span = tuple[date, date]
"""The first day and the last one."""


@dataclass(frozen=True, slots=True)
class PastAnonymising:
    """Implements tidemark.model.anonymising.Anonymising.

    With `runs_at_once` an order is carried out before the method returns, else by the next `run_pending`. `watch` is
    told how many days more are done.
    """

    objects: Objects
    orders: AnonymisationList
    imports: ImportedVisits
    derived: DerivedData
    snapshot: Callable[[], TrackerSnapshot]
    locate: Locate
    runs_at_once: bool = True
    real_now: Callable[[], float] = time.time
    watch: Callable[[float], None] = watch_nothing

    def order(self, hidden: Hidden, login: str) -> Anonymisation:
        """See Anonymising."""
        ordered = self.orders.order(hidden, login, int(self.derived.clock.now()))
        return self.run(ordered) if self.runs_at_once else ordered

    def all(self) -> Sequence[Anonymisation]:
        """See Anonymising."""
        return self.orders.all()

    def run_pending(self) -> int:
        """Carry out what was ordered, interrupted, or is due once more; how many orders."""
        due = [one for one in self.orders.all() if self._is_due(one)]
        for one in due:
            self.run(one)
        return len(due)

    def run(self, order: Anonymisation) -> Anonymisation:
        """Hide what an order says. A second run that finds nothing more settles it."""
        hidden = order.hidden
        if order.state is AnonymisingState.DONE:
            if not any(self._finds(idsite, hidden) for idsite in self.sites(hidden)):
                return self.orders.note_state(order.id, AnonymisingState.SETTLED)
            order = self.orders.note_state(order.id, AnonymisingState.ORDERED)
        dropped = {
            "rejected_files": drop_rejected(self.objects, hidden),
            "tracking_failures": drop_failures(self.derived.state, hidden, self.snapshot()),
        }
        self.orders.note(order.id, {}, {name: count for name, count in dropped.items() if count})
        for idsite in self.sites(hidden):
            for span in self.spans(idsite, hidden, order.reached.get(idsite)):
                self.orders.note(order.id, {idsite: span[1]}, self._hide(idsite, hidden, span))
                self.watch((span[1] - span[0]).days + 1)
        return self.orders.note_state(order.id, AnonymisingState.DONE)

    def sites(self, hidden: Hidden) -> list[int]:
        """The sites that an order is about, as far as they have data."""
        known = {*sites_with_hits(self.objects), *sites_with_imports(self.objects)}
        return sorted(known & set(hidden.idsites) if hidden.idsites else known)

    def spans(self, idsite: int, hidden: Hidden, reached: date | None = None) -> list[Span]:
        """What is to be looked through of a site, month by month, behind the day that was reached."""
        prefix = f"{HITS_PREFIX}site={idsite}/date="
        days = {date.fromisoformat(info.key.removeprefix(prefix)[:10]) for info in self.objects.listing(prefix)}
        known = sorted(days | set(self.imports.sources(idsite)))
        if not known:
            return []
        first = max(hidden.first, known[0] - ONE_DAY)
        last = min(hidden.last, known[-1] + ONE_DAY)
        return list(_chunks(max(first, reached + ONE_DAY) if reached else first, last))

    def _is_due(self, one: Anonymisation) -> bool:
        if one.state is AnonymisingState.DONE:
            return one.done_at + RUN_AGAIN_SECONDS <= self.real_now()
        return one.state is AnonymisingState.ORDERED

    def _finds(self, idsite: int, hidden: Hidden) -> bool:
        """Whether something is not hidden yet."""
        veil, zone, found = *veil_of(idsite, hidden, self.snapshot(), self.locate), Counter[str]()
        self._hit_files(idsite, veil, zone, (hidden.first, hidden.last), found, writes=False)
        self._imported(idsite, veil, (hidden.first, hidden.last), found, writes=False)
        return bool(found["hits"] or found["imported_visits"])

    def _hide(self, idsite: int, hidden: Hidden, span: Span) -> Mapping[str, int]:
        """Hide a site's days; what was changed. Logs and archives are made anew even where an earlier run was cut off."""
        veil, zone, counts = *veil_of(idsite, hidden, self.snapshot(), self.locate), Counter[str]()
        days = self._hit_files(idsite, veil, zone, span, counts)
        days |= self._imported(idsite, veil, span, counts)
        if days:
            self.derived.make_anew(idsite, days)
            counts["days"] += len(days)
        return {name: count for name, count in counts.items() if count}

    def _hit_files(
        self, idsite: int, veil: Veil, zone: tzinfo, span: Span, counts: Counter[str], *, writes: bool = True
    ) -> set[date]:
        """Rewrite the files with hits of these days; the days that have hits."""
        first, last = span
        begin, end = midnight_utc(first, zone), midnight_utc(last + ONE_DAY, zone)
        prefix = f"{HITS_PREFIX}site={idsite}/date="
        days: set[date] = set()
        for info in self.objects.listing(prefix):
            day = date.fromisoformat(info.key.removeprefix(prefix)[:10])
            if first - ONE_DAY <= day <= last + ONE_DAY:
                changed, found = self._rewrite(info.key, veil, (begin, end), writes=writes)
                counts["hits"] += changed
                counts["hit_files"] += bool(changed)
                days |= {local_date(moment, zone) for moment in found}
        return days

    def _rewrite(self, key: str, veil: Veil, between: tuple[int, int], *, writes: bool) -> tuple[int, list[int]]:
        """Put the file with its hits hidden in place; how many changed, and the times of those of the span."""
        while True:
            try:
                stored = self.objects.get(key)
            except NotFoundError:
                return 0, []
            table = read_file(io.BytesIO(stored.data))
            moments = table["server_time"]
            rows = within(moments, between)
            times = pc.unique(moments.filter(rows)).to_pylist()
            hidden = veil.over(table, rows) if times else table
            changed = _differences(table, hidden)
            if not (changed and writes):
                return changed, times
            try:
                self.objects.put(key, file_of(hidden), if_match=stored.etag)
            except PreconditionFailedError:
                continue
            return changed, times

    def _imported(self, idsite: int, veil: Veil, span: Span, counts: Counter[str], *, writes: bool = True) -> set[date]:
        """Hide parts of the visits that were imported for these days; the days that have some."""
        days = set()
        for day, source in self.imports.sources(idsite).items():
            tables = self.imports.read(idsite, day) if span[0] <= day <= span[1] else None
            if tables is None:
                continue
            visits = tables["visits"]
            followed = veil.followed(visits)
            places = {
                row["idvisit"]: veil.place_of(row["location_ip"], row["location_browser_lang"])
                for row in (
                    _of(visits, "idvisit", "location_ip", "location_browser_lang") if veil.hidden.places else ()
                )
            }
            hidden = {
                name: veil.over(one, pa.chunked_array([pa.repeat(True, one.num_rows)]), places, followed)
                for name, one in tables.items()
            }
            days.add(day)
            if any(_differences(tables[name], one) for name, one in hidden.items()):
                counts["imported_visits"] += visits.num_rows
                if writes:
                    self.imports.put(idsite, day, hidden, source)
        return days


def _chunks(first: date, last: date) -> Iterator[Span]:
    while first <= last:
        end = min(last, first + timedelta(days=DAYS_AT_ONCE - 1))
        yield first, end
        first = end + ONE_DAY


def _of(table: pa.Table, *names: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.select(list(names)).to_pylist()
    return rows


def _differences(before: pa.Table, after: pa.Table) -> int:
    """How many rows differ."""
    if before is after:
        return 0
    differs = pa.chunked_array([pa.repeat(False, before.num_rows)])
    for name in before.column_names:
        old, new = before[name], after[name]
        if old.equals(new):
            continue
        pairs = zip(old.to_pylist(), new.to_pylist(), strict=True)
        differs = pc.or_(differs, pa.chunked_array([pa.array([one != other for one, other in pairs], pa.bool_())]))
    return int(pc.sum(differs).as_py() or 0)
