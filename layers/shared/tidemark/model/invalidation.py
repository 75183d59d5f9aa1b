"""Having days archived anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class Invalidation(Protocol):
    """Marks days of sites as changed, so that their logs and every archive above them are made again."""

    def invalidate(self, idsites: Sequence[int], first: date, last: date, segment: str = "") -> int:
        """Mark the days from first to last (inclusive), local dates of each site; how many site-days were marked.

        With a segment only that segment's archives are made again.
        """
        ...
