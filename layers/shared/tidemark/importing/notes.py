"""What an import remembers: which site, goal or segment of a source became which of this instance.

Items of the table archive_state, partition matomo#<source>: so an import that is run again adds nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tidemark.stores.ports import Table

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of one source."""

    table: Table
    source: str

    def number(self, kind: str, old: str) -> int | None:
        """What the thing became; None if it was not taken over yet."""
        item = self.table.get(self._partition, f"{kind}#{old}")
        return None if item is None else int(item["number"])

    def note(self, kind: str, old: str, number: int) -> None:
        """Remember what it became."""
        self.table.put({"pk": self._partition, "sk": f"{kind}#{old}", "number": number, "format": FORMAT})

    @property
    def _partition(self) -> str:
        return f"matomo#{self.source}"
