"""Dimensions: what a hit, visit or conversion is described by, and the segments that filter on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, Protocol

from tidemark.model.hit import Client, ColumnType, Location, Referrer

if TYPE_CHECKING:
    from tidemark.model.site import Site
    from tidemark.plugin.expression import Expression, Scalar


class Scope(Enum):
    """Which log table a dimension's column stands in."""

    VISIT = "visits"
    ACTION = "actions"


class Keep(Enum):
    """Which hit's value a visit keeps."""

    FIRST = "first"
    """The first hit's, whatever it is."""
    FIRST_KNOWN = "first_known"
    """The first that is not NULL."""
    LAST_KNOWN = "last_known"
    """The last that is not NULL."""


class HitContext(Protocol):
    """A hit while ingest enriches it: what a Dimension's `value` may look at."""

    @property
    def params(self) -> Mapping[str, str]:
        """The request's parameters, decoded; lists and maps are left out."""
        ...

    @property
    def site(self) -> Site: ...

    @property
    def server_time(self) -> int: ...

    @property
    def user_agent(self) -> str: ...

    @property
    def language(self) -> str:
        """Accept-Language or `lang`, as sent."""
        ...

    @property
    def client(self) -> Client:
        """The device, detected once per user agent."""
        ...

    @property
    def location(self) -> Location: ...

    @property
    def referrer(self) -> Referrer: ...


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column that a plugin adds to hits and to the log table of its scope."""

    column: str
    scope: Scope
    value: Callable[[HitContext], Any]
    type: ColumnType = "string"
    keep: Keep = Keep.FIRST
    on_conversion: bool = False
    """Copied to the visit's conversions, so that goal columns can be grouped by it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A name that segment expressions may use (`browserCode==FF`).

    `of` is computed over the rows of `table`. `to_stored` turns the text of an expression into the stored value
    ("desktop" -> 0); None means that nothing can match. A union segment lists others in `union_of` instead of `of`.
    """

    segment: str
    name: str
    category: str
    of: Expression | None
    table: Literal["visits", "actions", "conversions", "items"] = "visits"
    type: Literal["dimension", "metric"] = "dimension"
    accepted_values: str = ""
    to_stored: Callable[[str], Scalar] | None = None
    union_of: tuple[str, ...] = ()
    needs_view_access: bool = False
    """Refused to anonymous users (addresses, ids)."""
    suggestions: tuple[str, ...] = ()
    is_listed: bool = True
    """Whether it stands in the metadata; parts of a union do not."""
