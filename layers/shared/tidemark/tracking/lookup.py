"""Where an address is, by the instance's present settings. Implements `tidemark.model.location_lookup`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tidemark.model.hit import Location
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.tracking.databases import Databases
from tidemark.tracking.location import locate
from tidemark.tracking.rules import RuleBook


@dataclass(frozen=True, slots=True)
class AddressLookup:
    """Looks addresses up as ingest does, but for what only a request tells."""

    snapshot: Callable[[], TrackerSnapshot]
    databases: Databases = field(default_factory=Databases)

    def locate(self, address: str) -> Location:
        """See LocationLookup."""
        return locate(address, {}, "", RuleBook(self.snapshot()).policy, self.databases)

    def locate_or_guess(self, address: str, languages: str) -> Location:
        """The same, and where it is not known what the accepted languages say."""
        return locate(address, {}, languages, RuleBook(self.snapshot()).policy, self.databases)
