"""The list of erasures, on the registry table.

Partition `tombstone`: what ingest must drop, until no queue can bring it back any more; their hit ids stand in partitions
`tombstone#<id>`, in parts. Partition `erasure`: the receipts. The tombstone is stored first, in one transaction with its
receipt, and nothing is erased before.
"""

from __future__ import annotations

import secrets
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from tidemark.model.erasure import ErasureState, Receipt, Tombstone, Tombstones
from tidemark.stores.ports import TTL_ATTRIBUTE, Equals, Item, Put, Table

TOMBSTONES: Final = "tombstone"
RECEIPTS: Final = "erasure"
TOMBSTONE_SECONDS: Final = 90 * 86_400
"""Longer than a message can be under way: 14 days in the queue, 14 among the dead letters, and both once more."""
HITS_PER_ITEM: Final = 8_000


class ErasureList:
    """Reads and writes erasures. Implements tidemark.model.erasure.ErasedSubjects."""

    __slots__ = ("_hits", "_now", "_table")

    def __init__(self, table: Table, real_now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._now = real_now
        self._hits: dict[str, frozenset[str]] = {}

    def order(self, receipt: Receipt, tombstone: Tombstone) -> Receipt:
        """Begin an erasure: from now on ingest drops what the tombstone covers. Gives the receipt with its number."""
        now = self._now()
        number = f"{int(now):012d}-{secrets.token_hex(4)}"
        ends = int(now) + TOMBSTONE_SECONDS
        ids = sorted(tombstone.hit_ids)
        parts = [ids[start : start + HITS_PER_ITEM] for start in range(0, len(ids), HITS_PER_ITEM)]
        self._table.write_batch(
            puts=[
                {
                    "pk": f"{TOMBSTONES}#{number}",
                    "sk": f"{index:06d}",
                    "hits": zlib.compress("\n".join(part).encode()),
                    TTL_ATTRIBUTE: ends,
                }
                for index, part in enumerate(parts)
            ]
        )
        ordered = replace(receipt, id=number, requested_at=now)
        head: Item = {
            "pk": TOMBSTONES,
            "sk": number,
            "before": tombstone.before,
            "until": tombstone.until,
            "idsites": sorted(tombstone.idsites),
            "identities": sorted(tombstone.identities),
            "has_hits": bool(parts),
            TTL_ATTRIBUTE: ends,
        }
        self._table.transact([Put(head), Put(_item(ordered))])
        return ordered

    def tombstones(self, salt: str) -> Tombstones:
        """All that hold now; their hit ids are read once per process."""
        items = [item for item in self._table.query(TOMBSTONES) if item[TTL_ATTRIBUTE] > self._now()]
        self._hits = {item["sk"]: self._hits_of(item) for item in items}
        return Tombstones(map(self._tombstone, items), salt, ",".join(item["sk"] for item in items))

    def tombstone(self, number: str) -> Tombstone | None:
        """The tombstone of an erasure; None when it has run out."""
        item = self._table.get(TOMBSTONES, number)
        return None if item is None else self._tombstone(item)

    def receipts(self) -> Sequence[Receipt]:
        """All receipts, oldest first."""
        return [_receipt(item) for item in self._table.query(RECEIPTS)]

    def receipt(self, number: str) -> Receipt | None:
        """One receipt."""
        item = self._table.get(RECEIPTS, number)
        return None if item is None else _receipt(item)

    def note_days(self, number: str, found: Mapping[int, Iterable[date]]) -> Receipt:
        """Remember which days have hits that go: once they are gone nobody could tell any more."""
        return self._change(number, lambda receipt: replace(receipt, days=_joined(receipt.days, found)))

    def note_done(self, number: str, counts: Mapping[str, int], state: ErasureState) -> Receipt:
        """Remember what a run dropped, and how far the erasure is."""

        def done(receipt: Receipt) -> Receipt:
            names = {*receipt.counts, *counts}
            summed = {name: receipt.counts.get(name, 0) + counts.get(name, 0) for name in sorted(names)}
            return replace(receipt, counts=summed, state=state, erased_at=self._now())

        return self._change(number, done)

    def _change(self, number: str, change: Callable[[Receipt], Receipt]) -> Receipt:
        """Two who work on one erasure at once may write its receipt over each other's: both do the same work."""
        item = self._table.get(RECEIPTS, number)
        if item is None:
            raise LookupError(f"there is no erasure {number}")
        changed = change(_receipt(item))
        self._table.put(_item(changed), Equals("sk", number))
        return changed

    def _tombstone(self, item: Item) -> Tombstone:
        return Tombstone(
            int(item["before"]),
            frozenset(item["idsites"]),
            frozenset(item["identities"]),
            self._hits_of(item),
            int(item.get("until", 0)),
        )

    def _hits_of(self, item: Item) -> frozenset[str]:
        number = item["sk"]
        if number in self._hits:
            return self._hits[number]
        if not item["has_hits"]:
            return frozenset()
        parts = self._table.query(f"{TOMBSTONES}#{number}")
        return frozenset(one for part in parts for one in zlib.decompress(part["hits"]).decode().split("\n"))


def _joined(known: Mapping[int, Iterable[date]], found: Mapping[int, Iterable[date]]) -> dict[int, tuple[date, ...]]:
    sites = sorted({*known, *found})
    return {idsite: tuple(sorted({*known.get(idsite, ()), *found.get(idsite, ())})) for idsite in sites}


def _item(receipt: Receipt) -> Item:
    return {
        "pk": RECEIPTS,
        "sk": receipt.id,
        "format": 1,
        "login": receipt.login,
        "kinds": list(receipt.kinds),
        "idsites": list(receipt.idsites),
        "requested_at": receipt.requested_at,
        "state": receipt.state.value,
        "erased_at": receipt.erased_at,
        "days": {str(idsite): [day.isoformat() for day in days] for idsite, days in receipt.days.items()},
        "counts": dict(receipt.counts),
        "first": receipt.first,
        "last": receipt.last,
    }


def _receipt(item: Mapping[str, Any]) -> Receipt:
    return Receipt(
        id=item["sk"],
        login=item["login"],
        kinds=tuple(item["kinds"]),
        idsites=tuple(item["idsites"]),
        requested_at=item["requested_at"],
        state=ErasureState(item["state"]),
        erased_at=item["erased_at"],
        days={int(idsite): tuple(map(date.fromisoformat, days)) for idsite, days in item["days"].items()},
        counts=dict(item["counts"]),
        first=item["first"],
        last=item["last"],
    )
