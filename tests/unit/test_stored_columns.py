"""Columns that files hold shortened: readers see them whole, whatever the rows are."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tidemark.engine import connect
from tidemark.model.hit import Column
from tidemark.parquet_files import FAST_LEVEL, file_bytes, read_file
from tidemark.stored_columns import held_columns, selected

COLUMNS = (
    Column("hit_id", "string"),
    Column("server_time", "int64"),
    Column("sequence", "int64"),
    Column("visitor_localtime", "int32"),
    Column("url", "string"),
    Column("visit_first_action_time", "int64"),
    Column("visit_last_action_time", "int64"),
    Column("visit_total_time", "int32"),
)
TYPES = (pa.string(), pa.int64(), pa.int64(), pa.int32(), pa.string(), pa.int64(), pa.int64(), pa.int32())
SCHEMA = pa.schema([(column.name, kind) for column, kind in zip(COLUMNS, TYPES, strict=True)])
TIME = 1_767_571_200
SEQUENCE = (TIME * 1_000_000 + 123_456) * 4096 + 7
USUAL = {
    "hit_id": f"{SEQUENCE}-aB3-+",
    "server_time": TIME,
    "sequence": SEQUENCE,
    "visitor_localtime": 3600,
    "url": "example.org/",
    "visit_first_action_time": TIME - 60,
    "visit_last_action_time": TIME,
    "visit_total_time": 63,
}
ODD = {
    "hit_id": st.one_of(st.none(), st.text(max_size=30), st.just("0123456789abcdef-0"), st.just(f"{SEQUENCE}-")),
    "server_time": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(0, TIME)),
    "sequence": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(0, SEQUENCE)),
    "visitor_localtime": st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1), st.integers(0, 86_399)),
    "visit_first_action_time": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(0, TIME)),
    "visit_last_action_time": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(0, TIME)),
    "visit_total_time": st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1), st.integers(0, 86_399)),
}
ROWS = st.lists(
    st.builds(lambda odd: {**USUAL, **odd}, st.fixed_dictionaries({}, optional=ODD)), max_size=6
)  # fmt: skip


def written(rows):
    return file_bytes(pa.Table.from_pylist(rows, SCHEMA), level=FAST_LEVEL, by_visitor=True)


@given(ROWS)
@example([{**USUAL, "visitor_localtime": 86_399, "server_time": TIME - 1}])
@example([USUAL, {**USUAL, "sequence": None}])
def test_a_table_is_read_as_it_was_written(rows):
    table = pa.Table.from_pylist(rows, SCHEMA)
    stored = io.BytesIO(written(rows))
    assert read_file(stored).equals(table)
    assert read_file(stored, ["hit_id", "url"]).equals(table.select(["hit_id", "url"]))
    assert read_file(stored, ["sequence"]).equals(table.select(["sequence"]))


@given(ROWS)
def test_sql_sees_a_table_as_it_was_written(rows):
    every = pa.schema([*SCHEMA, *((one.name, _TYPES[one.type]) for one in held_columns(COLUMNS))])
    held = pq.read_table(io.BytesIO(written(rows)))
    whole = pa.table(
        {one.name: held[one.name] if one.name in held.column_names else pa.nulls(len(rows), one.type) for one in every}
    )
    named = ", ".join(f'{sql} AS "{name}"' for name, sql in selected(COLUMNS).items())
    with connect() as engine:
        engine.register("stored", whole)
        found = engine.sql(f"SELECT {named} FROM stored").to_arrow_table()
    assert found.cast(SCHEMA).to_pylist() == pa.Table.from_pylist(rows, SCHEMA).to_pylist()


_TYPES = {"int64": pa.int64(), "int32": pa.int32(), "string": pa.string()}


def test_usual_rows_are_held_short():
    held = pq.read_table(io.BytesIO(written([USUAL])))
    assert held.to_pylist() == [
        {
            "hit_code": "aB3-+",
            "server_time": TIME,
            "received_after": 123_456,
            "received_slot": 7,
            "localtime_shift": 3600,
            "url": "example.org/",
            "visit_first_action_time": TIME - 60,
            "visit_lasted": 60,
            "visit_beyond": 3,
        }
    ]


@pytest.mark.parametrize(
    ("odd", "kept"),
    [
        ({"hit_id": "0123456789abcdef-0"}, {"hit_id", "received_after", "localtime_shift"}),
        ({"server_time": None}, {"hit_code", "sequence", "visitor_localtime"}),
        ({"visitor_localtime": 90_000}, {"hit_code", "received_after", "visitor_localtime"}),
        ({"visit_last_action_time": None}, {"hit_code", "visit_last_action_time", "visit_total_time"}),
        ({"visit_total_time": None}, {"hit_code", "visit_lasted", "visit_total_time"}),
    ],
)
def test_a_column_stays_as_it_is_when_one_row_could_not_be_had_back(odd, kept):
    held = pq.read_table(io.BytesIO(written([USUAL, {**USUAL, **odd}]))).column_names
    assert kept <= set(held)
    shortened = {"sequence", "hit_id", "visitor_localtime", "visit_last_action_time", "visit_total_time"}
    assert not shortened & (set(held) - kept)


def test_files_of_before_are_read_as_they_are():
    table = pa.Table.from_pylist([USUAL], SCHEMA)
    file = io.BytesIO()
    pq.write_table(table, file)
    assert read_file(file).equals(table)
    assert read_file(file, ["sequence"]).equals(table.select(["sequence"]))
