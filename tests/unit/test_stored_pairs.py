"""Columns that mostly follow from another one: held once for each, seen in every row."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tidemark.engine import connect
from tidemark.model.hit import Column
from tidemark.parquet_files import FAST_LEVEL, file_bytes, read_file
from tidemark.stored_pairs import DEFINES, FOLLOWS, OWN
from tidemark.stored_sql import LOG_FILE, held_columns, wanted_of, whole

COLUMNS = (
    Column("idvisit", "int64"),
    Column("visit_entry_url", "string"),
    Column("visit_entry_name", "string"),
    Column("location_latitude", "float64"),
    Column("location_longitude", "float64"),
    Column("location_city", "string"),
)
TYPES = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "int32": pa.int32(), "uint8": pa.uint8()}
SCHEMA = pa.schema([(one.name, TYPES[one.type]) for one in COLUMNS])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "idvisit": st.integers(1, 9),
            "visit_entry_url": st.sampled_from([None, "", "a", "b"]),
            "visit_entry_name": st.sampled_from([None, "", "A", "B"]),
            "location_latitude": st.sampled_from([None, 0.0, 48.5]),
            "location_longitude": st.sampled_from([None, 9.25, 9.5]),
            "location_city": st.sampled_from([None, "X", "Y"]),
        }
    ),
    max_size=8,
)
SAME = {
    "idvisit": 1,
    "visit_entry_url": "a",
    "visit_entry_name": "A",
    "location_latitude": 48.5,
    "location_longitude": 9.5,
    "location_city": "X",
}


def written(rows):
    table = pa.Table.from_pylist(rows, SCHEMA)
    return file_bytes(table, level=FAST_LEVEL, by_visitor=True, is_visit_log=True)


@given(ROWS)
@example([SAME] * 3)
@example([SAME, {**SAME, "visit_entry_name": None}, SAME, SAME, {**SAME, "visit_entry_url": None}])
def test_a_table_is_read_as_it_was_written(rows):
    table = pa.Table.from_pylist(rows, SCHEMA)
    found = read_file(io.BytesIO(written(rows)))
    assert [{name: row[name] for name in SCHEMA.names} for row in found.to_pylist()] == table.to_pylist()
    for name in SCHEMA.names:
        alone = read_file(io.BytesIO(written(rows)), [name])
        assert alone.to_pylist() == table.select([name]).to_pylist()


@given(first=ROWS, second=ROWS)
@settings(max_examples=25, deadline=None)
@example([SAME] * 3, [{**SAME, "visit_entry_name": "B"}] * 3)
def test_sql_sees_the_tables_of_several_files_as_they_were_written(first, second):
    every = (*COLUMNS, *held_columns("visits", COLUMNS), LOG_FILE)
    tables = []
    for name, rows in (("1", first), ("2", second)):
        held = pq.read_table(io.BytesIO(written(rows)))
        columns = {one.name: held[one.name] if one.name in held.column_names else pa.nulls(len(rows)) for one in every}
        columns[LOG_FILE.name] = pa.array([name] * len(rows), pa.string())
        types = TYPES | {"bool": pa.bool_()}
        tables.append(pa.table(columns).cast(pa.schema([(one.name, types[one.type]) for one in every])))
    query = whole("visits", COLUMNS, wanted_of(COLUMNS, None), {"visits": "stored"})
    with connect() as engine:
        engine.register("stored", pa.concat_tables(tables))
        found = engine.sql(query).to_arrow_table().cast(SCHEMA).to_pylist()
    assert sorted(found, key=repr) == sorted(pa.Table.from_pylist([*first, *second], SCHEMA).to_pylist(), key=repr)


def test_a_name_is_held_once():
    rows = [SAME, {**SAME, "idvisit": 2}, {**SAME, "visit_entry_name": "B"}, SAME]
    held = pq.read_table(io.BytesIO(written(rows)))
    assert held["visit_entry_name_mark"].to_pylist() == [DEFINES, FOLLOWS, OWN, FOLLOWS]
    assert held["visit_entry_name"].to_pylist() == ["A", None, "B", None]


def test_what_hardly_follows_stays_as_it_is():
    rows = [{**SAME, "visit_entry_url": str(number)} for number in range(4)]
    assert "visit_entry_name_mark" not in pq.read_schema(io.BytesIO(written(rows))).names
