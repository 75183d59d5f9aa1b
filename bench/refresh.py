"""Refreshing today's archive after one more minute, against making the day anew: CPU of the whole job.

A million hits of the day are archived but for its last busy minute; then that comes.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive import timed
from day_files import DAY, MILLION, day_files, instance_with, put_hits
from synthetic import DAY_START
from tidemark.model.period import Period
from tidemark.parquet_files import read_file

HITS = int(float(os.environ.get("BENCH_REFRESH", "1")) * MILLION)
MINUTE = DAY_START + 20 * 3600 + 30 * 60


def without_minute(files: list[Path], folder: Path) -> tuple[list[Path], list[Path]]:
    """Files up to the minute, and those of the minute; later hits have not come yet."""
    earlier, minute = [], []
    for file in files:
        table = read_file(file)
        for kept, start, end in ((earlier, 0, MINUTE), (minute, MINUTE, MINUTE + 60)):
            is_in = pc.and_(pc.greater_equal(table["server_time"], start), pc.less(table["server_time"], end))
            rows = table.filter(is_in)
            if rows.num_rows:
                kept.append(folder / f"{file.stem}-{start}.parquet")
                pq.write_table(rows, kept[-1], compression="zstd")
    return earlier, minute


def measure() -> dict[str, dict[str, Any]]:
    period = Period.day(DAY)
    with day_files(HITS) as files, TemporaryDirectory() as folder:
        earlier, minute = without_minute(files, Path(folder))
        with instance_with(earlier) as instance:
            instance._clock.set(datetime(DAY.year, DAY.month, DAY.day, 21, tzinfo=UTC).timestamp())  # type: ignore[attr-defined]  # noqa: SLF001
            before = instance.archiver().ensure(1, period)
            put_hits(instance, minute)
            refreshed, _, refresh_cpu = timed(lambda: instance.archiver().ensure(1, period))
        with instance_with([*earlier, *minute]) as instance:
            anew, _, rebuild_cpu = timed(lambda: instance.archiver().ensure(1, period))
    assert before is not None
    assert refreshed is not None
    assert anew is not None
    assert refreshed.blob_key == anew.blob_key
    assert before.blob_key != anew.blob_key
    print({"refresh": refresh_cpu, "rebuild": rebuild_cpu}, file=sys.stderr)
    return {
        "incremental_minute_ratio": {"value": refresh_cpu / rebuild_cpu, "unit": "x CPU", "target": None},
        "incremental_minute_cpu_s": {"value": refresh_cpu, "unit": "s CPU", "target": None},
    }


if __name__ == "__main__":
    print(measure())
