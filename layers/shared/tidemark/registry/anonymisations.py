"""Orders to anonymise past data, on the registry table: partition `anonymisation`."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from tidemark.model.anonymising import Anonymisation, AnonymisingState, Hidden
from tidemark.stores.ports import Equals, Item, Table

PARTITION: Final = "anonymisation"
FORMAT: Final = 2
"""Since format 2 an order says until when it holds (`until`); earlier ones say nothing of what is told later."""


@dataclass(frozen=True, slots=True)
class AnonymisationList:
    """Reads and writes the orders."""

    table: Table
    real_now: Callable[[], float] = time.time

    def order(self, hidden: Hidden, login: str, until: int) -> Anonymisation:
        """Begin; gives the order with its number."""
        now = self.real_now()
        ordered = Anonymisation(f"{int(now):012d}-{secrets.token_hex(4)}", login, hidden, now, until=until)
        self.table.put(_item(ordered))
        return ordered

    def all(self) -> Sequence[Anonymisation]:
        """All orders, oldest first."""
        return [_anonymisation(item) for item in self.table.query(PARTITION)]

    def note(self, number: str, reached: Mapping[int, date], counts: Mapping[str, int]) -> None:
        """Remember how far sites are, and what was changed on the way."""
        known = self._known(number)
        names = sorted({*known.counts, *counts})
        summed = {name: known.counts.get(name, 0) + counts.get(name, 0) for name in names}
        self._put(replace(known, reached={**known.reached, **reached}, counts=summed))

    def note_state(self, number: str, state: AnonymisingState) -> Anonymisation:
        """Remember that a run looked through everything, or has to begin anew."""
        changed = replace(self._known(number), state=state, done_at=self.real_now(), reached={})
        self._put(changed)
        return changed

    def _known(self, number: str) -> Anonymisation:
        item = self.table.get(PARTITION, number)
        if item is None:
            raise LookupError(f"there is no anonymisation {number}")
        return _anonymisation(item)

    def _put(self, changed: Anonymisation) -> None:
        """Two who work on one order at once may write over each other's notes: both do the same work."""
        self.table.put(_item(changed), Equals("sk", changed.id))


def _item(one: Anonymisation) -> Item:
    return {
        "pk": PARTITION,
        "sk": one.id,
        "format": FORMAT,
        "login": one.login,
        "requested_at": one.requested_at,
        "state": one.state.value,
        "done_at": one.done_at,
        "until": one.until,
        "reached": {str(idsite): day.isoformat() for idsite, day in one.reached.items()},
        "counts": dict(one.counts),
        "first": one.hidden.first.isoformat(),
        "last": one.hidden.last.isoformat(),
        "idsites": list(one.hidden.idsites),
        "addresses": one.hidden.addresses,
        "places": one.hidden.places,
        "users": one.hidden.users,
        "visit_columns": list(one.hidden.visit_columns),
        "action_columns": list(one.hidden.action_columns),
    }


def _anonymisation(item: Mapping[str, Any]) -> Anonymisation:
    hidden = Hidden(
        date.fromisoformat(item["first"]),
        date.fromisoformat(item["last"]),
        tuple(map(int, item["idsites"])),
        bool(item["addresses"]),
        bool(item["places"]),
        bool(item["users"]),
        tuple(item["visit_columns"]),
        tuple(item["action_columns"]),
    )
    return Anonymisation(
        id=item["sk"],
        login=item["login"],
        hidden=hidden,
        requested_at=item["requested_at"],
        state=AnonymisingState(item["state"]),
        done_at=item["done_at"],
        reached={int(idsite): date.fromisoformat(day) for idsite, day in item["reached"].items()},
        counts={name: int(count) for name, count in item["counts"].items()},
        until=int(item.get("until", 0)),
    )
