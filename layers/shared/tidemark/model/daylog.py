"""What the archiving room sees of the visit log, day by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

LogTable = Literal["visits", "actions", "conversions", "items", "visitors"]
LOG_TABLES: tuple[LogTable, ...] = ("visits", "actions", "conversions", "items", "visitors")


WAITING_SINCE = "waiting_since"
"""Attribute of a day's mark: when (unix seconds) the first hit was stored that no report counts yet."""


def mark_key(idsite: int, day: date) -> tuple[str, str]:
    """Key of the item that counts how often the hits of a day changed."""
    return f"site#{idsite}", f"day#{day}"


Stage = Literal["log", "archive"]
"""What a part of a giant day is made for: its visit log, or an archive."""


@dataclass(frozen=True, slots=True)
class DayPart:
    """One part of a giant day, to be made by whoever is told of it. `plan` names what the day was cut by."""

    stage: Stage
    day: date
    plan: str
    number: int


PartSender = Callable[[Sequence[DayPart]], None]
"""Tells others to make parts; returns when they will certainly hear of it."""


class PartsMissingError(Exception):
    """Parts of a giant day are made by others; who asked has to ask again when they are done."""


@dataclass(frozen=True, slots=True)
class DayLog:
    """The published visit log of one site's local day."""

    idsite: int
    day: date
    version: str
    """Hash of the content: equal logs have equal versions."""
    keys: Mapping[str, str]
    """Object key of each table; a table without rows has none, nor have visitors who all follow from visits. A day in
    parts has none at all, its parts have."""
    rows: Mapping[str, int]
    """Rows of each table that has a file."""
    parts: tuple[DayLog, ...] = ()
    """Of a day made in parts, each with visitors, users and orders of its own: the logs of those."""
    sent: tuple[int, int] | None = None
    """Sequences of the actions that were sent first and last; None where that is not known, or nothing was."""

    @property
    def all_keys(self) -> dict[str, tuple[str, ...]]:
        """Object keys of each table that has rows, those of all parts in order."""
        found: dict[str, tuple[str, ...]] = {name: (key,) for name, key in self.keys.items()}
        for part in self.parts:
            for name, key in part.keys.items():
                found[name] = (*found.get(name, ()), key)
        return found


class VisitLogs(Protocol):
    """Visit logs of all sites, made from the hit log when they are stale."""

    def ensure(self, idsite: int, last: date, send: PartSender | None = None) -> None:
        """Bring every stale day up to and including `last` up to date, oldest first.

        Earlier days come first because a visitor's history is a function of them. With `send`, parts of a giant day
        are made by others.

        Raises: PartsMissingError (with `send` only).
        """
        ...

    def make_part(self, idsite: int, part: DayPart) -> bool:
        """Make a part of a giant day's log; True if no part is missing now. A part of another plan is left alone."""
        ...

    def days(self, idsite: int, first: date, last: date) -> Sequence[DayLog]:
        """Published days with hits between two days (inclusive), in order."""
        ...

    def stale_days(self, idsite: int) -> Sequence[date]:
        """Days whose marks are newer than their logs, oldest first."""
        ...

    def read(self, log: DayLog, table: LogTable, columns: Sequence[str] | None = None) -> Any:
        """One table of a day as a pyarrow.Table with the declared columns; empty if the day has no such rows.

        Rows stand in a fixed order: actions by visit and, in it, by sending. Texts that repeat may be encoded by
        dictionary. Raises NotFoundError if the log was replaced so long ago that it is gone.
        """
        ...

    def read_visits(self, log: DayLog, table: LogTable, idvisits: Any) -> Any:
        """The rows of some visits (pyarrow.Int64Array) in one table of a day, not that of visitors, as `read` gives them."""
        ...
