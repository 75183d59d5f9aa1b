"""Archives in the stores: one item that names everything, one blob with the tables.

The blob is written first, under a name made of its content; the item's one conditional write publishes both at once.
So readers see the archive before or after it, and a builder that dies in between has changed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import orjson

from tidemark.archiving.blob import Blob, Index, Place, StoredIndex, index_document, pack
from tidemark.archiving.content import Content, Number
from tidemark.model.daylog import DayLog
from tidemark.model.period import Period, PeriodKind
from tidemark.model.segment import segment_hash
from tidemark.stores.ports import (
    MAX_ITEM_BYTES,
    MAX_KEYS_PER_READ,
    Absent,
    ConditionFailedError,
    Equals,
    Exists,
    Item,
    Key,
    Objects,
    Table,
)

ITEM_ROOM = MAX_ITEM_BYTES * 3 // 4
"""An item whose numbers and index are longer, as JSON, keeps them at the end of its blob."""
ALL_VISITS = "all"
COMPANIONS: Final = ("visitorType==new", "visitorType==returning,visitorType==returningCustomer")
"""Segments whose archives stand beside those of all visits: overviews ask for the three of them together."""
_MARKS: Final = {segment_hash(segment): f"~{number}" for number, segment in enumerate(COMPANIONS, start=1)}
_HASHES: Final = {mark: hashed for hashed, mark in _MARKS.items()}


@dataclass(frozen=True, slots=True)
class Identity:
    """Which archive: site, period, and the hash of the segment (empty: all visits)."""

    idsite: int
    period: Period
    segment_hash: str = ""

    @property
    def partition(self) -> str:
        """Key of the site's month: all its archives are found by one query."""
        return partition_key(self.idsite, month_of(self.period), self.segment_hash)

    @property
    def sort_key(self) -> str:
        """Key inside the month."""
        return sort_key(self.period, self.segment_hash)

    @property
    def key(self) -> Key:
        """Key of the item."""
        return self.partition, self.sort_key

    def blob_key(self, version: str) -> str:
        """Key of a blob of this archive."""
        period = self.period
        return (
            f"archive_blob/{month_of(period)}/site={self.idsite}/{period.kind}/{_dates(period)}/"
            f"{self.segment_hash or ALL_VISITS}/{version}"
        )


@dataclass(frozen=True, slots=True)
class Archive:
    """A published archive. `revision` rises with every publication; without tables it has no blob."""

    numbers: Mapping[str, Number]
    inputs: str
    archived_at: float
    revision: int = 1
    blob_key: str = ""
    index: Index = field(default_factory=dict)


class LostRaceError(Exception):
    """Another builder published meanwhile."""


def month_of(period: Period) -> str:
    """The month of a period's first day, as in the names of Matomo's tables."""
    return f"{period.first.year:04d}_{period.first.month:02d}"


def partition_key(idsite: int, month: str, segment_hash: str) -> str:
    """Key of a site's month; the companions of all visits stand in the same one."""
    return f"{idsite}#{month}#{'' if segment_hash in _MARKS else segment_hash}"


def sort_key(period: Period, segment_hash: str = "") -> str:
    """Key inside a month: of each kind of period first all visits by date, then each companion by date."""
    return f"{period.kind}{_MARKS.get(segment_hash, '')}#{_dates(period)}"


def segment_of(item: Item) -> str:
    """The segment's hash of a stored item, empty for all visits."""
    kind = item["sk"].partition("#")[0]
    return _HASHES[kind[-2:]] if "~" in kind else str(item["pk"]).rpartition("#")[2]


def period_of(sort_key: str) -> Period:
    """The period of an archive's sort key."""
    kind, _, dates = sort_key.partition("#")
    first, _, last = dates.partition(",")
    return Period(PeriodKind(kind.partition("~")[0]), date.fromisoformat(first), date.fromisoformat(last or first))


def _dates(period: Period) -> str:
    return period.first.isoformat() if period.kind is PeriodKind.DAY else period.range_text


@dataclass(slots=True)
class Memory:
    """What one call has read already; ``is_wide``: reading all visits reads their companions, too."""

    is_wide: bool = False
    items: dict[Key, Item | None] = field(default_factory=dict)
    ensured: set[tuple[int, date]] = field(default_factory=set)
    """Up to which day visit logs of a site are up to date."""
    logs: dict[tuple[int, date, date], Sequence[DayLog]] = field(default_factory=dict)


def _read_together(segment_hash: str, memory: Memory) -> list[str]:
    """Segments whose archives are, or will be, asked for by the same call; all visits are known once others are."""
    if segment_hash in _MARKS:
        return [*_MARKS]
    return ["", *_MARKS] if memory.is_wide and not segment_hash else [segment_hash]


