"""Synthetic days as hit files by hours, and instances that have them.

Files are made in a process of their own: what making them takes is no part of a benchmark's memory.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.compute as pc

from synthetic import DAY_START, synthetic_hits
from tidemark.bootstrap import Instance
from tidemark.clock import SettableClock
from tidemark.config import Config
from tidemark.model.site import Site
from tidemark.plugin.plugin import load_plugins
from tidemark.sessions.rules import own_columns
from tidemark.stores.embedded.instance import open_stores
from tidemark.tracking.hit_log import file_of

DAY = date(2026, 1, 5)
TOKEN = "0123456789abcdef0123456789abcdef"
MILLION = 1_000_000
VISITS_PER_MILLION = 200_000
HOURS = 24
FILES_PER_HOUR = 4
"""As few as compaction takes up."""


def write_files(folder: Path, first: int, hits: int) -> None:
    """The hits of the day's visits from number `first` on, in some files per hour, as ingest writes them."""
    dimensions = own_columns(load_plugins().dimensions())
    visits = max(1, hits * VISITS_PER_MILLION // MILLION)
    table = synthetic_hits(hits, visits, dimensions=dimensions, first_visit=first)
    spans = pc.divide(pc.subtract(table["server_time"], DAY_START), 3600 // FILES_PER_HOUR)
    for span in range(HOURS * FILES_PER_HOUR):
        rows = table.filter(pc.equal(spans, span))
        if rows.num_rows:
            hour, part = divmod(span, FILES_PER_HOUR)
            (folder / f"{hour:02}-{first}-{part}.parquet").write_bytes(file_of(rows))


@contextmanager
def day_files(hits: int, at_once: int = MILLION) -> Iterator[list[Path]]:
    """Files of a day with so many hits, so many of them made at a time."""
    with TemporaryDirectory(prefix="tidemark-bench-") as folder:
        for start in range(0, hits, at_once):
            size = min(at_once, hits - start)
            first = start * VISITS_PER_MILLION // MILLION
            subprocess.run([sys.executable, __file__, folder, str(first), str(size)], check=True)
        yield sorted(Path(folder).glob("*.parquet"))


@contextmanager
def instance_with(files: list[Path], archive_memory_mb: int | None = None) -> Iterator[Instance]:
    """An instance whose one site has these hits."""
    clock = SettableClock()
    clock.set(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
    stores = open_stores(ephemeral=True)
    config = Config() if archive_memory_mb is None else Config(archive_memory_mb=archive_memory_mb)
    instance = Instance(config, clock, stores)
    registry = instance.registry()
    registry.create_superuser("admin", TOKEN)
    registry.add_site(Site(0, "Bench", "https://example.org", ts_created=DAY_START - 86_400 * 10, ecommerce=True))
    put_hits(instance, files)
    try:
        yield instance
    finally:
        stores.close()


def put_hits(instance: Instance, files: list[Path]) -> None:
    """Store hit files and mark the day, as ingest does."""
    stores = instance.stores()
    for file in files:
        hour = file.name[:2]
        stores.objects.put(f"hits/site=1/date={DAY}/hour={hour}/{file.stem}.parquet", file)
    stores.archive_state.update("site#1", f"day#{DAY}", add={"mark": 1}, initial={"since": 0})


if __name__ == "__main__":
    write_files(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
