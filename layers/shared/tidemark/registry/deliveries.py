"""Deliveries on the registry table: partition `delivery#<what>`, one item per due time, for ninety days."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Final

from tidemark.model.deliveries import Claim
from tidemark.model.snapshot import hash_token
from tidemark.stores.ports import (
    TTL_ATTRIBUTE,
    Absent,
    AllOf,
    AnyOf,
    ConditionFailedError,
    Equals,
    LessThan,
    Table,
)

LEASE_SECONDS: Final = 900
"""So long whoever claimed may take; then another process goes on."""
MAX_TRIES: Final = 5
RETRY_SECONDS: Final = 600
KEPT_SECONDS: Final = 90 * 86_400
_FORMAT: Final = 1
_OPEN: Final = "open"
_SENT: Final = "sent"
_LAST: Final = "last"


class StoredDeliveries:
    """Implements tidemark.model.deliveries.Deliveries. Times are the machine's, not the instance's clock."""

    __slots__ = ("_now", "_salt", "_table")

    def __init__(self, table: Table, salt: Callable[[], str], real_now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._salt = salt
        self._now = real_now

    def is_open(self, what: str, due: str) -> bool:
        """See Deliveries."""
        item = self._table.get(_partition(what), f"due#{due}")
        return item is None or (item["state"] == _OPEN and item["tries"] < MAX_TRIES and item["until"] < self._now())

    def claim(self, what: str, due: str) -> Claim | None:
        """See Deliveries. One conditional write decides."""
        now, holder = int(self._now()), secrets.token_hex(8)
        free = AllOf((Equals("state", _OPEN), LessThan("until", now), LessThan("tries", MAX_TRIES)))
        try:
            item = self._table.update(
                _partition(what),
                f"due#{due}",
                assign={"state": _OPEN, "holder": holder, "until": now + LEASE_SECONDS},
                initial={"format": _FORMAT, TTL_ATTRIBUTE: now + KEPT_SECONDS},
                add={"tries": 1},
                condition=AnyOf((Absent("pk"), free)),
            )
        except ConditionFailedError:
            return None
        prefix = f"{due}#"
        reached = self._table.query(_partition(what), sk_prefix=f"got#{prefix}")
        return Claim(what, due, str(item["holder"]), frozenset(one["sk"].rpartition("#")[2] for one in reached))

    def has_got(self, claim: Claim, receiver: str) -> bool:
        """See Deliveries."""
        return self._hashed(receiver) in claim.reached

    def note(self, claim: Claim, receiver: str) -> None:
        """See Deliveries. Receivers stand there as keyed hashes."""
        key = f"got#{claim.due}#{self._hashed(receiver)}"
        self._table.put({"pk": _partition(claim.what), "sk": key, TTL_ATTRIBUTE: int(self._now()) + KEPT_SECONDS})

    def finish(self, claim: Claim) -> None:
        """See Deliveries."""
        now = int(self._now())
        self._end(claim, {"state": _SENT, "sent_at": now})
        self._table.put({"pk": _partition(claim.what), "sk": _LAST, "at": now})

    def fail(self, claim: Claim, problem: str) -> None:
        """See Deliveries."""
        self._end(claim, {"until": int(self._now()) + RETRY_SECONDS, "problem": problem})

    def last_sent(self, what: str) -> int | None:
        """See Deliveries."""
        item = self._table.get(_partition(what), _LAST)
        return item["at"] if item is not None else None

    def _end(self, claim: Claim, changes: dict[str, object]) -> None:
        try:
            self._table.update(
                _partition(claim.what), f"due#{claim.due}", assign=changes, condition=Equals("holder", claim.holder)
            )
        except ConditionFailedError:  # it took longer than the lease, and another process goes on
            return

    def _hashed(self, receiver: str) -> str:
        return hash_token(receiver.lower(), self._salt())[:32]


def _partition(what: str) -> str:
    return f"delivery#{what}"
