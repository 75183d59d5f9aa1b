"""Which files of the hit log hold a local day."""

import io
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidemark.hit_folders import folder
from tidemark.model.hit import Column
from tidemark.model.period import midnight_utc
from tidemark.model.time_zone import time_zone
from tidemark.sessions.hit_files import hit_keys, joined, read_hits
from tidemark.stores.embedded.instance import open_stores

DAYS = {
    "UTC": ("UTC", date(2010, 3, 10), "10/hour=00", "10/hour=23", 24),
    "east": ("Asia/Kolkata", date(2010, 3, 10), "09/hour=18", "10/hour=18", 25),
    "west": ("America/New_York", date(2010, 3, 10), "10/hour=05", "11/hour=04", 24),
    "23 hours": ("Europe/Berlin", date(2010, 3, 28), "27/hour=23", "28/hour=21", 23),
    "25 hours": ("Europe/Berlin", date(2010, 10, 31), "30/hour=22", "31/hour=22", 25),
}


@pytest.fixture
def stores():
    opened = open_stores(ephemeral=True)
    yield opened
    opened.close()


def put(stores, key, **columns):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    stores.objects.put(f"hits/site=1/{key}", file.getvalue())


@pytest.mark.parametrize(("zone", "day", "first", "last", "count"), DAYS.values(), ids=DAYS)
def test_hours_of_a_local_day(stores, zone, day, first, last, count):
    start, end = (midnight_utc(one, time_zone(zone)) for one in (day, date.fromordinal(day.toordinal() + 1)))
    for at in range(start - 50 * 3600, end + 50 * 3600, 3600):
        hour = at - at % 3600
        stores.objects.put(f"{folder(1, (hour, hour + 3600))}/a.parquet", b"")
    found = [key.rsplit("/", 1)[0] for key in hit_keys(stores.objects, 1, start, end)]
    assert len(found) == count
    assert (found[0][-10:], found[-1][-10:]) == (first, last)


def test_files_of_some_hours_are_read_where_they_overlap(stores):
    for hours in ("00-23", "00-14", "15-23", "14", "15"):
        put(stores, f"date=2010-03-10/hour={hours}/a.parquet", hit_id=["a"])
    noon = midnight_utc(date(2010, 3, 10), time_zone("UTC")) + 12 * 3600
    for span, expected in (
        ((noon, noon + 3600), ["00-14", "00-23"]),
        ((noon + 2 * 3600, noon + 3 * 3600), ["00-14", "00-23", "14"]),
        ((noon + 3 * 3600 - 1, noon + 4 * 3600), ["00-14", "00-23", "14", "15-23", "15"]),
        ((noon + 12 * 3600, noon + 13 * 3600), []),
    ):
        found = [key.split("hour=")[1].split("/")[0] for key in hit_keys(stores.objects, 1, *span)]
        assert found == expected


COLUMNS = (
    Column("hit_id", "string"),
    Column("server_time", "int64"),
    Column("title", "string"),
    Column("new", "int32"),
)


def test_read_hits_selects_by_time_and_joins_old_files_with_new_ones(stores):
    put(stores, "date=1970-01-01/hour=00/a.parquet", hit_id=["a", "b"], server_time=[5, 15], title=["x", "y"])
    put(stores, "date=1970-01-01/hour=00/b.parquet", hit_id=["c"], server_time=[16], new=[3], other=[1])
    put(stores, "date=1970-01-01/hour=02/c.parquet", hit_id=["d"], server_time=[7300])
    found = read_hits(stores.objects, 1, 10, 3600, COLUMNS)
    assert sorted(found.to_pylist(), key=lambda row: row["hit_id"]) == [
        {"hit_id": "b", "server_time": 15, "title": "y", "new": None},
        {"hit_id": "c", "server_time": 16, "title": None, "new": 3},
    ]


def test_hit_keys_are_those_of_the_site_and_its_hours(stores):
    put(stores, "date=1970-01-01/hour=00/a.parquet", hit_id=["a"])
    put(stores, "date=1970-01-01/hour=01/a.parquet", hit_id=["a"])
    stores.objects.put("hits/site=11/date=1970-01-01/hour=00/a.parquet", b"")
    stores.objects.put("hits/site=1/date=1970-01-01/hour=00/note.txt", b"")
    assert hit_keys(stores.objects, 1, 0, 3600) == ["hits/site=1/date=1970-01-01/hour=00/a.parquet"]


def test_read_hits_gives_the_columns_when_there_are_none(stores):
    assert read_hits(stores.objects, 1, 0, 3600, COLUMNS).column_names == [column.name for column in COLUMNS]


def test_hits_are_let_go_while_they_are_joined():
    columns = [Column("hit_id", "string"), Column("title", "string"), Column("idsite", "int32")]
    titles = [["A", "B"], ["B", None], [None, None]]
    tables = [
        pa.table(
            {
                "hit_id": pa.array([f"{number}-0", f"{number}-1"]),
                "title": pa.array(texts, pa.string()).dictionary_encode(),
                "idsite": pa.array([number, None], pa.int32()),
            }
        )
        for number, texts in enumerate(titles)
    ]
    whole = joined(tables, columns)
    assert tables == []
    assert whole["title"].to_pylist() == [title for texts in titles for title in texts]
    assert whole["idsite"].to_pylist() == [0, None, 1, None, 2, None]
    assert {column.num_chunks for column in whole.columns} == {1}
    assert whole["title"].chunk(0).dictionary.to_pylist() == ["A", "B"]
    assert joined([], columns).num_rows == 0
