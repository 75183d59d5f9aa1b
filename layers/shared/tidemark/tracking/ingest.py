"""Ingest: messages of the hits queue become files of the hit log, and marks on the days that they touch.

Everything is idempotent: the same messages delivered again write the same files; marks and counters only grow.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, Final, Protocol

from tidemark.model.anonymising import AnonymisedDays, LateHits
from tidemark.model.erasure import ErasedSubjects, Tombstones
from tidemark.model.errors import TrackingError
from tidemark.model.filtered_hits import NO_SITE
from tidemark.model.snapshot import EarlierSnapshots, TrackerSnapshot
from tidemark.plugin.plugin import Plugins
from tidemark.stores.ports import Objects, StoreError, Table
from tidemark.tracking.bot_log import BOT_REASONS, bot_files, bot_row
from tidemark.tracking.bot_log import COLUMNS as BOT_COLUMNS
from tidemark.tracking.devices import Devices
from tidemark.tracking.door import Door
from tidemark.tracking.draft import Draft, Dropped, Sources
from tidemark.tracking.erased import ERASED, is_erased, is_failure_erased, without_erased
from tidemark.tracking.failure_store import store_failure
from tidemark.tracking.filtered import DROPPED, REFUSED, REJECTED, Filtered, bot_label, count_filtered
from tidemark.tracking.hit_log import HitFile, file_of, log_columns, partition, to_parquet, to_table
from tidemark.tracking.install_checks import nonce_of, remember_checks
from tidemark.tracking.marks import mark_day, note_created
from tidemark.tracking.message import Envelope, RawHit, decode
from tidemark.tracking.rejected import rejected, rejected_files, site_number
from tidemark.tracking.rules import RuleBook
from tidemark.tracking.snapshots import Snapshots
from tidemark.tracking.steps import enrich
from tidemark.tracking.timestamps import custom_time
from tidemark.tracking.told_failures import kept_failures

ONE_DAY: Final = 86_400
_REMEMBERED_BOOKS: Final = 16

logger = logging.getLogger(__name__)


class QueuedMessage(Protocol):
    """A message as the function's event or the queue's driver brings it."""

    @property
    def id(self) -> str: ...

    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What became of a batch. Messages in `failed` have to be delivered again; `counts` is by outcome and reason."""

    failed: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    touched: frozenset[tuple[int, str]] = frozenset()
    """(site, local day) that were marked."""


