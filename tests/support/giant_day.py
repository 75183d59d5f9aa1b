"""A site whose days are made in parts by whoever takes the messages of the archive queue, over any stores."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pyarrow.parquet as pq

from tests.support.hit_rows import table
from tidemark.archiving.archiver import Archiver
from tidemark.archiving.build import Builder
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.fan_out import FanOut
from tidemark.archiving.job import Job
from tidemark.archiving.job_states import JobStates
from tidemark.archiving.store import Archive, ArchiveStore
from tidemark.clock import SettableClock
from tidemark.countdown import Countdowns
from tidemark.model.period import Period
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import site_document
from tidemark.plugin.plugin import Plugins, load_plugins
from tidemark.sessions.daylogs import Sessions
from tidemark.sessions.rules import own_columns
from tidemark.stores.ports import Message, Stores

SITE = 1
DAY = date(2010, 3, 10)
NOW = datetime(2010, 3, 20, tzinfo=UTC).timestamp()
WRITES = frozenset({"put", "update", "delete", "write_batch", "transact", "send", "send_batch"})
VISIBLE_AFTER = 600


class KilledError(BaseException):
    """The process dies here."""


class Killing:
    """A store that asks at each of its writes, before it and behind it, whether its process dies."""

    def __init__(self, inner: Any, tick: Callable[[], None]) -> None:
        self._inner, self._tick = inner, tick

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in WRITES:
            return method

        def write(*arguments: Any, **named: Any) -> Any:
            self._tick()
            result = method(*arguments, **named)
            self._tick()
            return result

        return write


def mortal(stores: Stores, tick: Callable[[], None]) -> Stores:
    """The stores as one sees them who may die at any write."""
    return replace(
        stores,
        objects=Killing(stores.objects, tick),
        archive=Killing(stores.archive, tick),
        archive_state=Killing(stores.archive_state, tick),
        archive_numeric=Killing(stores.archive_numeric, tick),
    )


@cache
def default_plugins() -> Plugins:
    return load_plugins()


@cache
def default_catalogue() -> Catalogue:
    return Catalogue.of(default_plugins())


class GiantDays:
    """Days with more than `part_hits` hits are giants. Every job is done by a process of its own."""

    def __init__(self, stores: Stores, part_hits: int = 3, plugins: Plugins | None = None) -> None:
        """Without `plugins` the default ones."""
        self.stores = stores
        self.part_hits = part_hits
        self.plugins = plugins or default_plugins()
        self.catalogue = default_catalogue() if plugins is None else Catalogue.of(plugins)
        self.clock = SettableClock(NOW)

    def snapshot(self) -> TrackerSnapshot:
        site = site_document(Site(SITE, "site", "http://example.org", 0, ecommerce=True), (), ())
        return TrackerSnapshot(1, "salt", Settings({}), documents={SITE: site})

    def sessions(self, stores: Stores | None = None) -> Sessions:
        own = stores or self.stores
        return Sessions(
            own.objects, own.archive_state, self.snapshot, self.plugins, self.clock, part_hits=self.part_hits
        )

    def archiver(self, stores: Stores | None = None) -> Archiver:
        own = stores or self.stores
        return Archiver(
            self.sessions(own),
            ArchiveStore(own.archive_numeric, own.objects),
            self.catalogue,
            self.snapshot,
            self.clock,
            fan_out=FanOut(own.objects, Countdowns(own.archive_state, self.clock)),
        )

    def builder(self, stores: Stores | None = None, *, fans_out: bool = True) -> Builder:
        own = stores or self.stores
        return Builder(self.archiver(own), JobStates(own.archive_state, self.clock), own.archive, fans_out=fans_out)

    def ingest(self, rows: Sequence[Mapping[str, Any]], name: str = "batch") -> None:
        """One batch of hits of the day."""
        by_hour: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            moment = datetime.fromtimestamp(row["server_time"], UTC)
            by_hour.setdefault(f"date={moment:%Y-%m-%d}/hour={moment:%H}", []).append(row)
        for folder, members in by_hour.items():
            file = io.BytesIO()
            pq.write_table(table(members, own_columns(self.plugins.dimensions())), file)
            self.stores.objects.put(f"hits/site={SITE}/{folder}/{name}.parquet", file.getvalue())
        self.stores.archive_state.update(f"site#{SITE}", f"day#{DAY}", add={"mark": 1}, initial={"since": 0})

    def ask(self, segment: str = "") -> None:
        """Queue the day's job."""
        self.stores.archive.send(Job(SITE, Period.day(DAY), segment).to_message())

    def receive(self) -> Message | None:
        """The next message of the queue."""
        return next(iter(self.stores.archive.receive(1, VISIBLE_AFTER)), None)

    def work(self, stores: Stores | None = None) -> int:
        """Do jobs until there are none; how many. Who is killed leaves its job to others."""
        done = 0
        while message := self.receive():
            try:
                self.builder(stores).run(message.body)
                self.stores.archive.delete([message.receipt])
                done += 1
            except KilledError:
                self.stores.archive.change_visibility([message.receipt], 0)
        return done

    def archive(self, segment: str = "") -> Archive | None:
        """The day's archive as it is stored."""
        return self.archiver().ensure_all(SITE, [Period.day(DAY)], segment, may_build=False).get(Period.day(DAY))

    def parts(self) -> int:
        """In how many parts the day's log came."""
        (log,) = self.sessions().days(SITE, DAY, DAY)
        return max(1, len(log.parts))

    def left_behind(self) -> list[str]:
        """What was only needed meanwhile and is still there."""
        found = [info.key for info in self.stores.objects.listing("log/split/")]
        found += [info.key for info in self.stores.objects.listing("archive_blob/") if "/part-" in info.key]
        return found + [item["sk"] for item in self.stores.archive_state.query(f"site#{SITE}", sk_prefix="parts#")]
