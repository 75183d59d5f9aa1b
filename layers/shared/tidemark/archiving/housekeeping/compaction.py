"""Compaction: the many small files of a site's hour in the hit log become one.

A merged file tells in its metadata which files it was made of. It is put first, if it is not there; the files it was
made of are deleted by a later run, when every reader that had listed the hour before it was there has finished. In
between, and for ever after a crash, hits stand twice, and readers drop repeated hit ids. Nothing is marked: the set of
hits is the same, so days stay fresh.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidemark.clock import Clock
from tidemark.parquet_files import SMALL_LEVEL, file_bytes, read_file
from tidemark.stores.ports import NotFoundError, ObjectInfo, Objects, PreconditionFailedError

HITS_PREFIX = "hits/"
MERGED_PREFIX = "merged-"
SOURCES = "tidemark.sources"
FEWEST_FILES = 4
"""Hours with fewer small files are left alone."""
MOST_FILES = 500
MOST_BYTES = 128 << 20
SMALL_BYTES = 32 << 20
SETTLED_SECONDS = 26 * 3600
"""An hour is merged when the local day that it belongs to is over in every zone: today's files are read often."""
GRACE_SECONDS = 3600.0
FOOTER_BYTES = 512 << 10
ORDER = (
    *("location_country", "location_region", "location_city"),
    *("fingerprint", "visitor_id", "server_time", "sequence", "hit_id"),
)
"""A visitor's hits stand together: most columns then repeat, and take a fifth less. Visitors stand by the place that much
else of them follows from.
"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HourPlan:
    """What to do with the files of one hour: delete these, merge each of those groups."""

    deleted: tuple[str, ...] = ()
    merged: tuple[tuple[ObjectInfo, ...], ...] = ()


@dataclass(slots=True)
class Compacted:
    """What was done."""

    merged_files: int = 0
    written_files: int = 0
    deleted_files: int = 0


@dataclass(slots=True)
class Compaction:
    """Merges hit files of a store."""

    objects: Objects
    clock: Clock
    done: Compacted = field(default_factory=Compacted)

    def run(self, idsite: int, is_over: Callable[[], bool]) -> None:
        """Go through a site's hours until the time is over; what was done before is not done again."""
        listing = self.objects.listing(f"{HITS_PREFIX}site={idsite}/")
        for folder, infos in itertools.groupby(listing, key=lambda info: info.key.rpartition("/")[0]):
            if is_over():
                return
            files = [info for info in infos if info.key.endswith(".parquet")]
            if len(files) > 1:
                self._tidy(folder, files)

    def _tidy(self, folder: str, files: Sequence[ObjectInfo]) -> None:
        sources = {info.key: self._sources_of(info) for info in files if is_merged(info.key)}
        plan = plan_hour(
            files, sources, self.clock.now(), is_settled=self.clock.now() > hour_end(folder) + SETTLED_SECONDS
        )
        if plan.deleted:
            self.objects.delete(plan.deleted)
            self.done.deleted_files += len(plan.deleted)
        for group in plan.merged:
            self._merge(folder, group)

    def _sources_of(self, info: ObjectInfo) -> Mapping[str, str]:
        """Names and etags of the files that a merged one was made of; its footer stands at its end."""
        start = max(0, info.size - FOOTER_BYTES)
        try:
            found = self.objects.get(info.key, start=start)
        except NotFoundError:
            return {}
        return sources_in(found.data)

    def _merge(self, folder: str, group: Sequence[ObjectInfo]) -> None:
        try:
            with self.objects.local_files([info.key for info in group]) as paths:
                content = merged(paths, {name_of(info.key): info.etag for info in group})
        except (NotFoundError, FileNotFoundError):
            return  # deleted meanwhile: another run sees what there is then
        except pa.ArrowInvalid:
            logger.exception("hit files could not be merged", extra={"folder": folder})
            return
        key = f"{folder}/{MERGED_PREFIX}{group_name(group)}.parquet"
        try:
            self.objects.put(key, content, if_absent=True)
        except PreconditionFailedError:
            return  # made of the same files: it has the same content
        present = {info.key: info.etag for info in self.objects.listing(f"{folder}/")}
        if any(present.get(info.key) != info.etag for info in group):  # written anew meanwhile: hits may have gone
            self.objects.delete([key])
            return
        self.done.merged_files += len(group)
        self.done.written_files += 1


def plan_hour(
    files: Sequence[ObjectInfo], sources: Mapping[str, Mapping[str, str]], now: float, *, is_settled: bool
) -> HourPlan:
    """What to do with an hour's files, given what its merged files were made of (by key: names and etags)."""
    covering: dict[str, ObjectInfo] = {}
    for info in files:
        for other in files:
            if other is not info and sources.get(info.key, {}).get(name_of(other.key)) == other.etag:
                covering[other.key] = info
    busy = {info.key for info in covering.values()}
    deleted = tuple(key for key, info in covering.items() if info.modified < now - GRACE_SECONDS)
    if not is_settled:
        return HourPlan(deleted)
    free = [info for info in files if info.key not in covering and info.key not in busy and info.size < SMALL_BYTES]
    groups = [group for group in _groups(free) if len(group) >= FEWEST_FILES]
    return HourPlan(deleted, tuple(groups))


def _groups(files: Sequence[ObjectInfo]) -> Iterator[tuple[ObjectInfo, ...]]:
    """Files in order, as many at once as fit."""
    group: list[ObjectInfo] = []
    size = 0
    for info in files:
        if group and (len(group) == MOST_FILES or size + info.size > MOST_BYTES):
            yield tuple(group)
            group, size = [], 0
        group.append(info)
        size += info.size
    if group:
        yield tuple(group)


def merged(paths: Sequence[str], sources: Mapping[str, str]) -> bytes:
    """The file with all rows of some files, by visitor and time. Columns that a file lacks are NULL."""
    tables = [read_file(path).replace_schema_metadata(None) for path in paths]
    whole = pa.concat_tables(tables, promote_options="permissive").combine_chunks()
    by = [(name, "ascending") for name in ORDER if name in whole.column_names]
    ordered = whole.take(pc.sort_indices(whole, sort_keys=by))
    named = {SOURCES.encode(): orjson.dumps(dict(sources), option=orjson.OPT_SORT_KEYS)}
    return file_bytes(ordered, level=SMALL_LEVEL, by_visitor=True, named_values=named)


def sources_in(file: bytes) -> Mapping[str, str]:
    """What a merged file was made of, from its end."""
    metadata = pq.read_metadata(pa.BufferReader(file)).metadata or {}
    found: Mapping[str, str] = orjson.loads(metadata.get(SOURCES.encode(), b"{}"))
    return found


def group_name(group: Sequence[ObjectInfo]) -> str:
    """A name for a file made of just these."""
    spelled = "\n".join(sorted(f"{name_of(info.key)} {info.etag}" for info in group))
    return hashlib.sha256(spelled.encode()).hexdigest()[:32]


def is_merged(key: str) -> bool:
    """Whether the file was made by compaction."""
    return name_of(key).startswith(MERGED_PREFIX)


def name_of(key: str) -> str:
    """The last part of a key."""
    return key.rpartition("/")[2]


def hour_end(folder: str) -> float:
    """When the hour of a folder of the hit log (…/date=2024-03-05/hour=07) is over, unix seconds."""
    date, hour = (part.partition("=")[2] for part in folder.split("/")[-2:])
    return datetime.fromisoformat(f"{date}T{hour}:00:00").replace(tzinfo=UTC).timestamp() + 3600
