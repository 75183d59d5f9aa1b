"""An instance with real visit logs and archives of a few hits, for tests of housekeeping."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.support.hit_rows import table
from tidemark.archiving.archiver import Archiver
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.housekeeping.housekeeper import Housekeeper
from tidemark.archiving.raw_data import RawDataLimits
from tidemark.archiving.reader import Reader
from tidemark.archiving.store import ArchiveStore
from tidemark.clock import SettableClock
from tidemark.model.period import Period, PeriodKind, local_date
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import site_document
from tidemark.plugin import Plugin, Segment, col, record
from tidemark.plugin.plugin import Plugins
from tidemark.plugins.visits_summary.records import NUMBERS
from tidemark.sessions.daylogs import Sessions
from tidemark.stores.embedded.instance import open_stores

SITE = 1
NOW = 1_710_000_000.0  # 2024-03-09 16:00:00 UTC
TODAY = date(2024, 3, 9)
HOUR = 3600.0
PLUGIN = Plugin(
    "P",
    segments=(Segment("visitId", "Visit", "", col("idvisit")),),
    records=(record("P_referrers", col("referer_type")),),
    numbers=NUMBERS,
)


class KilledError(BaseException):
    """The process dies here."""


class Killing:
    """A port that dies before one of its writes."""

    WRITES = frozenset({"put", "update", "delete", "write_batch", "transact"})

    def __init__(self, inner: Any, tick: Any) -> None:
        self._inner, self._tick = inner, tick

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in self.WRITES:
            return method

        def write(*args: Any, **kwargs: Any) -> Any:
            self._tick()  # behind a write is before the next one
            return method(*args, **kwargs)

        return write


class TidyInstance:
    """One site in UTC. `settings` and `segments` may be set; `kill_at` counts writes down to the one that kills."""

    def __init__(self, settings: dict[str, Any] | None = None, folder: Path | None = None) -> None:
        self.clock = SettableClock(NOW)
        self.stores = open_stores(folder, ephemeral=True, clock=self.clock)
        self.settings = dict(settings or {})
        self.segments: list[Any] = []
        self.sites = [Site(SITE, "site", "http://example.org", 0)]
        self.kill_at: int | None = None

    def close(self) -> None:
        self.stores.close()

    def snapshot(self) -> TrackerSnapshot:
        documents = {site.idsite: site_document(site, (), ()) for site in self.sites}
        return TrackerSnapshot(1, "salt", Settings(self.settings), documents=documents)

    def _tick(self) -> None:
        if self.kill_at is not None:
            self.kill_at -= 1
            if self.kill_at <= 0:  # the dead write nothing more
                raise KilledError

    def _dying_stores(self) -> Any:
        names = ("objects", "archive_numeric", "archive_state")
        return replace(self.stores, **{name: Killing(getattr(self.stores, name), self._tick) for name in names})

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.stores.objects, self.stores.archive_state, self.snapshot, Plugins((PLUGIN,)), self.clock)

    @property
    def archiver(self) -> Archiver:
        store = ArchiveStore(self.stores.archive_numeric, self.stores.objects)
        limits = RawDataLimits(self.stores.archive_state, self.clock)
        return Archiver(
            self.sessions, store, Catalogue.of(Plugins((PLUGIN,))), self.snapshot, self.clock, limits.before
        )

    @property
    def reader(self) -> Reader:
        store = ArchiveStore(self.stores.archive_numeric, self.stores.objects)
        return Reader(self.archiver, store, Catalogue.of(Plugins((PLUGIN,))), lambda: self.snapshot().settings)

    def tidy(self, *, everything: bool = True) -> Any:
        """One run of all chores."""
        stores = self._dying_stores()
        return Housekeeper(
            stores,
            self.sessions,
            self.archiver,
            RawDataLimits(stores.archive_state, self.clock),
            self.snapshot,
            lambda: self.segments,
            self.clock,
        ).run(everything=everything)

    def wait(self, seconds: float) -> None:
        self.clock.set(self.clock.now() + seconds)

    def settle(self, runs: int = 6) -> None:
        """So many runs, two hours apart."""
        for _ in range(runs):
            self.wait(2 * HOUR)
            self.tidy()

    def ingest(self, rows: list[dict[str, Any]], name: str) -> None:
        """One file per hour, then a mark for every touched day."""
        files: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            moment = datetime.fromtimestamp(row["server_time"], UTC)
            files.setdefault(f"date={moment:%Y-%m-%d}/hour={moment:%H}", []).append(row)
        for folder, members in files.items():
            file = io.BytesIO()
            pq.write_table(table(members), file)
            self.stores.objects.put(f"hits/site={SITE}/{folder}/{name}.parquet", file.getvalue())
        for day in {local_date(row["server_time"], UTC) for row in rows}:
            self.stores.archive_state.update(f"site#{SITE}", f"day#{day}", add={"mark": 1}, initial={"since": 0})

    def archive(self, day: date, segment: str = "") -> None:
        """All archives around a day."""
        for kind in (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR):
            self.archiver.ensure(SITE, Period.containing(kind, day), segment)

    def visits(self, day: date, kind: PeriodKind = PeriodKind.DAY) -> tuple[Any, list[Any]]:
        """Number of visits and the table of a period, read as reports do."""
        period = Period.containing(kind, day)
        numbers = self.reader.numbers([SITE], [period], ["nb_visits"])[SITE, period]
        return numbers.get("nb_visits"), [row.columns for row in self.reader.table(SITE, period, "P_referrers")]

    def names(self, prefix: str = "") -> list[str]:
        return [info.key for info in self.stores.objects.listing(prefix)]

    def all_items(self) -> dict[tuple[str, str], Any]:
        """Items of the site's archives and days, by key."""
        found = {}
        for month in ("2023_01", "2023_07", "2024_01", "2024_02", "2024_03"):
            for item in self.stores.archive_numeric.query(f"{SITE}#{month}#"):
                found[item["pk"], item["sk"]] = {name: item[name] for name in ("numbers", "inputs", "index")}
        for item in self.stores.archive_state.query(f"site#{SITE}"):
            if item["sk"].startswith("job#"):
                continue
            found[item["pk"], item["sk"]] = {name: value for name, value in item.items() if name != "since"}
        return found


def days_ago(count: int) -> date:
    """A day before the instance's first day."""
    return TODAY - timedelta(days=count)


def at(day: date, second: int = 0) -> int:
    """Noon of a day and so many seconds, UTC unix seconds."""
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) + second
