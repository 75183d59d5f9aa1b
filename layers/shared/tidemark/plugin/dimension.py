"""Dimensions: what a hit, visit or conversion is described by, and the segments that filter on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, Protocol

from tidemark.model.hit import Client, ColumnType, Location, Referrer

if TYPE_CHECKING:
    from tidemark.model.registry import Registry
    from tidemark.model.site import Site
    from tidemark.model.tracked_site import TrackedSite
    from tidemark.plugin.expression import Expression, Scalar
    from tidemark.plugin.report import Context
    from tidemark.plugin.visit_details import Details


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
    overruled_by: tuple[str, str] | None = None
    """Of a visit: a column of hits and a regular expression for the whole of its text.

    The last hit that has such a text tells the value, whatever `keep` says.
    """
    told_later: bool = False
    """Of an action: other requests of its page view tell it as well, by its `pv_id`, pings included; the last one wins."""


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
    """Values to suggest, in order, where they are always the same."""
    suggest: Callable[[Context, int, Sequence[Details]], Iterable[str]] | None = None
    """Values to suggest for a site, found from its recent visits (as the visit log tells them), in order.

    A segment without this and without `suggestions` suggests the most frequent values of `detail`.
    """
    detail: str = ""
    """Name of its values in the visit log's details of a visit or an action; empty: the segment's own name."""
    is_listed: bool = True
    """Whether it stands in the metadata; parts of a union do not."""
    of_site: Callable[[TrackedSite], Expression] | None = None
    """Instead of `of`, where it depends on what the site defines (names of its goals); reads `of`'s columns only."""
    is_known_to: Callable[[Registry, int], bool] | None = None
    """Whether a site, by its number, has it; None: every site does."""


MOST_SUGGESTIONS = 30
"""Values that are suggested for a segment at most. Source: Matomo 5.2, API.getSuggestedValuesForSegment."""


def number_suggestions(first: int, last: int) -> tuple[str, ...]:
    """Whole numbers to suggest; none above the number of values that are suggested at most."""
    return tuple(str(number) for number in range(first, min(last, MOST_SUGGESTIONS) + 1))


def most_used(names: Mapping[str, str], codes: Iterable[str | None]) -> list[str]:
    """Names by how often their codes occur, most often first; codes without a name count as Unknown.

    Source: Matomo 5.2, suggested values of names: of names that occur equally often the alphabetically last comes first.
    """
    counts = dict.fromkeys(names, 0) | {"": 0}
    for code in codes:
        if code is not None:
            counts[code if code in names else ""] += 1
    named = ((count, names.get(code, "Unknown")) for code, count in counts.items())
    return [name for _, name in sorted(named, reverse=True)]
