"""Reads single tables of archives, and remembers the last ones: a version never changes."""

from __future__ import annotations

import threading
from collections import OrderedDict

import pyarrow as pa

from tidemark.archiving.store import Archive, ArchiveStore
from tidemark.archiving.tables import decode

CACHED_BYTES = 64 * 1024 * 1024


class FrameReader:
    """Decoded frames by blob and name; the least recently used make room."""

    def __init__(self, store: ArchiveStore, cached_bytes: int = CACHED_BYTES) -> None:
        self._store = store
        self._room = cached_bytes
        self._cache: OrderedDict[tuple[str, str], pa.Table] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, archive: Archive, name: str) -> pa.Table | None:
        """A frame of an archive by one ranged read; None if it has none of that name.

        Raises: NotFoundError when the blob is gone.
        """
        place = archive.index.get(name)
        if place is None:
            return None
        cached = self._cached(archive, name)
        if cached is not None:
            return cached
        return self._keep(archive, name, decode(self._store.frame(archive, place), place.raw_bytes))

    def inside(self, archive: Archive, blob: memoryview, name: str) -> pa.Table:
        """A frame of an archive whose blob is at hand; not remembered, since merging reads all of them once."""
        cached = self._cached(archive, name)
        if cached is not None:
            return cached
        place = archive.index[name]
        return decode(blob[place.offset : place.offset + place.length], place.raw_bytes)

    def _cached(self, archive: Archive, name: str) -> pa.Table | None:
        key = (archive.blob_key, name)
        with self._lock:
            found = self._cache.get(key)
            if found is not None:
                self._cache.move_to_end(key)
            return found

    def _keep(self, archive: Archive, name: str, table: pa.Table) -> pa.Table:
        with self._lock:
            key = (archive.blob_key, name)
            if key not in self._cache and table.nbytes < self._room:
                self._cache[key] = table
                self._room -= table.nbytes
                while self._room < 0:
                    _, dropped = self._cache.popitem(last=False)
                    self._room += dropped.nbytes
        return table
