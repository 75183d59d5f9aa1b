"""What was answered but not recorded, and why: counted by site, local day and reason, bots also by name.

Table archive_state, pk `site#<id>` (site 0 stands for all that do not exist): sk `filtered#<local date>` has one number
per reason, sk `bots#<local date>` one per `<category>|<name>`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from tidemark.model.filtered_hits import BOT_SEPARATOR, BOTS_SK, FILTERED_SK
from tidemark.stores.ports import Table

REFUSED: Final = "refused"
DROPPED: Final = "dropped"
REJECTED: Final = "rejected"


class Filtered(NamedTuple):
    """Hits that were not recorded. `outcome` says where: refused by collect, dropped or rejected by ingest."""

    message_id: str
    outcome: str
    idsite: int
    day: str
    reason: str
    hits: int = 1
    bot: str = ""
    """Category and name of a bot, with a bar between them."""


def bot_label(category: str, name: str) -> str:
    """The name under which hits of a bot are counted."""
    return f"{category}{BOT_SEPARATOR}{name}"


def count_filtered(state: Table, filtered: Iterable[Filtered]) -> None:
    """Add to the counters. Raises: StoreError."""
    counts: dict[tuple[int, str], Counter[str]] = {}
    for one in filtered:
        counts.setdefault((one.idsite, FILTERED_SK + one.day), Counter())[one.reason] += one.hits
        if one.bot:
            counts.setdefault((one.idsite, BOTS_SK + one.day), Counter())[one.bot] += one.hits
    for (idsite, sk), numbers in sorted(counts.items()):
        state.update(f"site#{idsite}", sk, add=dict(numbers))
