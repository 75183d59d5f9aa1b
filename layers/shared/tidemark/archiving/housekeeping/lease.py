"""Only one process at a time tidies an instance up. A process that dies leaves a lease that runs out."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tidemark.clock import Clock
from tidemark.stores.ports import Absent, AnyOf, ConditionFailedError, Equals, LessThan, Table

PARTITION = "housekeeping"
LEASE_KEY = "lease"
LEASE_SECONDS = 1200.0
"""Longer than a function may run."""
DONE_PREFIX = "done#"
SEEN_PREFIX = "seen#"


class Chores:
    """When which chore was last done, and who is at it. Items of archive_state, partition housekeeping."""

    def __init__(self, state: Table, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    @contextmanager
    def lease(self) -> Iterator[bool]:
        """True while nobody else tidies up; False if somebody does."""
        now, owner = self._clock.now(), secrets.token_hex(8)
        is_free = AnyOf((Absent(), LessThan("until", now)))
        try:
            self._state.put({"pk": PARTITION, "sk": LEASE_KEY, "owner": owner, "until": now + LEASE_SECONDS}, is_free)
        except ConditionFailedError:
            yield False
            return
        try:
            yield True
        finally:
            with suppress(ConditionFailedError):
                self._state.delete(PARTITION, LEASE_KEY, Equals("owner", owner))

    def is_due(self, name: str, every_seconds: float) -> bool:
        """Whether a chore was not finished for so long."""
        item = self._state.get(PARTITION, DONE_PREFIX + name)
        return item is None or not 0 <= self._clock.now() - float(item["at"]) < every_seconds

    def first_seen(self, name: str) -> float:
        """When something was noticed for the first time (unix seconds): now, if it was not before."""
        item = self._state.update(PARTITION, SEEN_PREFIX + name, initial={"at": self._clock.now()})
        return float(item["at"])

    def done(self, name: str) -> None:
        """Note that a chore was finished."""
        self._state.put({"pk": PARTITION, "sk": DONE_PREFIX + name, "at": self._clock.now()})

    def forget(self) -> None:
        """Let every chore be due."""
        done = self._state.query(PARTITION, sk_prefix=DONE_PREFIX)
        self._state.write_batch(deletes=[(PARTITION, item["sk"]) for item in done])
