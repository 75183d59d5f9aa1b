"""Days of the hit log that were merged: the same hits are read of every local day, from no more files than needed."""

from __future__ import annotations

import io
import time
from datetime import date

import pyarrow.parquet as pq
import pytest

from tests.support.hit_rows import NOON, hit, table
from tidemark.archiving.housekeeping import compaction
from tidemark.archiving.housekeeping.compaction import Compaction
from tidemark.clock import SettableClock
from tidemark.hit_folders import folder, span_of
from tidemark.model.period import ONE_DAY, midnight_utc
from tidemark.model.time_zone import time_zone
from tidemark.parquet_files import file_bytes, read_file
from tidemark.sessions.hit_files import hit_keys, read_hits
from tidemark.sessions.hits import hit_columns
from tidemark.stores.embedded.instance import open_stores
from tidemark.tracking.hit_log import file_of

DAY = date(2010, 3, 10)
HOURS = range(-60, 60)
HITS = [hit(hour * 3600 + 1800 * half, visitor=0xA + hour % 5) for hour in HOURS for half in range(2)]
ZONES = ("UTC", "Asia/Tokyo", "Asia/Kolkata", "America/New_York")


@pytest.fixture
def objects():
    stores = open_stores(ephemeral=True)
    for row in HITS:
        put(stores.objects, row)
    yield stores.objects
    stores.close()


def put(objects, row):
    start = row["server_time"] // 3600 * 3600
    objects.put(f"{folder(1, (start, start + 3600))}/{row['hit_id']}.parquet", file_of(table([row])))


def compact(objects, zone, runs=4):
    """As many runs as anything can take, with pauses longer than any reader reads."""
    for number in range(runs):
        clock = SettableClock(max(time.time(), NOON) + 10 * 86_400 + number * 7200)
        Compaction(objects, clock).run(1, time_zone(zone), lambda: False)


def bounds(day, zone):
    return tuple(midnight_utc(one, time_zone(zone)) for one in (day, day + ONE_DAY))


def read(objects, day, zone):
    rows = read_hits(objects, 1, *bounds(day, zone), hit_columns(())).to_pylist()
    return sorted(rows, key=lambda row: row["hit_id"])


def keys(objects):
    return [info.key for info in objects.listing("hits/")]


@pytest.mark.parametrize("zone", ZONES)
def test_days_read_the_same_before_and_after_from_their_own_files(objects, zone):
    before = {day: read(objects, day, zone) for day in (DAY - ONE_DAY, DAY, DAY + ONE_DAY)}
    assert [len(rows) for rows in before.values()] == [48, 48, 48]
    compact(objects, zone)
    assert {day: read(objects, day, zone) for day in before} == before
    start, end = bounds(DAY, zone)
    own = hit_keys(objects, 1, start, end)
    assert len(own) <= 6  # a file for each date, and the hours that begin in the day before
    for key in own:
        first, last = span_of(key)
        assert (start <= first and last <= end) or last - first == 3600
    assert any(last - first > 3 * 3600 for first, last in map(span_of, own))


def test_days_read_the_same_when_the_site_moves_to_another_zone(objects):
    compact(objects, "UTC")
    merged = keys(objects)
    before = {zone: read(objects, DAY, zone) for zone in ZONES}
    assert [len(rows) for rows in before.values()] == [48] * len(ZONES)
    for number in range(6):
        put(objects, hit(number * 60, visitor=0xB, number=77))
    compact(objects, "Asia/Kolkata")
    assert set(merged) <= set(keys(objects))
    assert {zone: len(read(objects, DAY, zone)) for zone in ZONES} == dict.fromkeys(ZONES, 54)


def test_late_hits_are_merged_with_their_day(objects):
    compact(objects, "UTC")
    count = len(keys(objects))
    late = [hit(number * 7200, visitor=0xC, number=88) for number in range(4)]
    for row in late:
        put(objects, row)
    compact(objects, "UTC")
    assert len(keys(objects)) == count
    assert len(read(objects, DAY, "UTC")) == 52


def test_a_big_day_becomes_some_files(objects, monkeypatch):
    before = read(objects, DAY, "UTC")
    sizes = [info.size for info in objects.listing(f"hits/site=1/date={DAY}/")]
    monkeypatch.setattr(compaction, "MOST_BYTES", sum(sizes) * compaction.SHARE_LEFT / 3)
    monkeypatch.setattr(compaction, "SMALL_BYTES", 1 + max(sizes))
    compact(objects, "UTC")
    own = hit_keys(objects, 1, *bounds(DAY, "UTC"))
    assert 3 <= len(own) <= 4
    assert read(objects, DAY, "UTC") == before


def test_what_was_merged_by_hours_before_is_known_by_names_beside_it(objects):
    start = NOON // 3600 * 3600
    place = folder(1, (start, start + 3600))
    sources = {info.key.rpartition("/")[2]: info.etag for info in objects.listing(f"{place}/")}
    rows = [row for row in HITS if row["server_time"] // 3600 * 3600 == start]
    told = {b"tidemark.sources": str(sources).replace("'", '"').encode()}
    objects.put(f"{place}/merged-0.parquet", file_bytes(table(rows), level=3, by_visitor=True, named_values=told))
    before = {row["hit_id"] for row in read(objects, DAY, "UTC")}
    compact(objects, "UTC")
    own = hit_keys(objects, 1, *bounds(DAY, "UTC"))
    assert sum(pq.read_metadata(io.BytesIO(objects.get(key).data)).num_rows for key in own) == len(before) == 48


def test_files_with_other_columns_are_merged_whole(objects):
    early, late = (table([hit(number, number=99)]) for number in range(2))
    early = early.append_column("title_of_before", early["title"]).drop_columns(["title"])
    late = late.set_column(late.schema.get_field_index("action_type"), "action_type", late["action_type"].cast("int64"))
    place = folder(1, (NOON, NOON + 3600))
    for number, rows in enumerate((early, late)):
        objects.put(f"{place}/other{number}.parquet", file_of(rows))
    compact(objects, "UTC")
    (key,) = hit_keys(objects, 1, *bounds(DAY, "UTC"))
    merged = read_file(io.BytesIO(objects.get(key).data)).to_pylist()
    assert len(merged) == 50
    other = {row["hit_id"]: row for row in merged if row["hit_id"].endswith("-99")}
    assert [(row["title"], row["title_of_before"]) for _, row in sorted(other.items())] == [
        (None, "page 0"),
        ("page 1", None),
    ]
    assert {row["action_type"] for row in merged} == {1}
