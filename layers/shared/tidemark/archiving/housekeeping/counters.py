"""Counters of hits that were not recorded: ids become numbers once nothing of them can come again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tidemark.clock import Clock
from tidemark.model.filtered_hits import FILTERED_SK, SUMS, day_and_name, tally
from tidemark.stores.ports import Table

COMES_AGAIN_SECONDS: Final = 60 * 86_400
"""Longer than a message can be under way: 14 days in the queue, 14 among the dead letters, and both once more."""


class CounterSums:
    """Sums a site's counters up. Each step may be the last: what was summed is named by the sum until it is gone."""

    def __init__(self, state: Table, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def run(self, idsite: int, is_over: Callable[[], bool]) -> bool:
        """Sum up what is due; whether all of it was done."""
        pk = f"site#{idsite}"
        days: dict[str, list[Mapping[str, Any]]] = {}
        for item in self._state.query(pk, sk_prefix=FILTERED_SK):
            days.setdefault(day_and_name(item["sk"])[0], []).append(item)
        for day, items in days.items():
            if is_over():
                return False
            self._sum_up(pk, f"{FILTERED_SK}{day}#{SUMS}", [one for one in items if day_and_name(one["sk"])[1]])
        return True

    def _sum_up(self, pk: str, sk: str, items: list[Mapping[str, Any]]) -> None:
        before = self._clock.now() - COMES_AGAIN_SECONDS
        parts = [one for one in items if one["sk"] != sk]
        if not parts or any(one["at"] >= before for one in parts):
            return
        names = sorted(day_and_name(one["sk"])[1] for one in parts)
        total = tally(items)
        self._state.put(
            {"pk": pk, "sk": sk, "reasons": dict(total.reasons), "bots": dict(total.bots), "of": names, "at": 0}
        )
        self._state.write_batch(deletes=[(pk, one["sk"]) for one in parts])
