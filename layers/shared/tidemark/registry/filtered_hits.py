"""Counters of hits that were not recorded, as ingest keeps them in the table archive_state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain

from tidemark.model.filtered_hits import BOT_SEPARATOR, BOTS_SK, FILTERED_SK, INSTALL_CHECK_SK, Tally, tally
from tidemark.stores.ports import Table

_LAST_NAME = "#~"
"""Behind all items of a day."""


class CountedHits:
    """Implements tidemark.model.filtered_hits.FilteredHits."""

    __slots__ = ("_table",)

    def __init__(self, table: Table) -> None:
        self._table = table

    def by_reason(self, idsite: int, first: date, last: date) -> Mapping[str, int]:
        """See FilteredHits."""
        return self._tally(idsite, first, last).reasons

    def by_bot(self, idsite: int, first: date, last: date) -> Mapping[tuple[str, str], int]:
        """See FilteredHits."""
        found: dict[tuple[str, str], int] = {}
        for label, count in self._tally(idsite, first, last).bots.items():
            category, _, name = label.partition(BOT_SEPARATOR)
            found[category, name] = count
        return found

    def install_checks(self, idsite: int) -> frozenset[str]:
        """See FilteredHits."""
        items = self._table.query(f"site#{idsite}", sk_between=(INSTALL_CHECK_SK, f"{INSTALL_CHECK_SK}~"))
        return frozenset(item["sk"].removeprefix(INSTALL_CHECK_SK) for item in items)

    def _tally(self, idsite: int, first: date, last: date) -> Tally:
        return tally(
            chain.from_iterable(
                self._table.query(
                    f"site#{idsite}", sk_between=(f"{kind}{first.isoformat()}", f"{kind}{last.isoformat()}{_LAST_NAME}")
                )
                for kind in (FILTERED_SK, BOTS_SK)
            )
        )
