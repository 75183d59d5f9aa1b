"""Where an address is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tidemark.model.hit import Location


class LocationLookup(Protocol):
    """Looks addresses up; asked for as ``context.service(LocationLookup)``."""

    def locate(self, address: str) -> Location:
        """The place that the location databases know; country "xx" if none."""
        ...