class ArchiveStore:
    """Reads and publishes archives."""

    def __init__(self, table: Table, objects: Objects) -> None:
        self._table = table
        self._objects = objects

    def find(
        self, idsite: int, periods: Sequence[Period], segment_hash: str, memory: Memory | None = None
    ) -> dict[Period, Archive]:
        """Those of the archives that exist, with one request to the table unless there are many in several months.

        With a memory, what it knows is not read again. Companions of all visits come with the same request.
        """
        return {period: self._archive(item) for period, item in self._items(idsite, periods, segment_hash, memory)}

    def inputs(self, idsite: int, periods: Sequence[Period], segment_hash: str) -> dict[Period, str]:
        """What those of the archives that exist were made of."""
        return {period: item["inputs"] for period, item in self._items(idsite, periods, segment_hash)}

    def _items(
        self, idsite: int, periods: Sequence[Period], segment_hash: str, memory: Memory | None = None
    ) -> Iterator[tuple[Period, Item]]:
        wanted = {Identity(idsite, period, segment_hash).key: period for period in periods}
        known = memory.items if memory is not None else {}
        unknown = [period for key, period in wanted.items() if key not in known]
        hashes = [segment_hash] if memory is None else _read_together(segment_hash, memory)
        keys = [Identity(idsite, period, hashed).key for hashed in hashes for period in unknown]
        known |= dict.fromkeys(keys)
        known |= self._read(keys)
        for key, period in wanted.items():
            item = known[key]
            if item is not None:
                yield period, item

    def _read(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """Items by their keys: one alone, those of a month with one query, some of several months at once.

        What else stands between those of a month comes with them.
        """
        if len(keys) == 1:
            item = self._table.get(*keys[0])
            return {} if item is None else {keys[0]: item}
        by_month: dict[str, list[str]] = {}
        for partition, sort in keys:
            by_month.setdefault(partition, []).append(sort)
        if len(by_month) > 1 and len(keys) <= MAX_KEYS_PER_READ:
            return self._table.batch_get(keys)
        return {
            (partition, item["sk"]): item
            for partition, sorts in by_month.items()
            for item in self._table.query(partition, sk_between=(min(sorts), max(sorts)))
        }

    def _archive(self, item: Item) -> Archive:
        numbers, index = item["numbers"], item["index"]
        if "rest" in item:
            offset, length = item["rest"]
            rest = orjson.loads(self._objects.get(item["blob"], start=offset, length=length).data)
            numbers, index = rest["numbers"], rest["index"]
        return Archive(
            numbers, item["inputs"], item["archived_at"], item["revision"], item.get("blob", ""), StoredIndex(index)
        )

    def publish(
        self, identity: Identity, content: Content, inputs: str, now: float, replaced: Archive | None
    ) -> Archive:
        """Make content the archive, in place of the one that was read before building.

        Raises: LostRaceError when the archive was published by another meanwhile.
        """
        numbers = dict(sorted(content.numbers.items()))
        blob = pack(content.frames)
        document = {"numbers": numbers, "index": index_document(blob.index)}
        rest = orjson.dumps(document)
        item: dict[str, Any] = {
            "pk": identity.partition,
            "sk": identity.sort_key,
            "inputs": inputs,
            "archived_at": now,
            "revision": replaced.revision + 1 if replaced else 1,
            **document,
        }
        if len(rest) > ITEM_ROOM:
            item |= {"numbers": {}, "index": {}, "rest": [len(blob.data), len(rest)]}
            blob = Blob(blob.data + rest, blob.index)
        if blob.data:
            item["blob"] = identity.blob_key(blob.version)
            self._objects.put(item["blob"], blob.data)
        try:
            self._table.put(item, Equals("revision", replaced.revision) if replaced else Absent())
        except ConditionFailedError as error:
            raise LostRaceError(identity) from error
        return Archive(numbers, inputs, now, item["revision"], item.get("blob", ""), blob.index)

    def exists(self, identity: Identity) -> bool:
        """Whether there is such an archive."""
        return self._table.get(identity.partition, identity.sort_key) is not None

    def invalidate(self, identity: Identity, now: float) -> bool:
        """Make an archive stale, whatever it was made of; who is building it has to build it again. False: none."""
        try:
            self._table.update(
                identity.partition,
                identity.sort_key,
                assign={"inputs": "", "invalidated_at": now},
                add={"revision": 1},
                condition=Exists("pk"),
            )
        except ConditionFailedError:
            return False
        return True

    def frame(self, archive: Archive, place: Place) -> bytes:
        """The bytes of one frame. Raises: NotFoundError when the blob is gone."""
        return self._objects.get(archive.blob_key, start=place.offset, length=place.length).data

    def blob(self, archive: Archive) -> bytes:
        """The whole blob, empty if there is none. Raises: NotFoundError when it is gone."""
        return self._objects.get(archive.blob_key).data if archive.blob_key else b""
