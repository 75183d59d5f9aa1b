"""Versions of visit logs that no day names any more, and those that a process left behind before it named them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tidemark.clock import Clock
from tidemark.model.daylog import LOG_TABLES
from tidemark.stores.ports import Objects, Table

GRACE_SECONDS = 6 * 3600.0
"""A day's log is read for minutes; a job that makes one may run for a quarter of an hour."""
LOG_PREFIX = "log#"
OBJECT_PREFIX = "log/"
OF_DAYS = ("sources", "split")
"""What else is stored for days: what logs were made of, and hits of parts that are being made."""


@dataclass(slots=True)
class LogSweep:
    """Goes through the visit logs of a site."""

    state: Table
    objects: Objects
    clock: Clock
    deleted: int = 0

    def run(self, idsite: int, is_over: Callable[[], bool]) -> bool:
        """Sweep; False if the time was over before the end."""
        for table in (*LOG_TABLES, *OF_DAYS):
            prefix = f"log/{table}/site={idsite}/"
            for folder, infos in itertools.groupby(
                self.objects.listing(prefix), key=lambda info: info.key.rpartition("/")[0]
            ):
                if is_over():
                    return False
                versions = list(infos)
                old = [info for info in versions if info.modified < self.clock.now() - GRACE_SECONDS]
                if len(old) < len(versions):
                    continue  # made anew a short while ago: who reads the version before may go on
                self._sweep(idsite, folder.rpartition("date=")[2], [info.key for info in old])
        return True

    def _sweep(self, idsite: int, day: str, keys: list[str]) -> None:
        item = self.state.get(f"site#{idsite}", LOG_PREFIX + day)
        named = named_by(item) if item is not None else set()
        unnamed = [key for key in keys if key not in named]
        seen = [info for key in unnamed if (info := self.objects.head(key)) is not None]
        old = [info.key for info in seen if info.modified < self.clock.now() - GRACE_SECONDS]
        if old:
            self.objects.delete(old)
            self.deleted += len(old)


def named_by(value: Any) -> set[str]:
    """The objects that a day's item names, wherever in it: its tables, and those that later days may still build on."""
    if isinstance(value, str):
        return {value} if value.startswith(OBJECT_PREFIX) else set()
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return {key for one in value for key in named_by(one)}
    return set()
