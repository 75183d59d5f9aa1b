"""The rules by which one site's hits become visits: settings, plugins' columns and the site's own dimensions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields

from tidemark.model.custom_dimension import VISIT_SCOPE
from tidemark.model.hit import CORE_COLUMNS
from tidemark.model.log import ACTION_COLUMNS, VISIT_COLUMNS
from tidemark.model.settings import Settings
from tidemark.model.site import INTRANET
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin.dimension import Dimension

FORMAT_VERSION = 8
"""Raised when the same hits would give another visit log; every day is then made anew."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How visits are recognised and cut. Times are in seconds. Source: Matomo 5.2, tracking behaviour, section 5."""

    idsite: int
    visit_length: int = 1800
    """A visit ends when its last action is this long ago."""
    look_back: int = 1800
    """How long ago a visit may have ended to be found by the fingerprint; at least the visit's length."""
    one_page_time: int = 0
    """Duration of a visit with one request."""
    max_actions: int = 10_000
    """With this many actions a visit is no longer found; 0: no limit."""
    cuts_at_midnight: bool = True
    cuts_on_campaign: bool = True
    cuts_on_website: bool = False
    cuts_on_user: bool = False
    """Another user id makes another visit: where user ids do not overwrite visitor ids."""
    cuts_always: bool = False
    """Every hit is a visit (a debug setting)."""
    trusts_ids: bool = False
    """A visitor id is looked up alone, without the fingerprint."""
    visit_dimensions: frozenset[str] = frozenset()
    """Numbers (as text) of the site's custom dimensions of visit scope; all others are of action scope."""
    dimensions: tuple[Dimension, ...] = ()

    @property
    def reach(self) -> int:
        """How many days before and after a day its log depends on: visits may go on at midnight."""
        return 0 if self.cuts_at_midnight else 1

    def digest(self) -> str:
        """Equal for rules that give the same log, 16 hexadecimal characters.

        Dimensions do not count: hits from before a dimension existed have no value of it, so no day changes.
        """
        parts = [FORMAT_VERSION, *(getattr(self, one.name) for one in fields(self) if one.name not in _GROWING)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


_GROWING = frozenset({"visit_dimensions", "dimensions"})


def own_columns(dimensions: Iterable[Dimension]) -> tuple[Dimension, ...]:
    """The dimensions that have a column of their own: neither the core's nor one of a dimension before."""
    taken = {column.name for columns in (CORE_COLUMNS, VISIT_COLUMNS, ACTION_COLUMNS) for column in columns}
    found: dict[str, Dimension] = {}
    for dimension in dimensions:
        if dimension.column not in taken:
            found.setdefault(dimension.column, dimension)
    return tuple(found.values())


def rules_of(site: TrackedSite, settings: Settings, dimensions: tuple[Dimension, ...]) -> Rules:
    """The rules for a site, by Matomo's settings; a visit's length that is none is the default."""
    length = settings.number("Tracker.visit_standard_length")
    length = length if length > 0 else Rules(site.idsite).visit_length
    return Rules(
        idsite=site.idsite,
        visit_length=length,
        look_back=max(length, settings.number("Tracker.window_look_back_for_visitor")),
        one_page_time=max(0, settings.number("Tracker.default_time_one_page_visit")),
        max_actions=max(0, settings.number("Tracker.create_new_visit_after_x_actions")),
        cuts_at_midnight=settings.flag("Tracker.create_new_visit_after_midnight"),
        cuts_on_campaign=settings.flag("Tracker.create_new_visit_when_campaign_changes"),
        cuts_on_website=settings.flag("Tracker.create_new_visit_when_website_referrer_changes"),
        cuts_on_user=not settings.flag("Tracker.enable_userid_overwrites_visitorid"),
        cuts_always=settings.flag("Debug.tracker_always_new_visitor"),
        trusts_ids=settings.flag("Tracker.trust_visitors_cookies") or site.site.type == INTRANET,
        visit_dimensions=frozenset(
            str(one.idcustomdimension) for one in site.custom_dimensions if one.scope == VISIT_SCOPE
        ),
        dimensions=dimensions,
    )
