"""Sessionising one synthetic day of 1,000,000 hits (200,000 visits), from Arrow to Arrow and on to Parquet."""

from __future__ import annotations

import resource
import sys
import time
from typing import Any

import pyarrow as pa

from synthetic import DAY_START, synthetic_hits
from tidemark.columns import encoded
from tidemark.plugin.plugin import load_plugins
from tidemark.sessions.hits import UNIQUE_TEXTS
from tidemark.sessions.log_files import files_of
from tidemark.sessions.rules import Rules, own_columns
from tidemark.sessions.sessionise import NO_HISTORY, sessionise


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def as_read(table: pa.Table) -> pa.Table:
    """The table as it comes out of the hit log, where texts are encoded by dictionary already."""
    return pa.table(
        {
            name: encoded(table[name])
            if table.schema.field(name).type == pa.string() and name not in UNIQUE_TEXTS
            else table[name]
            for name in table.column_names
        }
    )


def measure(hits: int = 1_000_000, visits: int = 200_000) -> dict[str, dict[str, Any]]:
    dimensions = own_columns(load_plugins().dimensions())
    table = as_read(synthetic_hits(hits, visits, dimensions=dimensions, start=DAY_START))
    before = peak_mb()
    wall, cpu = time.perf_counter(), cpu_seconds()
    logs = sessionise(table, NO_HISTORY, Rules(1, dimensions=dimensions))
    made_wall, made_cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    cpu = cpu_seconds()
    files = files_of(logs)
    size = sum(map(len, files.values()))
    print({name: logs[name].num_rows for name in logs}, file=sys.stderr)
    return {
        "sessionise_1m_s": {"value": made_wall, "unit": "s", "target": None},
        "sessionise_1m_cpu_s": {"value": made_cpu, "unit": "s CPU", "target": 5},
        "sessionise_1m_files_cpu_s": {"value": cpu_seconds() - cpu, "unit": "s CPU", "target": None},
        "sessionise_1m_peak_mb": {"value": peak_mb(), "unit": "MB", "target": 2000},
        "sessionise_1m_added_mb": {"value": peak_mb() - before, "unit": "MB", "target": None},
        "sessionise_log_bytes_per_hit": {"value": size / hits, "unit": "bytes", "target": None},
    }
