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
from tidemark.engine import connect_shared
from tidemark.model.daylog import DayLog, LogTable
from tidemark.sessions.log_files import to_parquet
from tidemark.stores.ports import Objects

MIN_DAYS: Final = 4
"""Months with fewer day files are read as they are."""
KEEP_SECONDS: Final = 3600.0
"""How long an object that nobody names any more stays for those who are reading it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What is rolled up: a query over the day files of a table ($paths), which can read its own results too."""

    table: LogTable
    query: str


def summary_keys(objects: Objects, clock: Clock, summary: Summary, logs: Sequence[DayLog], before: date) -> list[str]:
    """Objects that hold the summaries of the days: roll-ups of the months before `before`, else the day files.

    `logs` are in order and of one site.
    """
    with_rows = [log for log in logs if log.rows.get(summary.table)]
    keys: list[str] = []
    months = itertools.groupby(with_rows, key=lambda log: log.day.replace(day=1))
    existing: set[str] | None = None
    for month, members in months:
        files = [key for log in members for key in log.all_keys[summary.table]]
        if month >= before.replace(day=1) or len(files) < MIN_DAYS:
            keys += files
            continue
        prefix = f"log/rollup/{summary.table}/site={with_rows[0].idsite}/"
        if existing is None:
            existing = {info.key for info in objects.listing(prefix)}
        folder = f"{prefix}month={month:%Y-%m}/"
        key = f"{folder}{hashlib.sha256(' '.join(files).encode()).hexdigest()[:32]}.parquet"
        if key not in existing:
            objects.put(key, _rolled_up(objects, summary, files))
            objects.delete(list(forgotten(objects, clock, folder, {key})))
        keys.append(key)
    return keys


def forgotten(objects: Objects, clock: Clock, prefix: str, kept: set[str]) -> Iterator[str]:
    """Objects under a prefix that are not kept and that nobody has touched for a while."""
    for info in objects.listing(prefix):
        if info.key not in kept and info.modified < clock.now() - KEEP_SECONDS:
            yield info.key


def _rolled_up(objects: Objects, summary: Summary, files: list[str]) -> bytes:
    with objects.local_files(files) as paths, connect_shared() as engine:
        return to_parquet(engine.sql(summary.query, params={"paths": paths}).to_arrow_table())
