"""What was answered but not recorded, and why: counted by site, local day and reason, bots also by name.

How it stands in the table is told in `tidemark.model.filtered_hits`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from tidemark.model.filtered_hits import BOT_SEPARATOR, FILTERED_SK, short_id, written_ids
from tidemark.stores.ports import Table

REFUSED: Final = "refused"
DROPPED: Final = "dropped"
REJECTED: Final = "rejected"
MOST_PER_ITEM: Final = 10_000
"""Some 250 KB: an item may have 400."""


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
    source: str = ""
    """The hit's id; of refused ones, which come as a number, the request's."""


def bot_label(category: str, name: str) -> str:
    """The name under which hits of a bot are counted."""
    return f"{category}{BOT_SEPARATOR}{name}"


def count_filtered(state: Table, filtered: Iterable[Filtered], now: int) -> None:
    """Write down what was not recorded. Doing it again changes nothing. Raises: StoreError."""
    groups: dict[tuple[int, str], list[Filtered]] = {}
    for one in filtered:
        groups.setdefault((one.idsite, one.day), []).append(one)
    for (idsite, day), members in sorted(groups.items()):
        ordered = sorted(members, key=lambda one: (one.source, one.reason))
        for start in range(0, len(ordered), MOST_PER_ITEM):
            part = ordered[start : start + MOST_PER_ITEM]
            state.put({"pk": f"site#{idsite}", "sk": f"{FILTERED_SK}{day}#{_name(part)}", **_cells(part), "at": now})


def _name(part: Sequence[Filtered]) -> str:
    told = "\n".join(f"{one.source} {one.reason}" for one in part)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _cells(part: Sequence[Filtered]) -> Mapping[str, Any]:
    return {
        "reasons": _by_label((one.reason, one) for one in part),
        "bots": _by_label((one.bot, one) for one in part if one.bot),
    }


def _by_label(labelled: Iterable[tuple[str, Filtered]]) -> dict[str, str]:
    ids: dict[str, dict[str, int]] = {}
    for label, one in labelled:
        ids.setdefault(label, {})[short_id(one.source)] = one.hits
    return {label: written_ids(counts) for label, counts in sorted(ids.items())}
