"""Hits that are told after their day was anonymised: hidden before they are stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from tidemark.model.anonymising import Anonymisation, Hidden
from tidemark.model.hit import Location
from tidemark.model.period import ONE_DAY, midnight_utc
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone

if TYPE_CHECKING:
    from tidemark.registry.anonymisations import AnonymisationList


@dataclass(frozen=True, slots=True)
class StandingOrders:
    """Implements tidemark.model.anonymising.AnonymisedDays."""

    orders: AnonymisationList
    locate: Callable[[str, str], Location]

    def late(self, snapshot: TrackerSnapshot) -> OrdersOfNow | None:
        """See AnonymisedDays."""
        standing = [one for one in self.orders.all() if one.until]
        return OrdersOfNow(standing, snapshot, self.locate) if standing else None


@dataclass(frozen=True, slots=True)
class OrdersOfNow:
    """Implements tidemark.model.anonymising.LateHits."""

    standing: Sequence[Anonymisation]
    snapshot: TrackerSnapshot
    locate: Callable[[str, str], Location]

    def hides(self, idsite: int, moment: int) -> bool:
        """See LateHits."""
        return any(begin <= moment < end for _, (begin, end) in self._of(idsite))

    def hidden(self, idsite: int, table: Any) -> Any:
        """See LateHits."""
        import pyarrow.compute as pc  # noqa: PLC0415 - seldom needed

        from tidemark.erasure.veil import veil_of, within  # noqa: PLC0415

        for hidden, between in self._of(idsite):
            rows = within(table["server_time"], between)
            if pc.any(rows).as_py():
                veil, _ = veil_of(idsite, hidden, self.snapshot, self.locate)
                table = veil.over(table, rows)
        return table

    def _of(self, idsite: int) -> list[tuple[Hidden, tuple[int, int]]]:
        """The orders about a site, each with the moments between which its days lie, as far as they were over."""
        site = self.snapshot.site(idsite)
        zone = UTC if site is None else time_zone(site.timezone)
        return [
            (
                one.hidden,
                (midnight_utc(one.hidden.first, zone), min(midnight_utc(one.hidden.last + ONE_DAY, zone), one.until)),
            )
            for one in self.standing
            if not one.hidden.idsites or idsite in one.hidden.idsites
        ]
