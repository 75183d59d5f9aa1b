"""A site with hits in the embedded stores, and its sessions."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pyarrow.parquet as pq

from tests.support.hit_rows import table
from tidemark.clock import SettableClock
from tidemark.model.period import local_date
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.model.tracked_site import site_document
from tidemark.plugin.plugin import Plugins
from tidemark.sessions.daylogs import Sessions
from tidemark.stores.embedded.instance import open_stores

SITE = 1
DAY = 86_400
ALWAYS = date(1990, 1, 1), date(2030, 1, 1)


class Broken(Exception):  # noqa: N818
    """A process that died."""


class Breaking:
    """A port that fails at its n-th write: before writing, or after."""

    def __init__(self, port, breaker: Callable[[], None]):
        self._port = port
        self._breaker = breaker

    def __getattr__(self, name):
        return getattr(self._port, name)

    def _write(self, write):
        self._breaker()
        written = write()
        self._breaker()
        return written

    def put(self, *arguments, **named):
        return self._write(lambda: self._port.put(*arguments, **named))

    def update(self, *arguments, **named):
        return self._write(lambda: self._port.update(*arguments, **named))


class SiteWithHits:
    """Writes hits as ingest does, and has their visit logs made."""

    def __init__(self, zone="UTC", horizon_days=400, settings=None, part_hits=1_000_000):
        self.stores = open_stores(ephemeral=True)
        self.zone = zone
        self.horizon_days = horizon_days
        self.part_hits = part_hits
        self.settings = settings or {}
        self.steps_left: int | None = None
        self.clock = SettableClock(0)

    def close(self):
        self.stores.close()

    def _snapshot(self):
        site = site_document(Site(SITE, "site", "http://example.org", 0, timezone=self.zone), (), ())
        return TrackerSnapshot(1, "salt", Settings(self.settings), documents={SITE: site})

    def _step(self):
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left < 0:
                raise Broken

    @property
    def sessions(self):
        objects = Breaking(self.stores.objects, self._step)
        state = Breaking(self.stores.archive_state, self._step)
        return Sessions(objects, state, self._snapshot, Plugins(()), self.clock, self.horizon_days, self.part_hits)

    def ingest(self, rows, name="batch"):
        """One batch: files by hour, then a mark for each touched day."""
        files: dict[str, list] = {}
        for row in rows:
            moment = datetime.fromtimestamp(row["server_time"], UTC)
            files.setdefault(f"date={moment:%Y-%m-%d}/hour={moment:%H}", []).append(row)
        for folder, members in files.items():
            file = io.BytesIO()
            pq.write_table(table(members), file)
            self.stores.objects.put(f"hits/site={SITE}/{folder}/{name}.parquet", file.getvalue())
        for day in {local_date(row["server_time"], time_zone(self.zone)) for row in rows}:
            self.stores.archive_state.update(f"site#{SITE}", f"day#{day}", add={"mark": 1}, initial={"since": 0})

    def ensure(self, last=ALWAYS[1]):
        self.sessions.ensure(SITE, last)

    def logs(self):
        """Version and rows of the published days."""
        return {log.day: (log.version, dict(log.rows)) for log in self.sessions.days(SITE, *ALWAYS)}

    def rows(self, log, table):
        """All rows of a table of a day."""
        return self.sessions.read(log, table).to_pylist()

    def contents(self):
        """The bytes of all published tables."""
        return {
            (log.day, table): self.stores.objects.get(key).data
            for log in self.sessions.days(SITE, *ALWAYS)
            for table, keys in log.all_keys.items()
            for key in keys
        }

    def visits(self, *columns):
        """Some columns of all visits, by day."""
        return {
            log.day: [tuple(row.values()) for row in self.sessions.read(log, "visits", columns).to_pylist()]
            for log in self.sessions.days(SITE, *ALWAYS)
        }
