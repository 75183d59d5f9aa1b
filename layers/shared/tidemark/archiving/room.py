"""The archiving room, put together: what bootstrap asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tidemark.archiving.archiver import Archiver
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.reader import Reader
from tidemark.archiving.store import ArchiveStore
from tidemark.clock import Clock
from tidemark.model.daylog import VisitLogs
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.plugin.plugin import Plugins
from tidemark.stores.ports import Stores


@dataclass(frozen=True, slots=True)
class ArchivingRoom:
    """Builder and reader of one instance's archives."""

    archiver: Archiver
    reader: Reader


def open_archiving(
    stores: Stores, logs: VisitLogs, plugins: Plugins, snapshot: Callable[[], TrackerSnapshot], clock: Clock
) -> ArchivingRoom:
    """The room over these stores; `snapshot` gives the present settings and sites."""
    catalogue = Catalogue.of(plugins)
    store = ArchiveStore(stores.archive_numeric, stores.objects)
    archiver = Archiver(logs, store, catalogue, snapshot, clock)
    return ArchivingRoom(archiver, Reader(archiver, store, catalogue, lambda: snapshot().settings))
