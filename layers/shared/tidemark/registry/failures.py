"""Tracking failures as ingest keeps them: table archive_state, one item per site and kind, with a time to live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tidemark.clock import Clock
from tidemark.model.tracking_failures import TrackingFailure
from tidemark.stores.ports import TTL_ATTRIBUTE, Table

PARTITION: Final = "tracking_failures"


class StoredFailures:
    """Implements tidemark.model.tracking_failures.TrackingFailures."""

    __slots__ = ("_clock", "_table")

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def all(self) -> Sequence[TrackingFailure]:
        """Every failure whose time has not run out (on the machine's clock), in order of sites and kinds."""
        now = self._clock.now()
        failures = (
            TrackingFailure(item["idsite"], item["idfailure"], item["date_first_occurred"], item["request_url"])
            for item in self._table.query(PARTITION)
            if item.get(TTL_ATTRIBUTE, now + 1) > now
        )
        return sorted(failures, key=lambda failure: (failure.idsite, failure.idfailure))

    def delete(self, failures: Sequence[TrackingFailure]) -> None:
        """Forget some of them."""
        keys = [(PARTITION, f"{failure.idsite}#{failure.idfailure}") for failure in failures]
        self._table.write_batch(deletes=keys)
