"""Who can say where an address is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class LocationFinder(Protocol):
    """The location databases of the instance."""

    def location_of(self, address: str, provider: str = "") -> Mapping[str, str | float]:
        """The location by Matomo's names; by the instance's provider if none is named. Empty if nothing is known."""
        ...
