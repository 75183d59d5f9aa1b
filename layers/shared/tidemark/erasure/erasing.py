"""Erasing data subjects, in an order that may be interrupted anywhere: each run does again what is still to be done.

1. The tombstone: from then on ingest drops what comes (again) of the subject.
2. The days with hits of theirs are remembered, then the hits are taken out of the files of the hit log.
3. What was set aside of their requests goes, and what waits to be sent to the queue again, dead letters included.
4. Visit logs of these days are made anew, old ones and archives go; reports are built again as for any changed day.
5. After RUN_AGAIN_SECONDS all is done once more, for what others were writing meanwhile from what they had read before.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.erasure.derived import DerivedData
from tidemark.erasure.hit_files import find_hits, rewrite, sites_with_hits
from tidemark.erasure.imported import erase_imported, sites_with_imports, visit_name
from tidemark.erasure.set_aside import erase_failures, erase_rejected
from tidemark.erasure.visit_hits import VisitHits
from tidemark.erasure.waiting import erase_dead, erase_spilled
from tidemark.model.daylog import VisitLogs
from tidemark.model.erasure import (
    ErasureState,
    Receipt,
    Subject,
    SubjectKind,
    Tombstone,
    VisitsByDay,
    identity_hash,
    visitor_text,
)
from tidemark.model.imported_visits import ImportedVisits
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.registry.erasures import ErasureList
from tidemark.stores.ports import Objects, Queue, Table
from tidemark.tracking.pseudonyms import address_pseudonym, pseudonymise
from tidemark.tracking.sequence import MILLISECOND

RUN_AGAIN_SECONDS: Final = 1200
"""Longer than any function runs (900 s): whatever was begun before the tombstone has been written by then."""
VISITS_KIND: Final = "visits"
_FIRST_DAY: Final = date(1991, 8, 6)
_LAST_DAY: Final = date(9999, 1, 1)
_COLUMNS: Final = {
    SubjectKind.VISITOR: "visitor_id",
    SubjectKind.USER: "user_id",
    SubjectKind.ADDRESS: "location_ip",
}


def watch_nothing(_done: float) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """Implements tidemark.model.erasure.DataSubjects.

    With `runs_at_once` an order is carried out before the method returns, else by the next `run_pending`.
    """

    objects: Objects
    dead_letters: Queue
    state: Table
    erasures: ErasureList
    logs: VisitLogs
    imports: ImportedVisits
    visit_hits: VisitHits
    derived: DerivedData
    snapshot: Callable[[], TrackerSnapshot]
    runs_at_once: bool = True
    real_now: Callable[[], float] = time.time
    watch: Callable[[float], None] = watch_nothing
    """Told of each file and each day that was looked through."""

    def erase_visits(self, visits: VisitsByDay, login: str) -> Receipt:
        """See DataSubjects. Visits of the subject that are not named stay, and so do hits that are still queued."""
        hit_ids = self._hits_of(visits)
        sites = sorted({idsite for idsite, _ in visits})
        days = [day for _, day in visits]
        receipt = self._receipt(login, VISITS_KIND, sites)
        if days:
            first, last = min(days) - timedelta(days=2), max(days) + timedelta(days=2)
            receipt = Receipt(
                "", login, receipt.kinds, receipt.idsites, 0.0, first=first.isoformat(), last=last.isoformat()
            )
        return self._order(receipt, Tombstone(self._sequence(), frozenset(sites), hit_ids=hit_ids, until=self._now()))

    def erase(self, subject: Subject, idsites: Sequence[int], login: str) -> Receipt:
        """See DataSubjects. Visits that the subject had a part in go with all their hits."""
        salt = self.snapshot().salt
        names = identities_of(subject, salt)
        identities = frozenset(identity_hash(one, salt) for one in names)
        sites = sorted(set(idsites)) or self._sites()
        hit_ids = self._hits_of(self._visits_of(names, sites))
        tombstone = Tombstone(self._sequence(), frozenset(idsites), identities, hit_ids, self._now())
        return self._order(self._receipt(login, subject.kind.value, sorted(set(idsites))), tombstone)

    def receipts(self) -> Sequence[Receipt]:
        """See DataSubjects."""
        return self.erasures.receipts()

    def run_pending(self) -> int:
        """Carry out what was ordered, interrupted, or is due once more; how many erasures."""
        now = self.real_now()
        due = [
            receipt
            for receipt in self.erasures.receipts()
            if receipt.state is ErasureState.ORDERED
            or (receipt.state is ErasureState.ERASED and receipt.erased_at + RUN_AGAIN_SECONDS <= now)
        ]
        for receipt in due:
            self.run(receipt)
        return len(due)

    def run(self, receipt: Receipt) -> Receipt:
        """Erase what an order says. The second run that finds nothing more settles it."""
        tombstone = self.erasures.tombstone(receipt.id)
        if tombstone is None:
            return self.erasures.note_done(receipt.id, {}, ErasureState.SETTLED)
        salt = self.snapshot().salt
        counts = Counter(self._erase_hits(receipt, tombstone, salt))
        counts["rejected"] += erase_rejected(self.objects, tombstone, salt)
        counts["tracking_failures"] += erase_failures(self.state, tombstone, salt)
        waiting = erase_spilled(self.objects, tombstone, salt) + erase_dead(self.dead_letters, tombstone, salt)
        if waiting:
            counts["waiting_messages"] += waiting
        known = self.erasures.receipt(receipt.id) or receipt
        for idsite, days in known.days.items():
            counts.update(self.derived.make_anew(idsite, days))
            self.watch(len(days))
        is_again = receipt.state is ErasureState.ERASED and not counts["hits"] and not counts["imported_visits"]
        return self.erasures.note_done(receipt.id, counts, ErasureState.SETTLED if is_again else ErasureState.ERASED)

    def _erase_hits(self, receipt: Receipt, tombstone: Tombstone, salt: str) -> Mapping[str, int]:
        sites = sorted(tombstone.idsites) or self._sites()
        found = {
            idsite: find_hits(self.objects, idsite, tombstone, salt, self._zone(idsite), receipt.first, receipt.last)
            for idsite in sites
        }
        self.erasures.note_days(receipt.id, {idsite: one.days for idsite, one in found.items() if one.days})
        imported = {idsite: erase_imported(self.imports, idsite, tombstone, salt) for idsite in sites}
        self.erasures.note_days(receipt.id, {idsite: one.days for idsite, one in imported.items() if one.days})
        for one in found.values():
            for key in one.keys:
                rewrite(self.objects, key, tombstone, salt)
                self.watch(1)
        files = sum(len(one.keys) for one in found.values())
        visits = sum(one.visits for one in imported.values())
        told = {"hits": sum(one.hits for one in found.values()), "hit_files": files}
        return {**told, "imported_visits": visits} if visits else told

    def _sites(self) -> list[int]:
        return sorted({*sites_with_hits(self.objects), *sites_with_imports(self.objects)})

    def _order(self, receipt: Receipt, tombstone: Tombstone) -> Receipt:
        ordered = self.erasures.order(receipt, tombstone)
        return self.run(ordered) if self.runs_at_once else ordered

    def _receipt(self, login: str, kind: str, idsites: Iterable[int]) -> Receipt:
        return Receipt("", login, (kind,), tuple(idsites), 0.0)

    def _sequence(self) -> int:
        """The last place of this moment in the order of hits, which tells no less than milliseconds."""
        return (int(self.real_now() * 1000) + 1) * MILLISECOND - 1

    def _now(self) -> int:
        """The present moment by the instance's clock, which hits go by."""
        return int(self.derived.clock.now())

    def _zone(self, idsite: int) -> tzinfo:
        site = self.snapshot().site(idsite)
        return UTC if site is None else time_zone(site.timezone)

    def _hits_of(self, visits: VisitsByDay) -> frozenset[str]:
        found: set[str] = set()
        for (idsite, day), idvisits in sorted(visits.items()):
            found |= self.visit_hits.ids(idsite, day, idvisits)
            if day in self.imports.sources(idsite):
                found |= {visit_name(idsite, idvisit) for idvisit in idvisits}
        return frozenset(found)

    def _visits_of(self, names: Sequence[Subject], idsites: Sequence[int]) -> VisitsByDay:
        """All visits that one of these names stands in."""
        visits: dict[tuple[int, date], Sequence[int]] = {}
        for idsite in idsites:
            if self.snapshot().site(idsite) is None:
                continue
            self.logs.ensure(idsite, _LAST_DAY)
            for log in self.logs.days(idsite, _FIRST_DAY, _LAST_DAY):
                rows = self.logs.read(log, "visits", ["idvisit", *_COLUMNS.values()])
                idvisits = rows["idvisit"].filter(_named(rows, names)).to_pylist()
                if idvisits:
                    visits[idsite, log.day] = idvisits
                self.watch(1)
        return visits


