"""Queue batches reach the function, failures come again, a drain waits."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tidemark.local.gate import Gate
from tidemark.local.loop import MAX_EVENT_BYTES, QueueLoop, ScheduleLoop
from tidemark.local.template import QueueTrigger, ScheduleTrigger
from tidemark.stores.ports import Depth, Message

TRIGGER = QueueTrigger("Ingest", "Hits", 100, 5.0, 720, reports_failures=True)


class FakeQueue:
    """A queue in memory without time limits; what is given back can be received at once."""

    def __init__(self, bodies=()):
        self.waiting = [Message(f"m{n}", body, f"r{n}", 1, 0.0) for n, body in enumerate(bodies)]
        self.in_flight: dict[str, Message] = {}
        self.lock = threading.Lock()

    def receive(self, max_messages, visibility_seconds, wait_seconds=0):
        with self.lock:
            batch, self.waiting = self.waiting[:max_messages], self.waiting[max_messages:]
            self.in_flight.update((one.receipt, one) for one in batch)
            return batch

    def delete(self, receipts):
        with self.lock:
            for receipt in receipts:
                del self.in_flight[receipt]

    def change_visibility(self, receipts, visibility_seconds):
        with self.lock:
            for receipt in receipts:
                one = self.in_flight.pop(receipt)
                self.waiting.append(replace(one, receive_count=one.receive_count + 1))

    def depth(self):
        with self.lock:
            return Depth(len(self.waiting), len(self.in_flight), 0)


@contextmanager
def running(loop):
    loop.start()
    try:
        yield loop
    finally:
        loop.stop(60)


def test_drain_when_messages_wait_for_the_window():
    calls: list[int] = []
    queue = FakeQueue([b"{}"] * 250)
    with running(QueueLoop(TRIGGER, queue, lambda event: calls.append(len(event["Records"])), Gate())) as loop:
        loop.drain(60)
    assert sum(calls) == 250
    assert max(calls) <= 100


def test_drain_when_the_function_fails_at_first():
    seen: list[list[str]] = []

    def ingest(event):
        seen.append([record["messageId"] for record in event["Records"]])
        if len(seen) == 1:
            raise RuntimeError("out of order")
        if len(seen) == 2:
            return {"batchItemFailures": [{"itemIdentifier": "m1"}]}
        return None

    with running(QueueLoop(TRIGGER, FakeQueue([b"{}"] * 3), ingest, Gate())) as loop:
        loop.drain(60)
    assert [sorted(batch) for batch in seen] == [["m0", "m1", "m2"], ["m0", "m1", "m2"], ["m1"]]


def test_drain_when_the_queue_never_gets_empty():
    def fail(_):
        raise RuntimeError("always")

    with (
        running(QueueLoop(TRIGGER, FakeQueue([b"{}"]), fail, Gate())) as loop,
        pytest.raises(TimeoutError, match="Hits"),
    ):
        loop.drain(0.3)


def test_batches_when_messages_are_large():
    sizes: list[int] = []
    queue = FakeQueue([b"x" * 250_000] * 60)
    trigger = replace(TRIGGER, batch_size=10_000)
    with running(
        QueueLoop(trigger, queue, lambda event: sizes.append(sum(len(one["body"]) for one in event["Records"])), Gate())
    ) as loop:
        loop.drain(60)
    assert sum(sizes) == 60 * 250_000
    assert max(sizes) <= MAX_EVENT_BYTES


def test_stop_when_a_batch_is_under_way():
    entered, done = threading.Event(), threading.Event()

    def slow(_):
        entered.set()
        time.sleep(0.2)
        done.set()

    queue = FakeQueue([b"{}"])
    loop = QueueLoop(replace(TRIGGER, window_seconds=0), queue, slow, Gate())
    loop.start()
    assert entered.wait(60)
    loop.stop(60)
    assert done.is_set()
    assert queue.depth().total == 0


def test_schedule_when_its_time_has_come():
    called = threading.Event()
    events: list[dict] = []

    def plan(event):
        events.append(event)
        called.set()
        raise RuntimeError("a failing call must not end the schedule")

    with running(ScheduleLoop(ScheduleTrigger("Plan", "PlanEveryMinute", 0), plan, Gate())):
        assert called.wait(60)
    assert events[0]["source"] == "aws.events"


def test_forget_when_a_batch_waits_for_its_window():
    received, calls = threading.Event(), []

    class Watched(FakeQueue):
        def receive(self, max_messages, visibility_seconds, wait_seconds=0):
            batch = super().receive(max_messages, visibility_seconds, wait_seconds)
            if batch:
                received.set()
            return batch

    gate = Gate()
    queue = Watched([b"{}"])
    with running(QueueLoop(TRIGGER, queue, calls.append, gate)) as loop:
        assert received.wait(60)
        with gate.alone():
            queue.in_flight.clear()
            loop.forget()
        loop.drain(60)
    assert calls == []
