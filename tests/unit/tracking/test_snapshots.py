"""The cached tracker snapshot: fresh enough, and served on when the store is away."""

from __future__ import annotations

import pytest

from tests.support.memory_stores import MemoryObjects
from tests.support.tracking import snapshot
from tidemark.model.snapshot import SNAPSHOT_KEY
from tidemark.stores.ports import UnavailableError
from tidemark.tracking.snapshots import SnapshotCache


class Objects(MemoryObjects):
    """Counts reads, and can be away."""

    reads = 0
    is_away = False

    def get_if_changed(self, key, etag):
        self.reads += 1
        if self.is_away:
            raise UnavailableError("away")
        return super().get_if_changed(key, etag)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def objects():
    stored = Objects()
    stored.put(SNAPSHOT_KEY, snapshot(version=1).to_json())
    return stored


def test_the_snapshot_is_read_once_when_young(objects):
    cache = SnapshotCache(objects, 30, Clock())
    assert cache.current() is cache.current()
    assert objects.reads == 1


def test_a_change_is_seen_when_the_copy_is_old(objects):
    clock = Clock()
    cache = SnapshotCache(objects, 30, clock)
    cache.current()
    objects.put(SNAPSHOT_KEY, snapshot(version=2).to_json())
    clock.now += 29
    assert cache.current().version == 1
    clock.now += 1
    assert cache.current().version == 2


def test_a_change_is_seen_at_once_when_no_age_is_allowed(objects):
    cache = SnapshotCache(objects, 0, Clock())
    cache.current()
    objects.put(SNAPSHOT_KEY, snapshot(version=2).to_json())
    assert cache.current().version == 2


def test_the_same_snapshot_stays_when_nothing_changed(objects):
    cache = SnapshotCache(objects, 0, Clock())
    assert cache.current() is cache.current()


def test_a_fresher_one_is_read_when_asked_for(objects):
    clock = Clock()
    cache = SnapshotCache(objects, 30, clock)
    cache.current()
    objects.put(SNAPSHOT_KEY, snapshot(version=2).to_json())
    clock.now += 2
    assert cache.current(1.0).version == 2


def test_the_copy_serves_on_when_the_store_is_away(objects):
    clock = Clock()
    cache = SnapshotCache(objects, 30, clock)
    cache.current()
    objects.is_away = True
    clock.now += 60
    assert cache.current().version == 1
    assert cache.current().version == 1
    assert objects.reads == 2  # not tried again at once


def test_the_store_is_missed_when_there_is_no_copy(objects):
    objects.is_away = True
    with pytest.raises(UnavailableError):
        SnapshotCache(objects, 30, Clock()).current()


def test_an_instance_has_no_sites_when_it_was_never_set_up():
    assert list(SnapshotCache(Objects(), 0, Clock()).current().sites()) == []


def test_the_instance_is_empty_again_when_the_stores_were_reset(objects):
    cache = SnapshotCache(objects, 0, Clock())
    cache.current()
    objects.stored.clear()
    assert cache.current().site(1) is None
