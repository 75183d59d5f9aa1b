"""Up to which day a site's hits and visit logs were deleted: archives of earlier days stay as they are.

Item of the table archive_state: partition site#<id>, sort raw_data, attributes `before` (a date) and `since`. The limit is
stored first and the data go later, so nobody builds an archive from a half deleted day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tidemark.clock import Clock
from tidemark.stores.ports import Absent, AnyOf, ConditionFailedError, LessThan, Table

SORT_KEY = "raw_data"
REMEMBERED_SECONDS = 60.0
"""A limit that is read so often is a minute old at most; data go an hour after it at the earliest."""


@dataclass(frozen=True, slots=True)
class RawDataLimit:
    """Raw data of days before `before` may be gone; `since` (unix seconds) tells when that was said."""

    before: date
    since: float


class RawDataLimits:
    """The limits of all sites."""

    def __init__(self, state: Table, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._known: dict[int, tuple[float, date | None]] = {}

    def before(self, idsite: int) -> date | None:
        """The first day whose raw data are all kept; None if none were ever deleted."""
        now = self._clock.now()
        known = self._known.get(idsite)
        if known is None or not 0 <= now - known[0] < REMEMBERED_SECONDS:
            limit = self.read(idsite)
            known = self._known[idsite] = now, limit.before if limit else None
        return known[1]

    def read(self, idsite: int) -> RawDataLimit | None:
        """The limit as it is stored now."""
        item = self._state.get(f"site#{idsite}", SORT_KEY)
        return None if item is None else RawDataLimit(date.fromisoformat(item["before"]), float(item["since"]))

    def move(self, idsite: int, before: date) -> None:
        """Say that raw data of earlier days may go from now on. A limit never moves back."""
        item = {"pk": f"site#{idsite}", "sk": SORT_KEY, "before": before.isoformat(), "since": self._clock.now()}
        try:
            self._state.put(item, AnyOf((Absent(), LessThan("before", before.isoformat()))))
        except ConditionFailedError:
            return
        self._known.pop(idsite, None)
