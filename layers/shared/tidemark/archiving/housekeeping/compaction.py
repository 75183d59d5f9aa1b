"""Compaction: the many small files of a day in the hit log become one, or a few.

A merged file tells in its metadata which files it was made of. It is put first, if it is not there; the files it was
made of are deleted by a later run, when every reader that had listed the date before it was there has finished. In
between, and for ever after a crash, hits stand twice, and readers drop repeated hit ids. Nothing is marked: the set of
hits is the same, so days stay fresh.

What is merged lies within one UTC date and one day in the site's zone: no file has hits of two days that somebody asks for.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

import pyarrow as pa

from tidemark.archiving.housekeeping.merging import merged, sources_in
from tidemark.clock import Clock
from tidemark.hit_folders import HITS_PREFIX, HOUR_SECONDS, Span, date_folder, folder, span_of, within
from tidemark.model.period import ONE_DAY, midnight_utc
from tidemark.stores.ports import NotFoundError, ObjectInfo, Objects, PreconditionFailedError

MERGED_PREFIX = "merged-"
FEWEST_FILES = 4
"""Fewer small files are left alone."""
MOST_FILES = 500
MOST_BYTES = 32 << 20
"""Of a merged file, about a million hits: erasing somebody from it, and merging it, takes so much memory."""
SMALL_BYTES = 16 << 20
"""Merged files from here on are not merged again."""
SHARE_LEFT = 0.55
"""What merging leaves of files as ingest writes them."""
SETTLED_SECONDS = 26 * 3600
"""Hours are merged when the local days that they belong to are over in every zone: today's files are read often."""
GRACE_SECONDS = 3600.0
FOOTER_BYTES = 512 << 10
DAY_SECONDS = 86_400

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the files of one date: delete these, merge each of those groups."""

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

    def run(self, idsite: int, zone: tzinfo, is_over: Callable[[], bool]) -> None:
        """Go through a site's dates until the time is over; what was done before is not done again."""
        listing = self.objects.listing(f"{HITS_PREFIX}site={idsite}/")
        for prefix, infos in itertools.groupby(listing, key=lambda info: date_folder(info.key)):
            if is_over():
                return
            files = [info for info in infos if info.key.endswith(".parquet")]
            if len(files) > 1:
                self._tidy(idsite, prefix, files, zone, is_over)

    def _tidy(
        self, idsite: int, prefix: str, files: Sequence[ObjectInfo], zone: tzinfo, is_over: Callable[[], bool]
    ) -> None:
        now = self.clock.now()
        counts = Counter(span_of(info.key) for info in files)
        merged_files = [info for info in files if is_merged(info.key)]
        sources = {info.key: self._sources_of(info) for info in merged_files if _has_company(info, counts)}
        settled = [span for span in parts_of_date(files[0].key, zone) if span[1] + SETTLED_SECONDS < now]
        plan = plan_date(files, sources, settled, now)
        if plan.deleted:
            self.objects.delete(plan.deleted)
            self.done.deleted_files += len(plan.deleted)
        for group in plan.merged:
            if is_over():
                return
            self._merge(idsite, prefix, group)

    def _sources_of(self, info: ObjectInfo) -> Mapping[str, str]:
        """Keys and etags of the files that a merged one was made of; its footer stands at its end."""
        start = max(0, info.size - FOOTER_BYTES)
        try:
            found = self.objects.get(info.key, start=start)
        except NotFoundError:
            return {}
        beside, above = info.key.rpartition("/")[0] + "/", date_folder(info.key)
        # until files of several hours were merged, sources stood beside what was made of them, and were told by name
        return {(above if "/" in name else beside) + name: etag for name, etag in sources_in(found.data).items()}

    def _merge(self, idsite: int, prefix: str, group: Sequence[ObjectInfo]) -> None:
        etags = {info.key.removeprefix(prefix): info.etag for info in group}
        try:
            with self.objects.local_files([info.key for info in group]) as paths:
                content = merged(paths, etags)
        except (NotFoundError, FileNotFoundError):
            return  # deleted meanwhile: another run sees what there is then
        except pa.ArrowException:
            logger.exception("hit files could not be merged", extra={"folder": prefix})
            return
        spans = [span_of(info.key) for info in group]
        whole = min(start for start, _ in spans), max(end for _, end in spans)
        key = f"{folder(idsite, whole)}/{MERGED_PREFIX}{group_name(etags)}.parquet"
        try:
            self.objects.put(key, content, if_absent=True)
        except PreconditionFailedError:
            return  # made of the same files: it has the same content
        present = {info.key: info.etag for info in self.objects.listing(prefix)}
        if any(present.get(info.key) != info.etag for info in group):  # written anew meanwhile: hits may have gone
            self.objects.delete([key])
            return
        self.done.merged_files += len(group)
        self.done.written_files += 1


