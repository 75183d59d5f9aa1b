"""A month from the archives of 30 days of 1,000,000 hits, a new segment over those days, and what they take in storage.

Three days are made, of other visitors each; they stand for ten dates each.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, date, timedelta
from typing import Any

from archive import timed
from day_files import DAY, MILLION, day_files, instance_with
from tidemark.archiving.housekeeping.compaction import GRACE_SECONDS, Compaction
from tidemark.bootstrap import Instance
from tidemark.clock import SettableClock
from tidemark.model.period import Period, PeriodKind

HITS = int(float(os.environ.get("BENCH_PERIODS", "1")) * MILLION)
"""Hits of each day."""
DISTINCT_DAYS = 3
FIRST, DAYS = date(2026, 1, 1), 30
SEGMENT = "countryCode==de"
STATE, NUMERIC = "site#1", "1#2026_01#"


def copy_day(source: Instance, target: Instance, day: date) -> None:
    """Let a day of the target be the one that the source has made, log and archive."""
    given, taken = source.stores(), target.stores()
    for prefix in ("log/", "archive_blob/"):
        for info in given.objects.listing(prefix):
            if taken.objects.head(info.key) is None:
                taken.objects.put(info.key, given.objects.get(info.key).data)
    for name in ("day", "log"):
        item = given.archive_state.get(STATE, f"{name}#{DAY}")
        taken.archive_state.put({**(item or {}), "sk": f"{name}#{day}"})
    item = given.archive_numeric.get(NUMERIC, f"day#{DAY}")
    taken.archive_numeric.put({**(item or {}), "sk": f"day#{day}"})


def stored_bytes(instance: Instance) -> dict[str, int]:
    """Bytes of all objects by the first part of their keys, and of the archives' items."""
    found: dict[str, int] = {}
    for info in instance.stores().objects.listing(""):
        kind = info.key.split("/")[0]
        found[kind] = found.get(kind, 0) + info.size
    items = [*instance.stores().archive_numeric.query(NUMERIC), *instance.stores().archive_state.query(STATE)]
    found["items"] = sum(len(json.dumps(item, default=str)) for item in items)
    return found


def merge_files(instance: Instance) -> None:
    """Merge the hit files, and delete what they were made of."""
    clock = SettableClock(instance._clock.now())  # noqa: SLF001
    for _ in range(2):
        Compaction(instance.stores().objects, clock).run(1, UTC, lambda: False)
        clock.set(time.time() + 10 * GRACE_SECONDS)  # files are as old as they are


def measure() -> dict[str, dict[str, Any]]:
    figures: dict[str, dict[str, Any]] = {}
    dates = [FIRST + timedelta(days=number) for number in range(DAYS)]
    with day_files(DISTINCT_DAYS * HITS, HITS) as files, instance_with([]) as month:
        by_first: dict[str, list[Any]] = {}
        for file in files:
            by_first.setdefault(file.stem.split("-")[1], []).append(file)
        for number, (_, own) in enumerate(sorted(by_first.items())):
            with instance_with(own) as made:
                archive, _, _ = timed(lambda: made.archiver().ensure(1, Period.day(DAY)))
                if not number:
                    _, one_day, one_day_cpu = timed(lambda: made.archiver().rebuild(1, Period.day(DAY)))
                    unmerged = stored_bytes(made)["hits"]
                    merge_files(made)
                    sizes = stored_bytes(made)
                    (log,) = made.archiver()._logs.days(1, DAY, DAY)  # noqa: SLF001 - nobody else asks for rows
                    actions = log.rows["actions"]
                assert archive is not None
                for day in dates[number::DISTINCT_DAYS]:
                    copy_day(made, month, day)
        archiver = month.archiver()
        whole = Period.containing(PeriodKind.MONTH, FIRST)
        built, month_s, month_cpu = timed(lambda: archiver.ensure(1, whole))
        assert built is not None
        print(sizes, {"visits": built.numbers["nb_visits"], "actions of a day": actions}, file=sys.stderr)
        segment, segment_s, segment_cpu = timed(lambda: archiver.ensure(1, whole, SEGMENT))
        assert segment is not None
        share = segment.numbers["nb_visits"] / built.numbers["nb_visits"]
    taken = sum(size for kind, size in sizes.items() if kind in {"hits", "log", "archive_blob", "items"})
    figures["archive_month_s"] = {"value": month_s, "unit": "s", "target": 3}
    figures["archive_month_cpu_s"] = {"value": month_cpu, "unit": "s CPU", "target": None}
    figures["archive_day_from_log_s"] = {"value": one_day, "unit": "s", "target": None}
    figures["segment_30d_s"] = {"value": segment_s, "unit": "s", "target": None}
    figures["segment_30d_cpu_s"] = {"value": segment_cpu, "unit": "s CPU", "target": None}
    figures["segment_30d_over_one_day"] = {"value": segment_cpu / one_day_cpu, "unit": "x CPU", "target": None}
    figures["segment_30d_share_of_visits"] = {"value": share, "unit": "of 1", "target": None}
    figures["storage_bytes_per_action"] = {"value": taken / actions, "unit": "bytes", "target": 60}
    figures["storage_unmerged_hits_bytes_per_action"] = {"value": unmerged / actions, "unit": "bytes", "target": None}
    for kind, size in sizes.items():
        figures[f"storage_{kind}_bytes_per_action"] = {"value": size / actions, "unit": "bytes", "target": None}
    return figures


if __name__ == "__main__":
    for name, figure in measure().items():
        print(f"{name:36} {figure['value']:>10.3f} {figure['unit']}")
