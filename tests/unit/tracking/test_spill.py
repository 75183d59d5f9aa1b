"""The spill: what the queue refuses is stored, and comes back once."""

from __future__ import annotations

from tests.support.memory_stores import MemoryObjects
from tests.support.tracking import NOW, FakeQueue
from tidemark.stores.ports import ObjectInfo
from tidemark.tracking.spill import SPILL_PREFIX, replay_spill, spill


class Objects(MemoryObjects):
    """A full objects port, as far as the spill needs it."""

    def listing(self, prefix, *, start_after=None):
        for key in sorted(self.stored):
            if key.startswith(prefix):
                yield ObjectInfo(key, len(self.stored[key].data), self.stored[key].etag, 0.0)

    def delete(self, keys):
        for key in keys:
            self.stored.pop(key, None)


def test_a_message_is_stored_once_when_spilled_twice():
    objects = Objects()
    spill(objects, b"{}", NOW)
    spill(objects, b"{}", NOW)
    (key,) = objects.stored
    assert key.startswith(f"{SPILL_PREFIX}2026-11-18/11/")


def test_messages_return_in_order_of_hours_when_replayed():
    objects, queue = Objects(), FakeQueue()
    spill(objects, b"2", NOW + 3600)
    spill(objects, b"1", NOW)
    assert replay_spill(objects, queue) == 2
    assert queue.bodies == [b"1", b"2"]
    assert objects.stored == {}


def test_messages_stay_when_the_queue_still_refuses():
    objects, queue = Objects(), FakeQueue()
    spill(objects, b"1", NOW)
    queue.is_broken = True
    assert replay_spill(objects, queue) == 0
    assert len(objects.stored) == 1


def test_only_so_many_are_sent_when_there_is_a_limit():
    objects, queue = Objects(), FakeQueue()
    for number in range(5):
        spill(objects, str(number).encode(), NOW)
    assert replay_spill(objects, queue, limit=2) == 2
    assert len(objects.stored) == 3
