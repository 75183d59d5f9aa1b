"""Files of the hit log: the same batch gives the same file, and bad values spoil nothing."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.tracking import NOW
from tidemark.model.hit import CORE_COLUMNS, Column
from tidemark.parquet_files import read_file
from tidemark.plugin.dimension import Dimension, Scope
from tidemark.tracking.hit_log import file_of, log_columns, partition, to_parquet


def a_row(number, idsite=1, moment=NOW, **more):
    return {"hit_id": f"h{number}", "idsite": idsite, "server_time": moment, "sequence": number} | more


def test_rows_are_apart_by_site_and_utc_hour_when_partitioned():
    rows = [a_row(1), a_row(2, moment=NOW + 3600), a_row(3, idsite=2), a_row(4)]
    files = partition(rows)
    assert [file.key.rsplit("/", 1)[0] for file in files] == [
        "hits/site=1/date=2026-11-18/hour=11",
        "hits/site=1/date=2026-11-18/hour=12",
        "hits/site=2/date=2026-11-18/hour=11",
    ]
    assert [row["hit_id"] for row in files[0].rows] == ["h1", "h4"]


def test_the_same_hits_are_the_same_file_when_they_arrive_otherwise():
    rows = [a_row(number) for number in range(5)]
    (first,), (second,) = partition(rows), partition(rows[::-1])
    assert first.key == second.key
    assert to_parquet(first.rows, CORE_COLUMNS) == to_parquet(second.rows, CORE_COLUMNS)
    assert partition(rows[:4])[0].key != first.key


def test_every_column_is_there_when_a_row_has_few():
    table = read_file(io.BytesIO(to_parquet([a_row(1)], CORE_COLUMNS)))
    assert table.column_names == [column.name for column in CORE_COLUMNS]
    assert table["url"].null_count == 1


def test_columns_of_plugins_follow_and_names_are_taken_once():
    dimensions = (
        Dimension("config_os", Scope.VISIT, value=lambda hit: None),
        Dimension("url", Scope.ACTION, value=lambda hit: None, type="int32"),
    )
    columns = log_columns(dimensions)
    assert columns[-1] == Column("config_os", "string")
    assert len(columns) == len(CORE_COLUMNS) + 1


def test_a_value_is_empty_when_it_does_not_fit_its_column():
    columns = (Column("a", "int32"), Column("b", "string"), Column("c", "uint8"), Column("d", "strings"))
    rows = [{"a": 2**40, "b": 7, "c": -1, "d": 7}, {"a": 1, "b": "x", "c": 3, "d": ["y"]}]
    table = pq.read_table(io.BytesIO(to_parquet(rows, columns)))
    assert table.to_pylist() == [{"a": None, "b": "7", "c": None, "d": None}, {"a": 1, "b": "x", "c": 3, "d": ["y"]}]
    assert table.schema.field("d").type == pa.list_(pa.field("element", pa.string()))


def test_lone_surrogates_are_empty_when_written():
    table = pq.read_table(io.BytesIO(to_parquet([{"a": "\ud800"}, {"a": "ok"}], (Column("a", "string"),))))
    assert table["a"].to_pylist() == [None, "ok"]


def test_metadata_stay_when_a_file_is_written_anew():
    table = pa.table({"hit_id": ["a", "b"]}).replace_schema_metadata({"tidemark.sources": "{}"})
    once = pq.read_table(io.BytesIO(file_of(table)))
    again = pq.read_table(io.BytesIO(file_of(once.slice(0, 1))))
    assert again.schema.metadata == {b"tidemark.sources": b"{}"}
    assert again.to_pylist() == [{"hit_id": "a"}]
