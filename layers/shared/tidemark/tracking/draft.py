"""A hit in the making: what ingest's steps read and add to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tidemark.model.hit import ActionType, Client, Location, Referrer
from tidemark.model.site import Site
from tidemark.plugin.dimension import Dimension, HitContext
from tidemark.tracking.databases import Databases
from tidemark.tracking.devices import Devices
from tidemark.tracking.message import Envelope, Origin, RawHit
from tidemark.tracking.rules import RuleBook, SiteRules
from tidemark.tracking.site_search import SiteSearch

_NO_CLIENT: Final = Client()
_NO_LOCATION: Final = Location()
_NO_REFERRER: Final = Referrer()
_ONLY_TEXTS: Final = frozenset({str})


@dataclass(slots=True)
class Sources:
    """What enrichment asks: devices by user agent, places by address, and the columns of plugins."""

    devices: Devices
    databases: Databases = field(default_factory=Databases)
    dimensions: Sequence[Dimension] = ()
    failed_dimensions: dict[str, int] = field(default_factory=dict)
    """How often a plugin's column could not be computed, by its name."""
    columns: tuple[tuple[str, Callable[[HitContext], Any]], ...] = field(init=False)
    """Name and function of each dimension."""

    def __post_init__(self) -> None:
        self.columns = tuple((one.column, one.value) for one in self.dimensions)


class Dropped(Exception):  # noqa: N818 - an outcome, not an error
    """The hit is not recorded; `reason` is the name under which it is counted."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Draft:
    """One hit between the queue and the hit log. Satisfies the plugins' HitContext.

    `given` are the request's parameters, as they came through the door. `row` holds the columns of the hit log that are
    known so far.
    """

    envelope: Envelope
    raw: RawHit
    given: dict[str, Any]
    book: RuleBook
    rules: SiteRules
    sources: Sources
    server_time: int
    user_agent: str = ""
    language: str = ""
    client: Client = _NO_CLIENT
    location: Location = _NO_LOCATION
    referrer: Referrer = _NO_REFERRER
    action: ActionType = ActionType.NONE
    search: SiteSearch | None = None
    raw_url: str | None = None
    """URL of the page or action before any parameter is taken out."""
    url: str | None = None
    """The same, as it is stored, with its protocol."""
    title: str = ""
    local_day: str = ""
    """The site's day of the hit, ISO 8601."""
    row: dict[str, Any] = field(default_factory=dict)
    _params: dict[str, str] | None = None

    @property
    def params(self) -> Mapping[str, str]:
        """The parameters that are texts."""
        if self._params is None:
            given = self.given
            if _ONLY_TEXTS.issuperset(map(type, given.values())):
                self._params = given
            else:
                self._params = {name: value for name, value in given.items() if isinstance(value, str)}
        return self._params

    @property
    def origin(self) -> Origin:
        """Who sent the hit: whom the request came from, or whom it names."""
        return self.raw.origin or self.envelope.origin

    @property
    def site(self) -> Site:
        return self.rules.tracked.site

    @property
    def hit_id(self) -> str:
        return self.envelope.hit_id(self.raw.place)