@dataclass(slots=True)
class _Batch:
    """A batch in the making: rows and where they came from, rejected hits, and what has to be counted."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    message_of: dict[str, str] = field(default_factory=dict)
    day_of: dict[str, str] = field(default_factory=dict)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    bots: list[dict[str, Any]] = field(default_factory=list)
    filtered: list[Filtered] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    failures: list[tuple[Envelope, Any]] = field(default_factory=list)
    checks: set[tuple[int, str]] = field(default_factory=set)


class Ingest:
    """Ingests for one instance.

    `archive_state` gets: day marks (pk `site#<id>`, sk `day#<local date>`, attributes mark and since), counts of hits that
    were not recorded (see `filtered`), the earliest hit of a site
    (sk `created`, attribute ts_created: the registry moves the site's creation date back to it), and tracking failures.
    """

    def __init__(
        self,
        objects: Objects,
        archive_state: Table,
        snapshots: Snapshots,
        plugins: Plugins,
        *,
        devices: Devices | None = None,
        past: EarlierSnapshots | None = None,
        erased: ErasedSubjects | None = None,
        anonymised: AnonymisedDays | None = None,
        real_now: Callable[[], float] = time.time,
    ) -> None:
        self._objects = objects
        self._state = archive_state
        self._snapshots = snapshots
        self._sources = Sources(devices or Devices(objects), dimensions=plugins.dimensions())
        self._columns = log_columns(plugins.dimensions())
        self._past = past
        self._erased = erased
        self._tombstones = Tombstones()
        self._anonymised = anonymised
        self._late: LateHits | None = None
        self._real_now = real_now
        self._latest: TrackerSnapshot | None = None
        self._books: dict[int, RuleBook] = {}

    def run(self, messages: Iterable[QueuedMessage]) -> IngestResult:
        """Ingest a batch. Raises StoreError only if there is no snapshot at all; then all has to be delivered again."""
        self._latest = self._snapshots.current()
        book = self._rule_book(self._latest)
        self._tombstones = self._tombstones_now()
        self._late = None if self._anonymised is None else self._anonymised.late(self._latest)
        batch = _Batch()
        for message in messages:
            self._read(message, batch)
        stored = self._forget_erased(self._store(batch), batch)
        touched = self._mark(stored, batch)
        self._tell(batch, book, stored)
        self._sources.devices.save()
        return self._result(batch, stored, touched)

    def _rule_book(self, snapshot: TrackerSnapshot) -> RuleBook:
        book = self._books.get(snapshot.version)
        if book is None or book.snapshot is not snapshot:
            while len(self._books) >= _REMEMBERED_BOOKS:
                del self._books[next(iter(self._books))]
            book = self._books[snapshot.version] = RuleBook(snapshot)
        return book

    def _rules_then(self, version: int) -> RuleBook:
        """The rules by which collect took a request: what was changed since does not reach back to it."""
        latest = self._latest
        if latest is None or version > latest.version:  # a change that collect has seen and this process has not
            latest = self._latest = self._snapshots.current(0)
        return self._rule_book(self._past.as_of(latest, version) if self._past else latest)

    # ---- messages to rows

    def _read(self, message: QueuedMessage, batch: _Batch) -> None:
        try:
            envelope = decode(message.body)
            book = self._rules_then(envelope.snapshot_version)
            if not envelope.is_private:
                envelope = Door(book.snapshot, self._sources.databases).private(envelope)
        except ValueError:
            logger.exception("a message cannot be read; it goes to the dead letters")
            batch.failed.add(message.id)
            return
        except StoreError:
            logger.exception("the rules of a message cannot be read; it has to be delivered again")
            batch.failed.add(message.id)
            return
        if envelope.failures:
            batch.failures += [(envelope, one) for one in kept_failures(envelope, book, self._sources)]
        batch.filtered += [
            Filtered(
                message.id,
                REFUSED,
                one.idsite,
                _day_of(book, one.idsite, envelope.received),
                *one[1:],
                source=f"{envelope.hit_id(0)}-refused",  # not the id of its first hit, which may fail by the same reason
            )
            for one in envelope.refused
        ]
        for hit in envelope.hits:
            self._enrich(envelope, hit, message.id, book, batch)

    def _enrich(self, envelope: Envelope, hit: RawHit, message_id: str, book: RuleBook, batch: _Batch) -> None:
        draft = None
        try:
            draft = draft_of(envelope, hit, book, self._sources)
            row = enrich(draft)
        except Dropped as drop:
            if draft is not None:
                _drop(draft, drop.reason, message_id, batch)
        except TrackingError as error:
            self._reject(envelope, hit, draft, error.reason, message_id, book, batch)
        except Exception:
            logger.exception("a hit cannot be enriched")
            self._reject(envelope, hit, draft, "enrichment_failed", message_id, book, batch)
        else:
            if self._tombstones and is_erased(self._tombstones, envelope, hit, row["server_time"], row):
                _drop(draft, ERASED, message_id, batch)
                return
            batch.rows.append(row)
            batch.message_of[row["hit_id"]] = message_id
            batch.day_of[row["hit_id"]] = draft.local_day

    def _reject(
        self,
        envelope: Envelope,
        hit: RawHit,
        draft: Draft | None,
        reason: str,
        message_id: str,
        book: RuleBook,
        batch: _Batch,
    ) -> None:
        """Count and set aside a hit that cannot be recorded; nothing of erased subjects, only counts of hidden days."""
        moment = envelope.received if draft is None else draft.server_time
        if self._tombstones and is_erased(self._tombstones, envelope, hit, moment):
            return
        one = rejected(envelope, hit, reason, message_id)
        idsite = one["idsite"] if book.rules(one["idsite"]) is not None else NO_SITE
        day = _day_of(book, idsite, envelope.received)
        if not self._hides(one["idsite"], moment, envelope.received):
            batch.rejected.append(one)
        batch.filtered.append(Filtered(message_id, REJECTED, idsite, day, reason, source=one["hit_id"]))

    def _hides(self, idsite: int, *moments: int) -> bool:
        """Whether days of one of these moments were anonymised."""
        late = self._late
        return late is not None and any(late.hides(idsite, moment) for moment in moments)

    # ---- rows to files

    def _store(self, batch: _Batch) -> list[HitFile]:
        """The files that are stored; messages of those that are not have failed."""
        stored = []
        for file in partition(batch.rows):
            try:
                self._objects.put(file.key, self._file(file))
            except StoreError:
                logger.exception("a file of the hit log cannot be stored", extra={"hits": len(file.rows)})
                batch.failed |= {batch.message_of[row["hit_id"]] for row in file.rows}
            else:
                stored.append(file)
        self._store_rejected(batch)
        self._store_bots(batch)
        return stored

    def _file(self, file: HitFile) -> bytes:
        table = to_table(file.rows, self._columns)
        return file_of(table if self._late is None else self._late.hidden(file.rows[0]["idsite"], table))

    def _tombstones_now(self) -> Tombstones:
        """What was erased up to now. Raises: StoreError."""
        if self._erased is None or self._latest is None:
            return Tombstones()
        return self._erased.tombstones(self._latest.salt)

    def _forget_erased(self, stored: list[HitFile], batch: _Batch) -> list[HitFile]:
        """The files without what was erased while they were made: the erasure may have looked before they were there."""
        try:
            now = self._tombstones_now()
            if now.version == self._tombstones.version:
                return stored
            self._tombstones = now
            left = [without_erased(file, now) for file in stored]
            for old, new in zip(stored, left, strict=True):
                if new is not old:
                    self._objects.put(new.key, to_parquet((), self._columns) if not new.rows else self._file(new))
        except StoreError:
            logger.exception("what was erased cannot be read; the batch has to be delivered again")
            batch.failed |= set(batch.message_of.values())
            return stored
        return [file for file in left if file.rows]

    def _store_bots(self, batch: _Batch) -> None:
        for file in bot_files(batch.bots):
            try:
                self._objects.put(file.key, to_parquet(file.rows, BOT_COLUMNS))
            except StoreError:
                logger.exception("a file of the log of bots cannot be stored", extra={"hits": len(file.rows)})
                batch.failed |= {row["message_id"] for row in file.rows}

    def _store_rejected(self, batch: _Batch) -> None:
        for file in rejected_files(batch.rejected):
            try:
                self._objects.put(file.key, file.content)
            except StoreError:
                logger.exception("rejected hits cannot be set aside", extra={"hits": len(file.members)})
                batch.failed |= {one["message_id"] for one in file.members}

    # ---- what others have to know

    def _mark(self, stored: Sequence[HitFile], batch: _Batch) -> set[tuple[int, str]]:
        """Mark the days of stored hits. A day that cannot be marked fails its messages: they will come again."""
        hits_of: dict[tuple[int, str], set[str]] = {}
        for file in stored:
            for row in file.rows:
                site_day = (row["idsite"], batch.day_of[row["hit_id"]])
                hits_of.setdefault(site_day, set()).add(batch.message_of[row["hit_id"]])
        touched = set()
        for (idsite, day), message_ids in sorted(hits_of.items()):
            try:
                mark_day(self._state, idsite, day, int(self._real_now()))
            except StoreError:
                logger.exception("a day cannot be marked", extra={"idsite": idsite, "day": day})
                batch.failed |= message_ids
            else:
                touched.add((idsite, day))
        return touched

    def _tell(self, batch: _Batch, book: RuleBook, stored: Sequence[HitFile]) -> None:
        """Counters, without which a batch is not done; failures and creation dates, which are worth a log line only."""
        done = [one for one in batch.filtered if one.message_id not in batch.failed]
        try:
            count_filtered(self._state, done, int(self._real_now()))
        except StoreError:
            logger.exception("what was not recorded cannot be counted")
            batch.failed |= {one.message_id for one in done}
        try:
            for envelope, failure in batch.failures:
                is_gone = self._tombstones and is_failure_erased(self._tombstones, envelope, failure)
                if not (is_gone or self._hides(failure.idsite, envelope.received)):
                    store_failure(self._state, failure, envelope.received, self._real_now())
            remember_checks(self._state, batch.checks, self._real_now())
            self._note_first_hits(book, stored)
        except StoreError:
            logger.warning("what ingest noticed cannot be written", exc_info=True)

    def _note_first_hits(self, book: RuleBook, stored: Sequence[HitFile]) -> None:
        """Sites exist at least since the midnight (UTC) a day before their first hit. Source: section 1, step 13."""
        first: dict[int, int] = {}
        for file in stored:
            idsite, moment = file.rows[0]["idsite"], file.rows[0]["server_time"]
            first[idsite] = min(first.get(idsite, moment), moment)
        for idsite, moment in first.items():
            rules = book.rules(idsite)
            since = (moment - ONE_DAY) // ONE_DAY * ONE_DAY
            if rules is not None and since < rules.tracked.site.ts_created:
                note_created(self._state, idsite, since)

    def _result(self, batch: _Batch, stored: Sequence[HitFile], touched: set[tuple[int, str]]) -> IngestResult:
        counts: Counter[str] = Counter()
        counts["stored"] = sum(len(file.rows) for file in stored)
        for one in batch.filtered:
            counts[f"{one.outcome}.{one.reason}"] += one.hits
        if batch.failures:
            counts["failures"] = len(batch.failures)
        for column, count in self._sources.failed_dimensions.items():
            counts[f"failed_column.{column}"] += count
        self._sources.failed_dimensions.clear()
        return IngestResult(frozenset(batch.failed), dict(counts), frozenset(touched))


def draft_of(envelope: Envelope, hit: RawHit, book: RuleBook, sources: Sources) -> Draft:
    """The beginning of a hit: its site and its time.

    Raises: TrackingError if the site is gone.
    """
    params = dict(hit.params)
    idsite = params.get("idsite")
    rules = book.rules(site_number(idsite))
    if rules is None:
        raise TrackingError(f"there is no site {idsite}", "unknown_site")
    asked = custom_time(params, envelope.received) if "cdt" in params or "cdo" in params else None
    moment = envelope.received if asked is None else asked
    return Draft(envelope, hit, params, book, rules, sources, moment, local_day=local_day(rules.zone, moment))


@lru_cache(maxsize=8192)
def local_day(zone: tzinfo, moment: int) -> str:
    """The day (ISO 8601) of a unix time in a time zone. Hits come in their order: most ask for the same moment."""
    return datetime.fromtimestamp(moment, zone).date().isoformat()


def _day_of(book: RuleBook, idsite: int, moment: int) -> str:
    """The site's day; that of UTC for sites that do not exist."""
    rules = book.rules(idsite)
    return local_day(rules.zone if rules is not None else UTC, moment)


def _drop(draft: Draft, reason: str, message_id: str, batch: _Batch) -> None:
    """Count a hit that is not recorded; keep that of a bot in the bots' log, and the nonce of an install check."""
    if nonce := nonce_of(draft.given):
        batch.checks.add((draft.site.idsite, nonce))
    bot = ""
    if reason in BOT_REASONS:
        bot = bot_label(draft.client.bot_category, draft.client.bot_name)
        batch.bots.append({**bot_row(draft, reason), "message_id": message_id})
    batch.filtered.append(
        Filtered(message_id, DROPPED, draft.site.idsite, draft.local_day, reason, bot=bot, source=draft.hit_id)
    )
