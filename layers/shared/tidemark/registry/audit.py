"""The audit log on the registry table: partition `audit#<month>`, sort key time and a random part; kept for good."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final

from tidemark.model.audit import AuditEntry
from tidemark.model.period import add_months
from tidemark.stores.ports import Table

MONTHS_LOOKED_BACK: Final = 120


class StoredAuditLog:
    """Implements tidemark.model.audit.AuditLog."""

    __slots__ = ("_now", "_table")

    def __init__(self, table: Table, real_now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._now = real_now

    def note(self, login: str, act: str, facts: Mapping[str, Any]) -> None:
        """See AuditLog."""
        now = self._now()
        self._table.put(
            {
                "pk": _partition(datetime.fromtimestamp(now, UTC).date()),
                "sk": f"{int(now * 1_000_000):018d}-{secrets.token_hex(4)}",
                "format": 1,
                "at": now,
                "login": login,
                "act": act,
                "facts": dict(facts),
            }
        )

    def entries(self, limit: int, login: str = "") -> Sequence[AuditEntry]:
        """See AuditLog."""
        return list(islice((one for one in self._all() if not login or one.login == login), limit))

    def _all(self) -> Iterator[AuditEntry]:
        month = datetime.fromtimestamp(self._now(), UTC).date().replace(day=1)
        for _ in range(MONTHS_LOOKED_BACK):
            for item in self._table.query(_partition(month), reverse=True):
                yield AuditEntry(item["at"], item["login"], item["act"], item["facts"])
            month = add_months(month, -1)


def _partition(day: date) -> str:
    return f"audit#{day:%Y-%m}"
