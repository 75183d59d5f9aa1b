"""Failed attempts to log in, on the registry table: partition `attempt`, one item per address and account for an hour.

Names and addresses stand there as keyed hashes only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

from tidemark.model.errors import ApiError
from tidemark.model.snapshot import hash_token
from tidemark.stores.ports import TTL_ATTRIBUTE, Table

PARTITION: Final = "attempt"
MAX_FAILURES: Final = 20
WINDOW_SECONDS: Final = 3600
TOO_MANY_REQUESTS: Final = 429


def is_own_machine(address: str) -> bool:
    """Whether it is a loopback address: to block it would block everyone behind a proxy on the same machine."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


class StoredAttempts:
    """Implements tidemark.model.login_attempts.LoginAttempts."""

    __slots__ = ("_now", "_salt", "_table")

    def __init__(self, table: Table, salt: Callable[[], str], real_now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._salt = salt
        self._now = real_now

    def check(self, address: str, login: str = "") -> None:
        """See LoginAttempts."""
        items = (self._table.get(PARTITION, key) for key in self._keys(address, login))
        if any(item and item["failures"] >= MAX_FAILURES and item[TTL_ATTRIBUTE] > self._now() for item in items):
            raise ApiError("There were too many failed attempts to log in. Try again in an hour.", TOO_MANY_REQUESTS)

    def failed(self, address: str, login: str = "") -> None:
        """See LoginAttempts. The hour begins with the first failure."""
        ends = int(self._now()) + WINDOW_SECONDS
        for key in self._keys(address, login):
            item = self._table.get(PARTITION, key)
            if item is not None and item[TTL_ATTRIBUTE] <= self._now():
                self._table.delete(PARTITION, key)
            self._table.update(PARTITION, key, add={"failures": 1}, initial={TTL_ATTRIBUTE: ends})

    def forgive(self) -> int:
        """See LoginAttempts."""
        keys = [(PARTITION, item["sk"]) for item in self._table.query(PARTITION)]
        self._table.write_batch(deletes=keys)
        return len(keys)

    def _keys(self, address: str, login: str) -> list[str]:
        named = {"address": "" if is_own_machine(address) else address, "account": login.lower()}
        return [f"{kind}#{hash_token(value, self._salt())[:32]}" for kind, value in named.items() if value]
