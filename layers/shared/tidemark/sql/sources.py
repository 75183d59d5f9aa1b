"""What is asked: the files of the hit log and of the present visit logs, as tables that are read where a query needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, cast

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import fs

from tidemark.columns import arrow_schema
from tidemark.model.daylog import LogTable, VisitLogs
from tidemark.model.hit import Column
from tidemark.model.period import midnight_utc
from tidemark.model.site import Site
from tidemark.model.sql_query import SqlError, SqlLimits
from tidemark.model.time_zone import time_zone
from tidemark.stored_sql import LOG_FILE, held_columns
from tidemark.stores.ports import Objects

HitPaths = Callable[[int, int, int], AbstractContextManager[list[str]]]
"""(site, from, until) -> paths of the hit files with hits between two moments (UTC unix seconds), while it lasts."""

SITE: Final = Column("site", "int32", "The site's number.")
DAY: Final = Column("date", "string", "The day in the site's zone, 2026-01-05.")


@dataclass(frozen=True, slots=True)
class LogFiles:
    """The logs of an instance: tables by name, with their columns."""

    objects: Objects
    logs: VisitLogs
    hit_paths: HitPaths
    site: Callable[[int], Site | None]
    columns: Mapping[str, Sequence[Column]]

    def columns_of(self, table: str) -> tuple[Column, ...]:
        """The columns that a query sees. Raises: SqlError."""
        if table not in self.columns:
            raise SqlError(f"There is no table '{table}'. The tables are: {', '.join(self.columns)}.")
        return (SITE, *([] if table == "hits" else [DAY]), *self.columns[table])

    def moments(self, sites: Sequence[int], first: date, last: date) -> dict[int, tuple[int, int]]:
        """From when until before when the days last on each site (UTC unix seconds). Raises: SqlError."""
        zones = {one.idsite: time_zone(one.timezone) for one in map(self._known, sites)}
        after = last + timedelta(days=1)
        return {site: (midnight_utc(first, zone), midnight_utc(after, zone)) for site, zone in zones.items()}

    @contextmanager
    def opened(
        self, table: str, sites: Sequence[int], first: date, last: date, limits: SqlLimits
    ) -> Iterator[tuple[ds.Dataset, int]]:
        """A table as a dataset, with the bytes of its files; it can be read while the context lasts.

        Raises: SqlError, if the files are more than may be read.
        """
        columns = self.columns_of(table)
        schema = arrow_schema((*columns, *held_columns(table, columns), LOG_FILE))
        with ExitStack() as stack:
            if table == "hits":
                files = self._hits(stack, sites, first, last)
            else:
                files = self._days(stack, cast("LogTable", table), sites, first, last)
            total = sum(Path(path).stat().st_size for path, _ in files)
            if total > limits.bytes_read:
                raise SqlError(
                    f"The table {table} has {total:,} bytes for these days, of which a query may read "
                    f"{limits.bytes_read:,}: ask for fewer days or sites."
                )
            layout, local = ds.ParquetFileFormat(), fs.LocalFileSystem()
            fragments = [layout.make_fragment(path, local, place) for path, place in files]
            yield ds.FileSystemDataset(fragments, schema, layout, local), total

    def _known(self, idsite: int) -> Site:
        site = self.site(idsite)
        if site is None:
            raise SqlError(f"There is no site {idsite}.")
        return site

    def _hits(self, stack: ExitStack, sites: Sequence[int], first: date, last: date) -> list[tuple[str, ds.Expression]]:
        found = []
        for site, (start, end) in self.moments(sites, first, last).items():
            place = ds.field(SITE.name) == pa.scalar(site, pa.int32())
            found += [(path, place) for path in stack.enter_context(self.hit_paths(site, start, end))]
        return found

    def _days(
        self, stack: ExitStack, table: LogTable, sites: Sequence[int], first: date, last: date
    ) -> list[tuple[str, ds.Expression]]:
        keys, places = [], []
        for site in sites:
            for day in self.logs.days(site, first, last):
                for key in day.all_keys.get(table, ()):
                    keys.append(key)
                    of_site = ds.field(SITE.name) == pa.scalar(site, pa.int32())
                    of_log = ds.field(LOG_FILE.name) == key.rpartition("/")[2]
                    places.append(of_site & (ds.field(DAY.name) == str(day.day)) & of_log)
        return list(zip(stack.enter_context(self.objects.local_files(keys)), places, strict=True))
