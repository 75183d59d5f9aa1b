"""Counts down the parts of one piece of work that several processes do: each part counts once, and one learns it was the last.

An item of a table per piece of work. It names the plan that the parts were cut by; who still works by another plan is
not counted. Whatever is done twice is seen in the item, so any process may die at any write and come again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tidemark.clock import Clock
from tidemark.stores.ports import TTL_ATTRIBUTE, Absent, AllOf, Condition, ConditionFailedError, Equals, Item, Table

PREFIX: Final = "parts#"
RESEND_SECONDS: Final = 3600
"""Parts that were sent so long ago and are not done are sent again; doing one twice changes nothing."""
EXPIRES_SECONDS: Final = 5 * 3600
"""A plan that is older is given up: what it was cut into may be swept."""
FORGOTTEN_SECONDS: Final = 2 * 86_400


@dataclass(frozen=True, slots=True)
class Work:
    """Work in parts, as it stands. `facts`: what its plan was made of; `results`: what the parts gave, by number."""

    plan: str
    parts: int
    facts: Mapping[str, Any]
    results: Mapping[int, Any]
    started_at: float
    sent_at: float

    @property
    def missing(self) -> list[int]:
        """Numbers of the parts that are not done."""
        return [number for number in range(self.parts) if number not in self.results]


class Countdowns:
    """The countdowns of an instance, in the table archive_state."""

    def __init__(self, state: Table, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def read(self, idsite: int, name: str) -> Work | None:
        """The work of this name, if there is any that is not given up."""
        item = self._state.get(*_key(idsite, name))
        return None if item is None or self._is_given_up(item) else _work(item)

    def under_way(self, idsite: int, prefix: str) -> dict[str, Work]:
        """All work whose name begins so, by the rest of it, that is not given up."""
        whole = f"{PREFIX}{prefix}"
        items = self._state.query(f"site#{idsite}", sk_prefix=whole)
        return {item["sk"].removeprefix(whole): _work(item) for item in items if not self._is_given_up(item)}

    def start(self, idsite: int, name: str, plan: str, parts: int, facts: Mapping[str, Any]) -> Work | None:
        """Begin work by a plan, in place of that by another; None if somebody else began some just now.

        What was begun by the same plan goes on.
        """
        pk, sk = _key(idsite, name)
        old = self._state.get(pk, sk)
        now = self._clock.now()
        if old is not None and old["plan"] == plan and not self._is_given_up(old):
            return _work(old)
        item: Item = {
            "pk": pk,
            "sk": sk,
            "plan": plan,
            "parts": parts,
            "left": parts,
            "facts": dict(facts),
            "started_at": now,
            "sent_at": 0,
            TTL_ATTRIBUTE: int(now) + FORGOTTEN_SECONDS,
        }
        try:
            self._state.put(item, Absent("pk") if old is None else _same(old))
        except ConditionFailedError:
            return None
        return _work(item)

    def to_send(self, work: Work) -> Sequence[int]:
        """The parts that somebody has to be told of."""
        is_due = not work.sent_at or work.sent_at < self._clock.now() - RESEND_SECONDS
        return work.missing if is_due else []

    def note_sent(self, idsite: int, name: str, work: Work) -> None:
        """Note that the parts were sent."""
        self._change(idsite, name, work.plan, assign={"sent_at": self._clock.now()})

    def note_done(self, idsite: int, name: str, plan: str, number: int, result: object) -> bool:
        """Count a part that is done, once; True if no part is missing now.

        Who is told so twice, or is not told because it died, finds the same when the part comes again.
        """
        self._change(idsite, name, plan, number, assign={_part(number): result}, add={"left": -1})
        item = self._state.get(*_key(idsite, name))
        return item is not None and item["plan"] == plan and item["left"] == 0

    def finish(self, idsite: int, name: str, plan: str) -> None:
        """Forget work that is done, unless there is other by now."""
        pk, sk = _key(idsite, name)
        try:
            self._state.delete(pk, sk, Equals("plan", plan))
        except ConditionFailedError:
            return

    def _is_given_up(self, item: Item) -> bool:
        return float(item["started_at"]) < self._clock.now() - EXPIRES_SECONDS

    def _change(self, idsite: int, name: str, plan: str, number: int | None = None, **changes: Any) -> None:
        conditions: list[Condition] = [Equals("plan", plan), *([] if number is None else [Absent(_part(number))])]
        try:
            self._state.update(*_key(idsite, name), **changes, condition=AllOf(tuple(conditions)))
        except ConditionFailedError:
            return


def _key(idsite: int, name: str) -> tuple[str, str]:
    return f"site#{idsite}", f"{PREFIX}{name}"


def _part(number: int) -> str:
    return f"part{number}"


def _same(item: Item) -> AllOf:
    return AllOf((Equals("plan", item["plan"]), Equals("started_at", item["started_at"])))


def _work(item: Item) -> Work:
    parts = int(item["parts"])
    results = {number: item[_part(number)] for number in range(parts) if _part(number) in item}
    return Work(item["plan"], parts, item["facts"], results, float(item["started_at"]), float(item["sent_at"]))
