"""The composition root: builds each room once per process, from the environment or from what the local run installs.

Collect's path must stay light: everything that it does not need is imported where it is used.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tidemark.clock import Clock, SystemClock
from tidemark.config import Config, read_config

if TYPE_CHECKING:
    from tidemark.registry.table_registry import TableRegistry
    from tidemark.stores.ports import KeyedObjects, Sender, Stores
    from tidemark.tracking.collect import Collector
    from tidemark.tracking.snapshots import SnapshotCache

Room = TypeVar("Room")


class Instance:
    """One instance of Tidemark: its configuration, its clock, its stores, and its rooms, made when first asked for."""

    def __init__(self, config: Config, clock: Clock, stores: Stores | None = None) -> None:
        """Without `stores`, those of AWS that the environment names."""
        self._config = config
        self._clock = clock
        self._given_stores = stores
        self._rooms: dict[str, Any] = {}
        self._lock = threading.RLock()

    def collector(self) -> Collector:
        """Requests -> hits queue."""
        return self._once("collector", self._make_collector)

    def registry(self) -> TableRegistry:
        """Sites, users, settings."""
        return self._once("registry", self._make_registry)

    def stores(self) -> Stores:
        """Queues, objects and tables."""
        return self._given_stores or self._once("stores", aws_stores)

    def replay_spill(self) -> int:
        """Bring what collect had to put aside into the hits queue; how many messages that were."""
        from tidemark.tracking.spill import replay_spill

        stores = self.stores()
        return replay_spill(stores.objects, stores.hits)

    def forget(self) -> None:
        """Make the rooms anew when they are next asked for: the stores were emptied."""
        with self._lock:
            self._rooms.clear()

    def _once(self, name: str, make: Callable[[], Room]) -> Room:
        room = self._rooms.get(name)
        if room is None:
            with self._lock:
                room = self._rooms.get(name)
                if room is None:
                    room = self._rooms[name] = make()
        return cast("Room", room)

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

    def _make_registry(self) -> TableRegistry:
        from tidemark.registry.table_registry import TableRegistry

        stores = self.stores()
        return TableRegistry(stores.registry, stores.objects, self._clock)


def aws_stores() -> Stores:
    """The stores on AWS that the environment names."""
    from tidemark.stores.aws.instance import open_stores
    from tidemark.stores.aws.names import Names

    return open_stores(Names.from_environment(os.environ))


_installed: list[Instance] = []
_installing = threading.Lock()


def install(instance: Instance) -> None:
    """Let the functions of this process work for this instance."""
    with _installing:
        _installed[:] = [instance]


def instance() -> Instance:
    """The installed instance; in a function on AWS, the one that the environment describes."""
    if not _installed:
        with _installing:
            if not _installed:
                _installed.append(Instance(read_config(os.environ), SystemClock()))
    return _installed[0]
