"""An archiving room over embedded stores and made-up visit logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.visit_log import MadeUpLogs
from tidemark.archiving.archiver import Archiver
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.reader import Reader
from tidemark.archiving.store import ArchiveStore
from tidemark.clock import SettableClock
from tidemark.model.goal import Goal
from tidemark.model.settings import Settings, Value
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import site_document
from tidemark.plugin.plugin import Plugin, Plugins
from tidemark.stores.embedded.instance import open_stores
from tidemark.stores.ports import Stores

NOW = 1_710_000_000.0  # 2024-03-09 16:00:00 UTC


@dataclass(frozen=True, slots=True)
class ArchivingRoom:
    """Builder and reader of one instance's archives."""

    archiver: Archiver
    reader: Reader


@dataclass(slots=True)
class Bench:
    """Everything a test of archives touches."""

    room: ArchivingRoom
    logs: MadeUpLogs
    stores: Stores
    clock: SettableClock
    snapshot: list[TrackerSnapshot]

    def set_settings(self, **given: Value) -> None:
        """Change settings: dots in names are written as two underscores."""
        self.snapshot[0] = snapshot({name.replace("__", "."): value for name, value in given.items()})


def snapshot(
    given: dict[str, Value] | None = None, sites: Sequence[Site] = (), goals: Sequence[Goal] = ()
) -> TrackerSnapshot:
    """Sites (one, in UTC, if none are given) and settings."""
    known = sites or [Site(1, "Site", "http://example.org", ts_created=0)]
    return TrackerSnapshot(
        version=1,
        salt="salt",
        settings=Settings(given or {}),
        documents={site.idsite: site_document(site, goals, []) for site in known},
    )


@contextmanager
def archives_of(
    *plugins: Plugin,
    sites: Sequence[Site] = (),
    goals: Sequence[Goal] = (),
    stores: Stores | None = None,
    logs: MadeUpLogs | None = None,
) -> Iterator[Bench]:
    """An empty instance with these plugins; or another process over given stores and logs."""
    active = Plugins(plugins)
    opened = stores or open_stores(ephemeral=True)
    logs, clock, present = (
        logs or MadeUpLogs(active.dimensions()),
        SettableClock(NOW),
        [snapshot(sites=sites, goals=goals)],
    )
    catalogue, store = Catalogue.of(active), ArchiveStore(opened.archive_numeric, opened.objects)
    archiver = Archiver(logs, store, catalogue, lambda: present[0], clock)
    room = ArchivingRoom(archiver, Reader(archiver, store, catalogue, lambda: present[0].settings))
    try:
        yield Bench(room, logs, opened, clock, present)
    finally:
        if stores is None:
            opened.close()
