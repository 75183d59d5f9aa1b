"""The tracker snapshot as it is cached in a process.

Protocol: the registry rewrites the object SNAPSHOT_KEY on every change; readers keep its etag and ask for the object
again, if changed, once their copy is older than `max_age_seconds` (0 in the local run: before each request).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from tidemark.model.snapshot import SNAPSHOT_KEY, TrackerSnapshot
from tidemark.stores.errors import NotFoundError, StoreError

if TYPE_CHECKING:
    from tidemark.stores.objects import KeyedObjects

NEGATIVE_AGE_SECONDS = 1.0
"""How old a copy may be that a request is refused by: a site may have been added a moment ago."""

logger = logging.getLogger(__name__)


class Snapshots(Protocol):
    """Where collect and ingest take the settings of all sites from."""

    def current(self, max_age_seconds: float | None = None) -> TrackerSnapshot:
        """The snapshot, at most so old (None: as old as the cache allows). Raises StoreError if there never was one."""
        ...


class SnapshotCache:
    """Snapshots of an object store. When a refresh fails, the copy at hand serves on."""

    __slots__ = ("_etag", "_lock", "_max_age", "_monotonic", "_objects", "_read_at", "_snapshot")

    def __init__(
        self, objects: KeyedObjects, max_age_seconds: float = 30.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._objects = objects
        self._max_age = max_age_seconds
        self._monotonic = monotonic
        self._snapshot: TrackerSnapshot | None = None
        self._etag: str | None = None
        self._read_at = 0.0
        self._lock = threading.Lock()

    def current(self, max_age_seconds: float | None = None) -> TrackerSnapshot:
        """The snapshot, at most so old; one thread refreshes, the others go on with the copy at hand."""
        limit = self._max_age if max_age_seconds is None else min(max_age_seconds, self._max_age)
        snapshot = self._snapshot
        if snapshot is None:
            with self._lock:
                return self._snapshot or self._refresh()
        if self._monotonic() - self._read_at >= limit and self._lock.acquire(blocking=self._max_age == 0):
            try:
                snapshot = self._refresh_or_keep(snapshot)
            finally:
                self._lock.release()
        return snapshot

    def _refresh_or_keep(self, present: TrackerSnapshot) -> TrackerSnapshot:
        try:
            return self._refresh()
        except StoreError:
            logger.warning("tracker snapshot not refreshed", exc_info=True)
            self._read_at = self._monotonic()
            return present

    def _refresh(self) -> TrackerSnapshot:
        started = self._monotonic()
        try:
            stored = self._objects.get_if_changed(SNAPSHOT_KEY, self._etag)
        except NotFoundError:  # an instance that was never set up, or was just emptied
            self._snapshot, self._etag = TrackerSnapshot(version=0, salt=""), None
        else:
            if stored is not None:
                self._snapshot, self._etag = TrackerSnapshot.from_json(stored.data), stored.etag
        self._read_at = started
        if self._snapshot is None:
            raise StoreError("the tracker snapshot has an etag but no content")
        return self._snapshot
