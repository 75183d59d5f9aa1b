"""What plugins tell of a visit in the visit log: of the visit, of each of its actions, and of all visits of a visitor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tidemark.model.calls import Calls
from tidemark.model.table import SITE_METADATA, DataTable
from tidemark.model.visit_reader import LoggedVisit, LogRow
from tidemark.plugin.report import Context

Details = dict[str, Any]
"""Fields in the order of the answer."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DetailsContext:
    """The call that is answered, all visits that are told of, and what was worked out for them once."""

    call: Context
    visits: tuple[LoggedVisit, ...]
    _known: dict[object, Any] = field(default_factory=dict)

    def once(self, key: object, make: Callable[[], T]) -> T:
        """A value that all visits share, made when first asked for."""
        if key not in self._known:
            self._known[key] = make()
        found: T = self._known[key]
        return found

    def money(self, idsite: int, amount: float) -> str:
        """An amount with the currency symbol of the site: $1,000"""
        table = DataTable(metadata={SITE_METADATA: idsite})
        return str(self.call.service(Calls).pretty_value("revenue", amount, table))


@dataclass(slots=True)
class Entry:
    """A line of a visit's story: an action or a conversion. `details` is what clients get, plugins add to it."""

    kind: str
    """"action", "outlink", "download", "search", "event", "content", "goal", "ecommerceOrder" …"""
    row: LogRow
    """Of the actions or the conversions table."""
    details: Details
    page_id: int | None = None
    """Number of the action; of a conversion, that of the action that converted, None if there was none."""
    title: str = ""
    """Of conversions; actions get theirs from their columns."""
    subtitle: str = ""


VisitFields = Callable[[LoggedVisit, DetailsContext], Mapping[str, Any]]
ProfileFields = Callable[[Sequence[Details], DetailsContext], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class VisitDetails:
    """One plugin's share of the visit log. Shares are put together in order of `order`."""

    order: int
    visit: VisitFields | None = None
    """Fields of a visit."""
    entries: Callable[[LoggedVisit, DetailsContext], Sequence[Entry]] | None = None
    """Lines of its story, in order of time."""
    columns: Callable[[LogRow], Mapping[str, Any]] | None = None
    """Fields of an action that stand right behind its id."""
    describe: Callable[[Entry, LoggedVisit, DetailsContext], None] | None = None
    """Adds to or changes the details of a line, its title for example."""
    totals: ProfileFields | None = None
    """Fields of a visitor's profile, from the details of the visits, newest first: sums."""
    found: ProfileFields | None = None
    """Fields that stand behind all `totals`."""
    summary: ProfileFields | None = None
    """Fields behind the list of the last visits."""