def parts_of_date(key: str, zone: tzinfo) -> list[Span]:
    """The hours of a file's UTC date by days in a zone. An hour in which a local day begins is a part of its own."""
    midnight = span_of(key)[0] // DAY_SECONDS * DAY_SECONDS
    end = midnight + DAY_SECONDS
    today: date = datetime.fromtimestamp(midnight, UTC).date()
    cuts = {midnight, end}
    for day in (today - ONE_DAY, today, today + ONE_DAY):
        begins = midnight_utc(day, zone)
        cuts |= {begins // HOUR_SECONDS * HOUR_SECONDS, -(-begins // HOUR_SECONDS) * HOUR_SECONDS}
    return list(itertools.pairwise(sorted(cut for cut in cuts if midnight <= cut <= end)))


def plan_date(
    files: Sequence[ObjectInfo], sources: Mapping[str, Mapping[str, str]], settled: Sequence[Span], now: float
) -> Plan:
    """What to do with a date's files, given what its merged files were made of (by key: keys and etags).

    `settled`: parts of the date whose files may be merged.
    """
    by_key = {info.key: info for info in files}
    covering: dict[str, ObjectInfo] = {}
    for key, made_of in sources.items():
        for name, etag in made_of.items():
            if name != key and name in by_key and by_key[name].etag == etag:
                covering[name] = by_key[key]
    busy = {info.key for info in covering.values()}
    deleted = tuple(sorted(key for key, info in covering.items() if info.modified < now - GRACE_SECONDS))
    free = [info for info in files if info.key not in covering and info.key not in busy and _weight(info) < SMALL_BYTES]
    free.sort(key=lambda info: (span_of(info.key), info.key))
    groups = (
        group for part in settled for group in _groups([info for info in free if within(span_of(info.key), part)])
    )
    return Plan(deleted, tuple(group for group in groups if len(group) >= FEWEST_FILES))


def _has_company(info: ObjectInfo, counts: Mapping[Span, int]) -> bool:
    """Whether there are others of a file's hours, given how many files there are by their hours."""
    span = span_of(info.key)
    return sum(count for other, count in counts.items() if within(other, span)) > 1


def _groups(files: Sequence[ObjectInfo]) -> Iterator[tuple[ObjectInfo, ...]]:
    """Files in order, as many at once as fit."""
    group: list[ObjectInfo] = []
    size = 0.0
    for info in files:
        if group and (len(group) == MOST_FILES or size + _weight(info) > MOST_BYTES):
            yield tuple(group)
            group, size = [], 0.0
        group.append(info)
        size += _weight(info)
    if group:
        yield tuple(group)


def _weight(info: ObjectInfo) -> float:
    """Of how many bytes of a merged file a file may be."""
    return info.size * (1 if is_merged(info.key) else SHARE_LEFT)


def group_name(etags: Mapping[str, str]) -> str:
    """A name for a file made of just these."""
    spelled = "\n".join(f"{name} {etag}" for name, etag in sorted(etags.items()))
    return hashlib.sha256(spelled.encode()).hexdigest()[:32]


def is_merged(key: str) -> bool:
    """Whether the file was made by compaction."""
    return key.rpartition("/")[2].startswith(MERGED_PREFIX)
