"""Having days archived anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from tidemark.model.period import Period


class Invalidation(Protocol):
    """Marks days and archives of sites as stale."""

    def invalidate(self, idsites: Sequence[int], first: date, last: date) -> int:
        """Mark the days with hits from first to last (inclusive), local dates of each site, for all segments.

        Their visit logs are made again, and every archive that comes out different. Gives how many site-days were
        marked.
        """
        ...

    def invalidate_archives(
        self,
        idsites: Sequence[int],
        periods: Sequence[Period],
        segment: str = "",
        *,
        cascades: bool = False,
        forces: bool = False,
        is_dry_run: bool = False,
    ) -> int:
        """Have archives of these periods and of all longer ones around them built anew, whatever they hold.

        Days are made again from their hits. `segment`: only its archives, else those of all segments. `cascades`:
        those of shorter periods inside, too. `forces`: also build archives that there are not. Archives whose raw data
        were deleted stay as they are. Gives how many archives are to be built (those that only a reader asks for are
        built when one does).
        """
        ...
