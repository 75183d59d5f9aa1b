"""What the tracker's snapshot was at earlier versions, so that a hit is judged by what held when it was received.

Hits wait in a queue. A change that comes meanwhile must not reach back to them, or what is recorded would depend on how the
queue was read. So each change stores, in the same transaction, what it replaces: partition `past`, sort key
`<version>#<site number or settings>`, where version is the first one that no longer has it. The items age out by themselves,
later than any message of the queue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tidemark.model.settings import Settings
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import site_document
from tidemark.registry.catalogue import Catalogue
from tidemark.registry.items import storable
from tidemark.stores.ports import TTL_ATTRIBUTE, Operation, Put, Table

PARTITION: Final = "past"
KEPT_SECONDS: Final = 15 * 86_400  # a queue keeps its messages for at most 14 days
_SETTINGS: Final = "settings"
_REMEMBERED: Final = 16


def superseded(before: Catalogue, after: Catalogue, real_now: float) -> list[Operation]:
    """The writes that keep what `after` replaces of `before`, as far as the tracker sees it."""
    return [
        Put(
            {
                "pk": PARTITION,
                "sk": f"{after.version:012d}#{what}",
                "what": what,
                "document": storable(document),
                TTL_ATTRIBUTE: int(real_now) + KEPT_SECONDS,
            }
        )
        for what, document in _replaced(before, after)
    ]


def _replaced(before: Catalogue, after: Catalogue) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """Name and old document of everything that differs; None for a site that is new."""
    if before.given != after.given:
        yield _SETTINGS, before.given
    for idsite in sorted({*before.sites, *after.sites}):
        old, new = _facts(before, idsite), _facts(after, idsite)
        if any(one is not other for one, other in zip(old, new, strict=True)):
            site, goals, dimensions = old
            yield str(idsite), None if site is None else site_document(site, goals, dimensions)


def _facts(catalogue: Catalogue, idsite: int) -> tuple[Any, ...]:
    return (
        catalogue.sites.get(idsite),
        catalogue.goals.get(idsite, ()),
        catalogue.custom_dimensions.get(idsite, ()),
    )


class PastSnapshots:
    """Snapshots of earlier versions. Implements tidemark.model.snapshot.EarlierSnapshots."""

    __slots__ = ("_made", "_table")

    def __init__(self, table: Table) -> None:
        self._table = table
        self._made: dict[tuple[int, int], TrackerSnapshot] = {}

    def as_of(self, current: TrackerSnapshot, version: int) -> TrackerSnapshot:
        """The snapshot that `current` was at an earlier version; `current` itself for its own version and later ones."""
        if not 0 < version < current.version:
            return current
        key = (current.version, version)
        if key not in self._made:
            while len(self._made) >= _REMEMBERED:
                del self._made[next(iter(self._made))]
            self._made[key] = self._undone(current, version)
        return self._made[key]

    def _undone(self, current: TrackerSnapshot, version: int) -> TrackerSnapshot:
        settings, documents = current.settings, dict(current.documents)
        undone = set()
        for item in self._table.query(PARTITION, start_after=f"{version:012d}$"):
            what, document = item["what"], item["document"]
            if what in undone:
                continue  # the first change after that version replaced what held then
            undone.add(what)
            if what == _SETTINGS:
                settings = Settings(document)
            elif document is None:
                documents.pop(int(what), None)
            else:
                documents[int(what)] = document
        return TrackerSnapshot(version, current.salt, settings, current.grants, documents)
