"""Delivers queue batches and schedules to the functions, as the event sources of AWS do."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from tidemark.local.gate import Gate
from tidemark.local.queue_events import failed_ids, schedule_event, sqs_event
from tidemark.local.template import QueueTrigger, ScheduleTrigger
from tidemark.stores.ports import Message, Queue

Call = Callable[[dict[str, Any]], Any]

MAX_EVENT_BYTES: Final = 6 * 1024 * 1024
VISIBILITY_SECONDS: Final = 10
"""Shorter than the template's, and prolonged while the function works: after a crash nobody waits long."""
HEARTBEAT_SECONDS: Final = 3
MAX_WINDOW_SECONDS: Final = 1.0
"""Locally a hit shall be seen soon; there is no price on a call."""
MAX_BACKOFF_SECONDS: Final = 60
POLL_SECONDS: Final = 0.5
RECEIVE_AT_ONCE: Final = 1000

_LOG: Final = logging.getLogger(__name__)


class QueueLoop:
    """Takes one queue's messages in batches to one function, in a thread of its own."""

    def __init__(self, trigger: QueueTrigger, queue: Queue, call: Call, gate: Gate) -> None:
        self._trigger = trigger
        self._queue = queue
        self._call = call
        self._gate = gate
        self._resets = 0
        self._window_seconds = min(trigger.window_seconds, MAX_WINDOW_SECONDS)
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._stopping = threading.Event()
        self._delivered = threading.Condition()
        self._taken = 0
        self._thread = threading.Thread(target=self._run, name=trigger.queue, daemon=True)

    @property
    def queue_name(self) -> str:
        """Logical id of the queue."""
        return self._trigger.queue

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Deliver nothing more; wait for the batch under way."""
        self._stopping.set()
        self._hurry.set()
        self._wake.set()
        self._thread.join(timeout_seconds)

    def nudge(self) -> None:
        """Look into the queue now: something may have come."""
        self._wake.set()

    def forget(self) -> None:
        """Drop the batch at hand: its queue was emptied. To be called with nobody else inside the gate."""
        self._resets += 1

    def drain(self, timeout_seconds: float) -> int:
        """Wait until the queue is empty, with nothing in flight; how many messages were taken meanwhile.

        Raises: TimeoutError.
        """
        deadline = time.monotonic() + timeout_seconds
        before = self._taken
        self._hurry.set()
        try:
            while self._queue.depth().total > 0:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{self.queue_name} was not empty after {timeout_seconds} seconds")
                self._wake.set()
                with self._delivered:
                    self._delivered.wait(0.05)
        finally:
            if not self._stopping.is_set():
                self._hurry.clear()
        return self._taken - before

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                resets = self._resets
                batch = self._gather()
                for part in _parts(batch):
                    with self._gate.shared():
                        if resets == self._resets:
                            self._deliver(part)
            except Exception:
                _LOG.exception("A queue could not be read", extra={"queue": self.queue_name})
                batch = []
            with self._delivered:
                self._delivered.notify_all()
            if not batch:
                self._wake.wait(POLL_SECONDS)
                self._wake.clear()

    def _gather(self) -> list[Message]:
        """The next batch: as many as the trigger allows; a small one waits for more until the window is over."""
        batch: list[Message] = []
        self._fill(batch)
        if batch and len(batch) < self._trigger.batch_size and self._window_seconds > 0:
            self._hurry.wait(self._window_seconds)
            self._fill(batch)
        return batch

    def _fill(self, batch: list[Message]) -> None:
        size = sum(len(message.body) for message in batch)
        while len(batch) < self._trigger.batch_size and size < MAX_EVENT_BYTES:
            at_once = min(RECEIVE_AT_ONCE, self._trigger.batch_size - len(batch))
            messages = self._queue.receive(at_once, VISIBILITY_SECONDS)
            if not messages:
                return
            size += sum(len(message.body) for message in messages)
            batch += messages

    def _deliver(self, messages: Sequence[Message]) -> None:
        receipts = [message.receipt for message in messages]
        try:
            with _heartbeat(self._queue, receipts):
                answer = self._call(sqs_event(messages, self.queue_name))
            failed = failed_ids(answer, messages) if self._trigger.reports_failures else set()
        except Exception:
            _LOG.exception("A function failed", extra={"function": self._trigger.function, "messages": len(messages)})
            failed = {message.id for message in messages}
        taken = [message.receipt for message in messages if message.id not in failed]
        if taken:
            self._queue.delete(taken)
        for message in messages:
            if message.id in failed:
                self._queue.change_visibility([message.receipt], self._backoff_seconds(message.receive_count))
        self._taken += len(taken)

    def _backoff_seconds(self, receive_count: int) -> int:
        return 0 if self._hurry.is_set() else min(2**receive_count, MAX_BACKOFF_SECONDS)


class ScheduleLoop:
    """Calls one function at the rate of its schedule, in a thread of its own."""

    def __init__(self, trigger: ScheduleTrigger, call: Call, gate: Gate) -> None:
        self._trigger = trigger
        self._call = call
        self._gate = gate
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=trigger.rule, daemon=True)

    def start(self) -> None:
        """Begin to call."""
        self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Call no more; wait for the call under way."""
        self._stopping.set()
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while not self._stopping.wait(self._trigger.every_seconds):
            try:
                with self._gate.shared():
                    self._call(schedule_event(self._trigger.rule, time.time()))
            except Exception:
                _LOG.exception("A function failed", extra={"function": self._trigger.function})


def _parts(batch: Sequence[Message]) -> Iterator[list[Message]]:
    """The batch in parts, each small enough for one event."""
    part: list[Message] = []
    size = 0
    for message in batch:
        if part and size + len(message.body) > MAX_EVENT_BYTES:
            yield part
            part, size = [], 0
        part.append(message)
        size += len(message.body)
    if part:
        yield part


@contextmanager
def _heartbeat(queue: Queue, receipts: Sequence[str]) -> Iterator[None]:
    """Keep the deliveries hidden from others while the function works on them."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT_SECONDS):
            try:
                queue.change_visibility(receipts, VISIBILITY_SECONDS)
            except Exception:
                _LOG.exception("A batch could not be kept hidden")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
