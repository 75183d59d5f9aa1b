"""When tokens were last used, on the registry table: partition `token_use#<login>`, one item per token, to the hour."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from tidemark.stores.ports import Absent, AnyOf, ConditionFailedError, LessThan, Table, UnavailableError

NOTED_EVERY_SECONDS: Final = 3600


class TokenUses:
    """Notes at most one use of a token per hour and process; what cannot be noted keeps no caller waiting."""

    __slots__ = ("_noted", "_now", "_table")

    def __init__(self, table: Table, real_now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._now = real_now
        self._noted: dict[str, float] = {}

    def note(self, login: str, hashed: str) -> None:
        """A token was used now."""
        now = self._now()
        if now - self._noted.get(hashed, float("-inf")) < NOTED_EVERY_SECONDS:
            return
        self._noted[hashed] = now
        older = AnyOf((Absent("at"), LessThan("at", int(now) - NOTED_EVERY_SECONDS)))
        try:
            self._table.update(_partition(login), hashed, assign={"at": int(now)}, condition=older)
        except (ConditionFailedError, UnavailableError):
            return

    def of(self, login: str) -> Mapping[str, int]:
        """The last uses of a user's tokens by their hashes."""
        return {item["sk"]: item["at"] for item in self._table.query(_partition(login))}

    def forget(self, login: str) -> None:
        """A user is gone."""
        self._table.write_batch(deletes=[(item["pk"], item["sk"]) for item in self._table.query(_partition(login))])


def _partition(login: str) -> str:
    return f"token_use#{login}"
