"""What readers of the visit log see: visits with their actions, conversions and items, newest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

ACTION_NUMBER: Final = "action_number"
"""Column that readers add to actions: the number of the action on its site, by days and order of sending, from 1.

A late hit moves the numbers of what comes after it; `sequence` never changes, but is too large for many clients.
"""

LogRow = Mapping[str, Any]
"""A row of a log table: column -> value, None for NULL; json columns are still text."""


@dataclass(frozen=True, slots=True)
class VisitQuery:
    """Which visits are wanted, in which order: newest last action first, or oldest first with `is_ascending`."""

    idsites: tuple[int, ...]
    first: date | None = None
    """Local day of each site, as `last`; None: no bound."""
    last: date | None = None
    """A visit that ends in the very second in which this day does, at midnight, still belongs to it."""
    segment: str = ""
    visitor_id: int | None = None
    newer_than: int | None = None
    """Only visits whose last action came later than this (unix seconds)."""
    limit: int | None = None
    offset: int = 0
    is_ascending: bool = False
    with_actions: bool = True
    """Without, `actions` and `items` of the visits stay empty."""
    most_actions: int | None = None
    """So many actions of each visit, the first; None: all."""


@dataclass(frozen=True, slots=True)
class LoggedVisit:
    """A visit of the log.

    Actions and conversions stand in order of their times, then of sending; items in that of their products' first
    sightings on the site.
    """

    row: LogRow
    actions: tuple[LogRow, ...] = ()
    conversions: tuple[LogRow, ...] = ()
    items: tuple[LogRow, ...] = ()
    actions_left_out: int = 0
    """Later actions than those that a query wanted."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What happened on some sites since a moment. `visitors` counts each visitor once."""

    visits: int = 0
    actions: int = 0
    visitors: int = 0
    conversions: int = 0


@dataclass(frozen=True, slots=True)
class Sales:
    """All that a visitor ordered, or left in carts."""

    conversions: int = 0
    revenue: float = 0.0
    items: int = 0


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Visitors who were there last before and first after somebody; None: nobody."""

    before: int | None = None
    after: int | None = None


class VisitReader(Protocol):
    """The visit log, up to date with the hits; asked for as ``context.service(VisitReader)``.

    No method reads more days than it needs: the newest come first.
    """

    def visits(self, query: VisitQuery) -> Sequence[LoggedVisit]:
        """The visits that a query means. Raises: BadSegment."""
        ...

    def activity(self, idsites: Sequence[int], since: int, segment: str = "") -> Activity:
        """What happened at or after a moment (unix seconds). Raises: BadSegment."""
        ...

    def neighbours(self, idsite: int, visitor_id: int, moment: int, segment: str = "") -> Neighbours:
        """Other visitors by the ends of their last visits, at most a day before or after a moment.

        Raises: BadSegment.
        """
        ...

    def sales(self, idsite: int, visitor_ids: Collection[int]) -> Mapping[tuple[int, int], Sales]:
        """By (visitor, idgoal) what visitors of a site ever ordered (goal 0) and have in open carts (-1)."""
        ...
