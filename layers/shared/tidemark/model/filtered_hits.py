"""Hits that were answered but not recorded: how they are counted, and who can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, Protocol

FILTERED_SK: Final = "filtered#"
BOTS_SK: Final = "bots#"
BOT_SEPARATOR: Final = "|"
NO_SITE: Final = 0
"""The site under which requests for sites that do not exist are counted."""


class FilteredHits(Protocol):
    """The counters."""

    def by_reason(self, idsite: int, first: date, last: date) -> Mapping[str, int]:
        """Hits of the site's local days that were not recorded, by reason."""
        ...

    def by_bot(self, idsite: int, first: date, last: date) -> Mapping[tuple[str, str], int]:
        """Hits of bots, by category and name; both empty for those that only their address gave away."""
        ...
