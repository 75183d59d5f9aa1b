"""Hits that were answered but not recorded: how they are counted, and who can be asked.

Table archive_state, pk `site#<id>` (NO_SITE stands for all that do not exist), sk `filtered#<local date>#<name>`: what one
batch did not record, named by its hits, so that a batch that comes again writes the same item and hits that come again
in another batch are known by their ids. Attributes: `reasons` and `bots`, for each reason (each bot's label) the
hits' short ids with blanks between them, `id*3` for three; `at`, unix seconds of the real clock.

sk `filtered#<date>#sums` has numbers in place of ids: what housekeeping summed up once nothing of it can come again, and in
`of` the names of the items that it was made of, which do not count any more.

sk `install_check#<nonce>`: that a request with this nonce came, which tested the site's tracking code; attribute `ttl`.

Until 2026 there were only sums: sk `filtered#<date>` by reason, sk `bots#<date>` by label; they are still read.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Protocol

FILTERED_SK: Final = "filtered#"
BOTS_SK: Final = "bots#"
INSTALL_CHECK_SK: Final = "install_check#"
SUMS: Final = "sums"
BOT_SEPARATOR: Final = "|"
NO_SITE: Final = 0
"""The site under which requests for sites that do not exist are counted."""
_KEYS: Final = frozenset({"pk", "sk"})
_HEXADECIMAL: Final = frozenset("0123456789abcdef")


class FilteredHits(Protocol):
    """The counters."""

    def by_reason(self, idsite: int, first: date, last: date) -> Mapping[str, int]:
        """Hits of the site's local days that were not recorded, by reason."""
        ...

    def by_bot(self, idsite: int, first: date, last: date) -> Mapping[tuple[str, str], int]:
        """Hits of bots, by category and name; both empty for those that only their address gave away."""
        ...

    def install_checks(self, idsite: int) -> frozenset[str]:
        """The nonces that came lately from pages of the site."""
        ...


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits by reason and by bot's label."""

    reasons: Counter[str] = field(default_factory=Counter)
    bots: Counter[str] = field(default_factory=Counter)


def short_id(text: str) -> str:
    """What tells hits apart, 11 characters."""
    return urlsafe_b64encode(hashlib.blake2b(text.encode(), digest_size=8).digest()).rstrip(b"=").decode()


def is_nonce(text: str) -> bool:
    """Whether the text may be a nonce of an install check: 32 hexadecimal digits in lower case."""
    return len(text) == 32 and _HEXADECIMAL.issuperset(text)


def written_ids(counts: Mapping[str, int]) -> str:
    """Short ids with their counts, as an item holds them."""
    return " ".join(one if count == 1 else f"{one}*{count}" for one, count in sorted(counts.items()))


def _read_ids(text: str) -> Mapping[str, int]:
    parts = (part.partition("*") for part in text.split())
    return {one: int(count or 1) for one, _, count in parts}


def day_and_name(sk: str) -> tuple[str, str]:
    """The local day of an item, and its name; a sum of old has none."""
    day, _, name = sk.partition("#")[2].partition("#")
    return day, name


def tally(items: Iterable[Mapping[str, Any]]) -> Tally:
    """The items' numbers: a hit that several name counts once."""
    total = Tally()
    ids: dict[tuple[str, str, str], dict[str, int]] = {}
    parts: list[tuple[str, str, Mapping[str, Any]]] = []
    summed: set[tuple[str, str]] = set()
    for item in items:
        day, name = day_and_name(item["sk"])
        if not name:
            old = total.bots if item["sk"].startswith(BOTS_SK) else total.reasons
            old.update({key: int(count) for key, count in item.items() if key not in _KEYS})
        elif name == SUMS:
            total.reasons.update(_numbers(item["reasons"]))
            total.bots.update(_numbers(item["bots"]))
            summed |= {(day, one) for one in item["of"]}
        else:
            parts.append((day, name, item))
    for day, name, item in parts:
        if (day, name) not in summed:
            for kind in ("reasons", "bots"):
                for label, text in item[kind].items():
                    ids.setdefault((kind, day, label), {}).update(_read_ids(text))
    for (kind, _, label), known in ids.items():
        (total.reasons if kind == "reasons" else total.bots)[label] += sum(known.values())
    return total


def _numbers(counts: Mapping[str, Any]) -> dict[str, int]:
    return {label: int(count) for label, count in counts.items()}
