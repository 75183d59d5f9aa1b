"""A day ten times as large, and a day in eight parts: whole archive jobs, from hit files to the published archive.

The larger day is made in parts of the default size (BENCH_GROWTH_MB sets another), the smaller one in eight parts and at
once. Ratios are of CPU seconds.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from archive import peak_mb, timed
from day_files import DAY, MILLION, day_files, instance_with
from tidemark.model.period import Period
from tidemark.sessions.parts import BYTES_PER_HIT, RESTING_MB

LARGE_MEMORY_MB = int(os.environ.get("BENCH_GROWTH_MB", "2500"))
TIMES = int(os.environ.get("BENCH_GROWTH", "10"))
"""How many million hits the large day has; 0 leaves it out, and with it two minutes."""


def archive_cpu(files: list[Any], memory_mb: int | None) -> tuple[float, int]:
    """CPU seconds of the day's whole job, and the number of parts it was made in."""
    with instance_with(files, memory_mb) as instance:
        archiver = instance.archiver()
        archive, _, cpu = timed(lambda: archiver.ensure(1, Period.day(DAY)))
        assert archive is not None
        print({"hits": archive.numbers["nb_actions"], "cpu": round(cpu, 1), "peak": round(peak_mb())}, file=sys.stderr)
        (log,) = instance._visit_logs().days(1, DAY, DAY)  # noqa: SLF001 - nobody else asks for parts
        return cpu, max(1, len(log.parts))


def measure() -> dict[str, dict[str, Any]]:
    figures: dict[str, dict[str, Any]] = {}
    with day_files(MILLION) as files:
        whole, parts = archive_cpu(files, None)
        assert parts == 1, parts
        in_eight, parts = archive_cpu(files, RESTING_MB + MILLION // 8 * BYTES_PER_HIT // 1_000_000 + 1)
        assert parts == 8, parts
    figures["archive_job_1m_cpu_s"] = {"value": whole, "unit": "s CPU", "target": None}
    figures["archive_job_1m_peak_mb"] = {"value": peak_mb(), "unit": "MB", "target": 2000}
    figures["shards_8_overhead"] = {"value": in_eight / whole, "unit": "x CPU", "target": 1.25}
    if TIMES:
        with day_files(TIMES * MILLION) as files:
            large, parts = archive_cpu(files, LARGE_MEMORY_MB)
        figures[f"archive_{TIMES}m_over_1m"] = {"value": large / whole, "unit": "x CPU", "target": 1.1 * TIMES}
        figures[f"archive_{TIMES}m_peak_mb"] = {"value": peak_mb(), "unit": "MB", "target": 6000}
        figures[f"archive_{TIMES}m_parts"] = {"value": parts, "unit": "parts", "target": None}
    return figures


if __name__ == "__main__":
    print(measure())
