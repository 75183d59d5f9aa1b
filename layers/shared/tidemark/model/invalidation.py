"""Having days archived anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class Invalidation(Protocol):
    """Marks days of sites as changed, so that their logs are made again, and every archive that comes out different."""

    def invalidate(self, idsites: Sequence[int], first: date, last: date) -> int:
        """Mark the days with hits from first to last (inclusive), local dates of each site, for all segments.

        Gives how many site-days were marked.
        """
        ...
