"""Months of day summaries in one file each, so that a visitor's history is a dozen reads and not hundreds.

A roll-up is named by a hash of the day files that it was made from. One that exists is right, whoever made it; one of
other day files is another object. So there is nothing to invalidate, and a lost one is made again.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tidemark.clock import Clock
from tidemark.columns import arrow_schema
from tidemark.engine import connect_shared
from tidemark.model.daylog import DayLog, LogTable
from tidemark.model.log import VISIT_COLUMNS, VISITOR_COLUMNS
from tidemark.sessions.log_files import to_parquet
from tidemark.stored_links import OF_SUMMARY, SUMMED
from tidemark.stores.ports import Objects

MIN_DAYS: Final = 4
"""Months with fewer day files are read as they are."""
KEEP_SECONDS: Final = 3600.0
"""How long an object that nobody names any more stays for those who are reading it."""


_OF_VISITS: Final = tuple(column for column in VISIT_COLUMNS if column.name in OF_SUMMARY)
NO_SUMMARIES: Final = arrow_schema(dict.fromkeys((*VISITOR_COLUMNS, *_OF_VISITS, SUMMED))).empty_table()
"""For queries over files that may all lack some columns, named no_summaries."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What is rolled up: a query over the day files of some tables ($paths), which can read its own results too."""

    name: str
    tables: tuple[LogTable, ...]
    query: str


def summary_keys(objects: Objects, clock: Clock, summary: Summary, logs: Sequence[DayLog], before: date) -> list[str]:
    """Objects that hold the summaries of the days: roll-ups of the months before `before`, else the day files.

    `logs` are in order and of one site.
    """
    with_rows = [log for log in logs if keys_of(log, summary.tables)]
    keys: list[str] = []
    months = itertools.groupby(with_rows, key=lambda log: log.day.replace(day=1))
    existing: set[str] | None = None
    for month, members in months:
        files = [key for log in members for key in keys_of(log, summary.tables)]
        if month >= before.replace(day=1) or len(files) < MIN_DAYS:
            keys += files
            continue
        prefix = f"log/rollup/{summary.name}/site={with_rows[0].idsite}/"
        if existing is None:
            existing = {info.key for info in objects.listing(prefix)}
        folder = f"{prefix}month={month:%Y-%m}/"
        key = f"{folder}{hashlib.sha256(' '.join(files).encode()).hexdigest()[:32]}.parquet"
        if key not in existing:
            objects.put(key, _rolled_up(objects, summary, files))
            objects.delete(list(forgotten(objects, clock, folder, {key})))
        keys.append(key)
    return keys


def keys_of(log: DayLog, tables: Sequence[LogTable]) -> list[str]:
    """The objects of some of a log's tables."""
    keys = log.all_keys
    return [key for table in tables for key in keys.get(table, ())]


def forgotten(objects: Objects, clock: Clock, prefix: str, kept: set[str]) -> Iterator[str]:
    """Objects under a prefix that are not kept and that nobody has touched for a while."""
    for info in objects.listing(prefix):
        if info.key not in kept and info.modified < clock.now() - KEEP_SECONDS:
            yield info.key


def _rolled_up(objects: Objects, summary: Summary, files: list[str]) -> bytes:
    with objects.local_files(files) as paths, connect_shared() as engine:
        engine.register("no_summaries", NO_SUMMARIES)
        return to_parquet(engine.sql(summary.query, params={"paths": paths}).to_arrow_table())
