"""Rooms that every function has: the registry and the stores, and how hits come in.

Collect's path must stay light: everything that it does not need is imported where it is used.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from tidemark.clock import Clock
from tidemark.config import Config

if TYPE_CHECKING:
    from tidemark.plugin.plugin import Plugins
    from tidemark.registry.table_registry import TableRegistry
    from tidemark.stores.ports import KeyedObjects, Sender, Stores
    from tidemark.tracking.collect import Collector
    from tidemark.tracking.ingest import Ingest
    from tidemark.tracking.snapshots import SnapshotCache

Room = TypeVar("Room")

COMMON_USER_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
REQUEUED_AT_ONCE: Final = 1000
REQUEUE_SECONDS: Final = 60
REGISTRY_AGE_SECONDS: Final = 1.0
"""How old what a reader sees of the registry may be within one call; who calls is always looked up."""


class TrackingRooms:
    """Configuration, clock and stores of an instance; its rooms are made when they are first asked for."""

    def __init__(self, config: Config, clock: Clock, stores: Stores | None = None) -> None:
        """Without `stores`, those of AWS that the environment names."""
        self._config = config
        self._clock = clock
        self._given_stores = stores
        self._rooms: dict[str, Any] = {}
        self._lasting: dict[str, Any] = {}
        self._lock = threading.RLock()

    def collector(self) -> Collector:
        """Requests -> hits queue."""
        return self._once("collector", self._make_collector)

    def ingest(self) -> Ingest:
        """Hits queue -> hit log."""
        return self._once("ingest", self._make_ingest)

    def registry(self) -> TableRegistry:
        """Sites, users, settings."""
        return self._once("registry", self._make_registry)

    def plugins(self) -> Plugins:
        """The default plugins and the installed ones."""
        from tidemark.plugin.plugin import load_plugins

        return self._for_ever("plugins", load_plugins)

    def stores(self) -> Stores:
        """Queues, objects and tables."""
        return self._given_stores or self._for_ever("stores", aws_stores)

    def replay_spill(self) -> int:
        """Bring what collect had to put aside into the hits queue; how many messages that were."""
        from tidemark.tracking.spill import replay_spill

        stores = self.stores()
        return replay_spill(stores.objects, stores.hits)

    def requeue_dead_letters(self) -> int:
        """Give messages that failed too often another chance; how many.

        Each is sent before it is deleted: a crash in between sends it twice, which every consumer tolerates.
        """
        stores = self.stores()
        count = 0
        for dead, queue in ((stores.hits_dead, stores.hits), (stores.archive_dead, stores.archive)):
            while messages := dead.receive(REQUEUED_AT_ONCE, REQUEUE_SECONDS):
                queue.send_batch([message.body for message in messages])
                dead.delete([message.receipt for message in messages])
                count += len(messages)
        return count

    def maintain(self) -> None:
        """Write the tracker's snapshot if a change did not get that far; let sites be as old as their oldest hit."""
        from tidemark.registry.creation import move_creation_back

        registry = self.registry()
        registry.heal()
        move_creation_back(registry, self.stores().archive_state)

    def warm_up(self) -> None:
        """Load what the first hit would otherwise wait for: the patterns of user agents take seconds."""
        from tidemark.tracking.devices import Devices

        Devices().client(COMMON_USER_AGENT)

    def forget(self) -> None:
        """Make the rooms anew when they are next asked for: the stores were emptied. Waits for nobody."""
        self._rooms = {}

    def _make_collector(self) -> Collector:
        from tidemark.tracking.collect import Collector

        hits, objects = self._collect_stores()
        return Collector(hits, objects, self._snapshots(objects), self._clock)

    def _collect_stores(self) -> tuple[Sender, KeyedObjects]:
        if self._given_stores is not None:
            return self._given_stores.hits, self._given_stores.objects
        from tidemark.stores.aws.light import connect
        from tidemark.stores.aws.names import Names

        light = connect(Names.from_environment(os.environ), os.environ)
        return light.hits, light.objects

    def _snapshots(self, objects: KeyedObjects) -> SnapshotCache:
        from tidemark.tracking.snapshots import SnapshotCache

        return SnapshotCache(objects, self._config.snapshot_age_seconds)

    def _make_ingest(self) -> Ingest:
        from tidemark.erasure.late_hits import StandingOrders
        from tidemark.registry.anonymisations import AnonymisationList
        from tidemark.registry.erasures import ErasureList
        from tidemark.registry.past import PastSnapshots
        from tidemark.tracking.ingest import Ingest
        from tidemark.tracking.lookup import AddressLookup

        stores = self.stores()
        snapshots, past = self._snapshots(stores.objects), PastSnapshots(stores.registry)
        lookup = AddressLookup(snapshots.current)
        return Ingest(
            stores.objects,
            stores.archive_state,
            snapshots,
            self.plugins(),
            past=past,
            erased=ErasureList(stores.registry),
            anonymised=StandingOrders(AnonymisationList(stores.registry), lookup.locate_or_guess),
        )

    def _make_registry(self) -> TableRegistry:
        from tidemark.registry.table_registry import TableRegistry

        stores = self.stores()
        return TableRegistry(stores.registry, stores.objects, self._clock, max_age_seconds=REGISTRY_AGE_SECONDS)

    def _once(self, name: str, make: Callable[[], Room]) -> Room:
        """The room of that name, made by whoever asks first; it is forgotten with the stores' content."""
        return self._kept(self._rooms, name, make)

    def _for_ever(self, name: str, make: Callable[[], Room]) -> Room:
        """The same for what does not depend on the stores."""
        return self._kept(self._lasting, name, make)

    def _kept(self, kept: dict[str, Any], name: str, make: Callable[[], Room]) -> Room:
        found = kept.get(name)
        if found is None:
            with self._lock:
                found = kept.get(name)
                if found is None:
                    found = kept[name] = make()
        return cast("Room", found)


def aws_stores(*, ephemeral: bool = False) -> Stores:
    """The stores on AWS that the environment names; only ephemeral ones can be reset."""
    from tidemark.stores.aws.connection import connect
    from tidemark.stores.aws.names import Names

    return connect(Names.from_environment(os.environ), ephemeral=ephemeral)
