"""Counters of hits that were not recorded, as ingest keeps them in the table archive_state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from tidemark.model.filtered_hits import BOT_SEPARATOR, BOTS_SK, FILTERED_SK
from tidemark.stores.ports import Table

_KEYS = frozenset({"pk", "sk"})


class CountedHits:
    """Implements tidemark.model.filtered_hits.FilteredHits."""

    __slots__ = ("_table",)

    def __init__(self, table: Table) -> None:
        self._table = table

    def by_reason(self, idsite: int, first: date, last: date) -> Mapping[str, int]:
        """See FilteredHits."""
        return self._sums(idsite, FILTERED_SK, first, last)

    def by_bot(self, idsite: int, first: date, last: date) -> Mapping[tuple[str, str], int]:
        """See FilteredHits."""
        found: dict[tuple[str, str], int] = {}
        for label, count in self._sums(idsite, BOTS_SK, first, last).items():
            category, _, name = label.partition(BOT_SEPARATOR)
            found[category, name] = count
        return found

    def _sums(self, idsite: int, kind: str, first: date, last: date) -> Mapping[str, int]:
        days = (f"{kind}{first.isoformat()}", f"{kind}{last.isoformat()}")
        sums: Counter[str] = Counter()
        for item in self._table.query(f"site#{idsite}", sk_between=days):
            sums.update({name: int(count) for name, count in item.items() if name not in _KEYS})
        return sums
