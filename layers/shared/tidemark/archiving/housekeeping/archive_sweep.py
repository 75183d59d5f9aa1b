"""Archives that go: too old ones, those of sites and segments that were deleted, and blobs that no archive names.

A blob that was replaced stays for a while for those who read its archive before. A reader whose blob is gone all the
same builds the archive anew. Order of every deletion: the item first, then its blob; what a crash leaves between is a
blob that nobody names, which the next sweep takes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import orjson

from tidemark.archiving.housekeeping.reports import BASIC_METRICS, Fate, ReportRules
from tidemark.archiving.store import ALL_VISITS, partition_key, period_of, segment_of
from tidemark.clock import Clock
from tidemark.model.period import Period
from tidemark.stores.ports import ConditionFailedError, Equals, Item, NotFoundError, ObjectInfo, Objects, Table

BLOBS = "archive_blob/"
GRACE_SECONDS = 3600.0
ORPHAN_SECONDS = 7 * 86_400.0
"""Archives of a site or segment that was deleted stay so much longer."""
LAST_CHARACTER = "~"


@dataclass(frozen=True, slots=True)
class Known:
    """What there is: the rules of each site, and the hashes of segments that were deleted long enough ago."""

    rules: Mapping[int, ReportRules]
    missing_since: Callable[[int], float]
    """When it was first noticed that there is no such site (unix seconds)."""
    deleted_segments: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    """Hashes of saved segments: they may have archives without tables."""


@dataclass(slots=True)
class ArchiveSweep:
    """Goes through all archives, month by month and site by site."""

    numeric: Table
    objects: Objects
    clock: Clock
    deleted_archives: int = 0
    stripped_archives: int = 0
    deleted_blobs: int = 0
    _now: float = field(default=0.0, init=False)

    def run(self, known: Known, is_over: Callable[[], bool]) -> bool:
        """Sweep; False if the time was over before the end."""
        self._now = self.clock.now()
        for month in self._folders(BLOBS):
            for folder in self._folders(f"{BLOBS}{month}/"):
                if is_over():
                    return False
                self._sweep(month, int(folder.partition("=")[2]), known)
        return True

    def _folders(self, prefix: str) -> Iterator[str]:
        """The names right below a prefix, each found by one short listing."""
        after: str | None = None
        while info := next(iter(self.objects.listing(prefix, start_after=after)), None):
            name = info.key[len(prefix) :].split("/")[0]
            yield name
            after = f"{prefix}{name}/{LAST_CHARACTER}"

    def _sweep(self, month: str, idsite: int, known: Known) -> None:
        """The archives of a site that begin in a month."""
        prefix = f"{BLOBS}{month}/site={idsite}/"
        blobs = list(self.objects.listing(prefix))
        hashes = {_segment_of(info.key) for info in blobs} | known.segments | {""}
        partitions = sorted({partition_key(idsite, month, hashed) for hashed in hashes})
        items = [item for partition in partitions for item in self.numeric.query(partition)]
        named = {str(item["blob"]) for item in items if "blob" in item}
        for item in items:
            self._judge(item, self._fate(idsite, period_of(item["sk"]), segment_of(item), item, known), named)
        for _, versions in itertools.groupby(blobs, key=lambda info: info.key.rpartition("/")[0]):
            self._sweep_versions(list(versions), named)

    def _fate(self, idsite: int, period: Period, hashed: str, item: Item, known: Known) -> Fate:
        rules = known.rules.get(idsite)
        if rules is None:
            return "deleted" if self._now - known.missing_since(idsite) > ORPHAN_SECONDS else "kept"
        if hashed in known.deleted_segments:
            return "deleted"
        fate = rules.fate(period, hashed, self._now - float(item["archived_at"]))
        return "rebuildable" if fate == "stripped" and not rules.is_kept(period) else fate

    def _judge(self, item: Item, fate: Fate, named: set[str]) -> None:
        if fate == "kept" or (fate != "deleted" and "stripped" in item):
            return
        with suppress(ConditionFailedError):  # published anew meanwhile: the next sweep sees it
            self._replace(item, fate)
            if blob := str(item.get("blob", "")):
                named.discard(blob)
                self.objects.delete([blob])
                self.deleted_blobs += 1

    def _replace(self, item: Item, fate: Fate) -> None:
        same = Equals("revision", item["revision"])
        if fate == "deleted":
            self.numeric.delete(item["pk"], item["sk"], same)
            self.deleted_archives += 1
            return
        numbers = {name: value for name, value in self._numbers(item).items() if name in BASIC_METRICS}
        left = {name: value for name, value in item.items() if name not in {"blob", "rest"}}
        changed: Item = {"numbers": numbers, "index": {}, "stripped": True, "revision": int(item["revision"]) + 1}
        if fate == "rebuildable":
            changed["inputs"] = ""
        self.numeric.put({**left, **changed}, same)
        self.stripped_archives += 1

    def _numbers(self, item: Item) -> Mapping[str, float]:
        found: Mapping[str, float] = item["numbers"]
        if "rest" in item:
            offset, length = item["rest"]
            with suppress(NotFoundError):
                found = orjson.loads(self.objects.get(item["blob"], start=offset, length=length).data)["numbers"]
        return found

    def _sweep_versions(self, versions: Sequence[ObjectInfo], named: Collection[str]) -> None:
        """Blobs of one archive that it does not name, and that were replaced or left behind long enough ago."""
        newest = max(info.modified for info in versions)
        for info in versions:
            if info.key in named or newest > self._now - GRACE_SECONDS:
                continue
            seen = self.objects.head(info.key)  # whoever published the same content again has touched it
            if seen is not None and seen.modified == info.modified:
                self.objects.delete([info.key])
                self.deleted_blobs += 1


def _segment_of(key: str) -> str:
    hashed = key.split("/")[-2]
    return "" if hashed == ALL_VISITS else hashed
