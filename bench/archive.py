"""Archiving one synthetic day of 1,000,000 hits (200,000 visits, 20,000 URLs) beside the floor, in the same run.

The whole is what a job does once the hits are read: sessions, then all records of all default plugins. Ratios are those
of CPU seconds, which other processes disturb less than the clock's.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from archive_floor import run_group_bys, run_sessions
from day_files import day_files
from synthetic import DAY_START
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.day import DayInputs, build_day
from tidemark.archiving.sources import LOG_TABLE
from tidemark.columns import encoded
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import site_document
from tidemark.plugin.dimension import Dimension
from tidemark.plugin.plugin import load_plugins
from tidemark.plugin.record import Source
from tidemark.sessions.hit_files import joined, read_file
from tidemark.sessions.hits import hit_columns
from tidemark.sessions.rules import Rules, own_columns
from tidemark.sessions.sessionise import NO_HISTORY, sessionise

TINY_VISITS = 4
TINY_ROUNDS = 20
DAY_SECONDS = 86_400


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What the work gives, its seconds and its CPU seconds."""
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    result = work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return result, time.perf_counter() - wall, cpu


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def day_inputs(logs: Any, catalogue: Catalogue) -> DayInputs:
    """The columns of the logs that the catalogue needs, as an archive job reads them."""
    site = Site(1, "Bench", "https://example.org", ts_created=0, ecommerce=True)
    tracked = TrackerSnapshot(1, "salt", documents={1: site_document(site, [], [])}).site(1)
    assert tracked is not None
    tables = {
        source: logs[LOG_TABLE[source]].select(sorted(names & set(logs[LOG_TABLE[source]].column_names)))
        for source, names in catalogue.needed.items()
    }
    return DayInputs(tables, tracked, Settings(), {"idsite": 1, "utc_offset_seconds": 0})


def tiny(inputs: DayInputs) -> DayInputs:
    """The first visits of the day only, as a log of their own: with dictionaries of their own texts."""
    chosen = inputs.tables[Source.VISITS]["idvisit"].slice(0, TINY_VISITS)
    tables = {
        source: _own(table.filter(pc.is_in(table["idvisit"], value_set=chosen)))
        for source, table in inputs.tables.items()
    }
    return DayInputs(tables, inputs.site, inputs.settings, inputs.parameters)


def _own(table: pa.Table) -> pa.Table:
    columns = {name: table[name] for name in table.column_names}
    return pa.table(
        {
            name: encoded(column.cast(pa.string())) if pa.types.is_dictionary(column.type) else column
            for name, column in columns.items()
        }
    )


def day_of_hits(hits: int, dimensions: tuple[Dimension, ...]) -> pa.Table:
    """The hits as they come out of the hit log, whose files were made elsewhere."""
    columns = hit_columns(dimensions)
    with day_files(hits) as files:
        return joined([read_file(str(file), DAY_START, DAY_START + DAY_SECONDS, columns) for file in files], columns)


def measure(hits: int = 1_000_000) -> dict[str, dict[str, Any]]:
    plugins = load_plugins()
    catalogue, dimensions = Catalogue.of(plugins), own_columns(plugins.dimensions())
    made = day_of_hits(hits, dimensions)
    logs, sessions_s, sessions_cpu = timed(lambda: sessionise(made, NO_HISTORY, Rules(1, dimensions=dimensions)))
    inputs = day_inputs(logs, catalogue)
    content, records_s, records_cpu = timed(lambda: build_day(inputs, catalogue))
    peak = peak_mb()  # before the floor, which has a peak of its own
    small = tiny(inputs)
    _, tiny_s, tiny_cpu = timed(lambda: [build_day(small, catalogue) for _ in range(TINY_ROUNDS)])
    _, _, floor_sessions = timed(lambda: run_sessions(made))
    groups, floor_s, floor_records = timed(lambda: run_group_bys({name: logs[name] for name in LOG_TABLE.values()}))
    size = sum(len(frame.data) for frame in content.frames.values())
    print(
        f"sessions {sessions_s:.1f} s, {sessions_cpu:.1f} s CPU (floor {floor_sessions:.1f}); "
        f"records {records_s:.1f} s, {records_cpu:.1f} s CPU (floor {floor_s:.1f} s, {floor_records:.1f} CPU, "
        f"{groups} groups); {len(content.frames)} frames, {size} bytes",
        file=sys.stderr,
    )
    whole, floor = sessions_cpu + records_cpu, floor_sessions + floor_records
    return {
        "archive_1m_s": {"value": sessions_s + records_s, "unit": "s", "target": None},
        "archive_1m_cpu_s": {"value": whole, "unit": "s CPU", "target": None},
        "archive_1m_ratio_to_floor": {"value": whole / floor, "unit": "x CPU", "target": 2.5},
        "archive_1m_peak_mb": {"value": peak, "unit": "MB", "target": 2000},
        "archive_1m_records_cpu_s": {"value": records_cpu, "unit": "s CPU", "target": None},
        "archive_1m_records_ratio": {"value": records_cpu / floor_records, "unit": "x CPU", "target": 3},
        "archive_1m_blob_bytes": {"value": size, "unit": "bytes", "target": None},
        "archive_tiny_ms": {"value": tiny_s / TINY_ROUNDS * 1000, "unit": "ms", "target": 150},
        "archive_tiny_cpu_ms": {"value": tiny_cpu / TINY_ROUNDS * 1000, "unit": "ms CPU", "target": 150},
    }