def identities_of(subject: Subject, salt: str) -> tuple[Subject, ...]:
    """All names under which hits of a subject may be stored: a user also under a pseudonym and as visitor id."""
    if subject.kind is SubjectKind.VISITOR:
        return (Subject(subject.kind, subject.value.lower()),)
    if subject.kind is SubjectKind.ADDRESS:
        return (subject, Subject(subject.kind, address_pseudonym(subject.value, salt)))
    given = {"uid": subject.value}
    pseudonymise(given, given, salt)
    users = (subject, Subject(SubjectKind.USER, given["uid"]))
    as_visitors = (hashlib.sha1(user.value.encode()).hexdigest()[:16] for user in users)  # noqa: S324 - as the tracker
    return (*users, *(Subject(SubjectKind.VISITOR, text) for text in as_visitors))


def _named(rows: pa.Table, names: Sequence[Subject]) -> pa.ChunkedArray:
    mask = pa.chunked_array([pa.repeat(False, rows.num_rows)])
    for kind, column in _COLUMNS.items():
        wanted = {name.value for name in names if name.kind is kind}
        if not wanted:
            continue
        values = pc.unique(rows[column]).drop_null().to_pylist()
        mine = [one for one in values if (visitor_text(one) if kind is SubjectKind.VISITOR else one) in wanted]
        in_type = pa.uint64() if kind is SubjectKind.VISITOR else pa.string()
        plain = rows[column].cast(in_type)
        mask = pc.or_(mask, pc.fill_null(pc.is_in(plain, value_set=pa.array(mine, in_type)), False))
    return mask
