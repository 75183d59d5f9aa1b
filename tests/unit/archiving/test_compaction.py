"""What is merged with what: within one date and one day of the site, not too much, and nothing that is read often."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tidemark.archiving.housekeeping.compaction import (
    GRACE_SECONDS,
    MOST_BYTES,
    SHARE_LEFT,
    SMALL_BYTES,
    parts_of_date,
    plan_date,
)
from tidemark.hit_folders import folder
from tidemark.model.time_zone import time_zone
from tidemark.stores.ports import ObjectInfo

HOUR = 3600
PARTS = {
    "UTC": ("2010-03-10", "UTC", [24]),
    "east": ("2010-03-10", "Asia/Tokyo", [15, 9]),
    "half an hour": ("2010-03-10", "Asia/Kolkata", [18, 1, 5]),
    "west": ("2010-03-10", "America/New_York", [5, 19]),
    "far east": ("2010-03-10", "Pacific/Kiritimati", [10, 14]),
    "summer begins": ("2010-03-14", "America/New_York", [5, 19]),
    "a day later": ("2010-03-15", "America/New_York", [4, 20]),
    "before the day of 23 hours": ("2010-03-27", "Europe/Berlin", [23, 1]),
    "the day of 23 hours": ("2010-03-28", "Europe/Berlin", [22, 2]),
}


@pytest.mark.parametrize(("day", "zone", "hours"), PARTS.values(), ids=PARTS)
def test_a_date_is_cut_where_a_day_of_the_site_begins(day, zone, hours):
    parts = parts_of_date(f"hits/site=1/date={day}/hour=07/a.parquet", time_zone(zone))
    assert [(end - start) // HOUR for start, end in parts] == hours
    assert parts[0][0] % 86_400 == 0
    assert all(end == start for (_, end), (start, _) in pairwise(parts))


DAY = (0, 24 * HOUR)


def file(name, first=0, last=None, size=1000, etag="", modified=0.0):
    span = first * HOUR, ((first if last is None else last) + 1) * HOUR
    return ObjectInfo(f"{folder(1, span)}/{name}.parquet", size, etag or name, modified)


def names(groups):
    return [[info.key.split("/")[-1].removesuffix(".parquet") for info in group] for group in groups]


def test_files_of_a_part_are_merged_in_order_of_time():
    files = [file("d", 9), file("c", 3), file("a", 0, 4), file("b", 1)]
    assert names(plan_date(files, {}, [DAY], 0).merged) == [["a", "b", "c", "d"]]
    assert plan_date(files[:3], {}, [DAY], 0).merged == ()
    assert plan_date(files, {}, [], 0).merged == ()
    assert plan_date(files, {}, [(0, 5 * HOUR), (5 * HOUR, 24 * HOUR)], 0).merged == ()  # three, and one


def test_files_that_reach_into_another_part_stay():
    files = [file(name, hour) for name, hour in (("a", 0), ("b", 1), ("c", 2), ("d", 3))]
    parts = [(0, 15 * HOUR), (15 * HOUR, 24 * HOUR)]
    assert names(plan_date([*files, file("whole", 0, 23)], {}, parts, 0).merged) == [["a", "b", "c", "d"]]


def test_no_more_is_merged_than_a_file_may_have():
    size = int(MOST_BYTES / SHARE_LEFT / 5)
    files = [file(f"{number:02}", number, size=size) for number in range(14)]
    assert [len(group) for group in plan_date(files, {}, [DAY], 0).merged] == [5, 5, 4]
    merged = [file(f"merged-{number}", number, size=MOST_BYTES // 5) for number in range(9)]
    assert [len(group) for group in plan_date(merged, {}, [DAY], 0).merged] == [5, 4]
    assert plan_date([file(f"merged-{number}", number, size=SMALL_BYTES) for number in range(9)], {}, [DAY], 0) == (
        plan_date([], {}, [DAY], 0)
    )


def test_what_was_merged_goes_later_and_neither_is_merged_until_then():
    files = [file(name, hour) for name, hour in (("a", 0), ("b", 1), ("c", 2), ("d", 3))]
    merged = file("merged-x", 0, 3, modified=100.0)
    late = [file(f"late{number}", 5) for number in range(3)]
    sources = {merged.key: {info.key: info.etag for info in files}}
    now = 100.0 + GRACE_SECONDS
    early = plan_date([*files, merged, *late], sources, [DAY], now)
    assert (early.deleted, early.merged) == ((), ())
    then = plan_date([*files, merged, *late], sources, [DAY], now + 1)
    assert then.deleted == tuple(info.key for info in files)
    assert then.merged == ()
    assert names(plan_date([merged, *late], sources, [DAY], now + 2).merged) == [
        ["merged-x", "late0", "late1", "late2"]
    ]


def test_a_file_of_another_content_is_not_taken_for_what_was_merged():
    merged = file("merged-x", 0, 3)
    sources = {merged.key: {file("a").key: "a", file("b", 1).key: "b"}}
    files = [file("a", etag="anew"), file("b", 1), merged]
    assert plan_date(files, sources, [DAY], 2 * GRACE_SECONDS).deleted == (file("b", 1).key,)
