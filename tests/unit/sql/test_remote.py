"""Queries that another engine answers: the statement that it gets, and what its answers become."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest

from tidemark.engine import connect
from tidemark.model.daylog import DayLog
from tidemark.model.hit import Column
from tidemark.model.site import Site
from tidemark.model.sql_query import SqlError, SqlLimits, SqlResult
from tidemark.sql.remote import RemoteQueries, typed, with_tables
from tidemark.sql.sources import LogFiles

FIRST, LAST = date(2026, 1, 5), date(2026, 1, 6)
COLUMNS = {
    "hits": [Column("hit_id", "string"), Column("server_time", "int64"), Column("url", "string")],
    "visits": [Column("idvisit", "uint64")],
}


class Recording:
    """An engine that remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def run(self, statement, limits):
        self.asked.append(statement)
        return SqlResult(["n"], [[1]], is_cut=False, bytes_read=limits.bytes_read)


class Days:
    """Visit logs of two days."""

    def __init__(self, count=1):
        self._count = count

    def days(self, idsite, first, last):
        keys = [f"log/visits/site={idsite}/date=2026-01-05/v{number}.parquet" for number in range(self._count)]
        return [DayLog(idsite, first, "v", {"visits": key}, {"visits": 1}) for key in keys]


@contextmanager
def no_paths(*_):
    yield []


def queries(engine, count=1):
    files = LogFiles(
        None,
        Days(count),
        no_paths,
        lambda one: Site(one, "S", ("https://a.example",), timezone="Asia/Kolkata", ts_created=0),
        COLUMNS,
    )
    return RemoteQueries(engine, files, "tidemark_test", "s3://bucket/")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT * FROM visits;", "WITH visits AS (v) SELECT * FROM visits"),
        ("with a as (select 1) select * from a, visits", "WITH visits AS (v), a as (select 1) select * from a, visits"),
        (
            "-- with care\n/* with\nlove */ WITH RECURSIVE a AS (SELECT 1) FROM a, visits",
            "WITH RECURSIVE visits AS (v), a AS (SELECT 1) FROM a, visits",
        ),
    ],
)  # fmt: skip
def test_the_tables_come_before_those_of_the_query(sql, expected):
    assert with_tables(sql, {"visits": "v"} if "visits" in sql else {}) == expected


def test_the_statement_reads_present_files_of_the_asked_days_only():
    engine = Recording()
    queries(engine).run("SELECT count(*) AS n FROM visits v JOIN hits h ON true", [1, 2], FIRST, LAST, SqlLimits())
    [statement] = engine.asked
    assert "'s3://bucket/log/visits/site=1/date=2026-01-05/v0.parquet'" in statement
    assert "\"date\" BETWEEN '2026-01-05' AND '2026-01-06'" in statement
    assert "(site = 2 AND server_time >= 1767551400 AND server_time < 1767724200)" in statement  # from 18:30 UTC
    assert "\"date\" BETWEEN '2026-01-04' AND '2026-01-06'" in statement
    with connect() as duckdb:  # it is SQL
        duckdb.execute("CREATE SCHEMA tidemark_test")
        for name in ("hits", "visits"):
            columns = '"$path" VARCHAR, site INT, date VARCHAR, hit_id VARCHAR, server_time BIGINT, url VARCHAR, idvisit UBIGINT'
            duckdb.execute(f"CREATE TABLE tidemark_test.{name} ({columns})")
        assert duckdb.execute(statement).fetchall() == [(0,)]


def test_the_statement_gives_whole_columns_of_files_of_every_age():
    engine = Recording()
    names = {"hit_id": "string", "server_time": "int64", "sequence": "int64"}
    columns = {**COLUMNS, "hits": [Column(name, kind) for name, kind in names.items()]}
    asking = queries(engine)
    asking = replace(asking, files=replace(asking.files, columns=columns))
    asking.run("SELECT hit_id, sequence FROM hits ORDER BY server_time", [1], FIRST, LAST, SqlLimits())
    with connect() as duckdb:
        duckdb.execute("CREATE SCHEMA tidemark_test")
        held = "received_after BIGINT, received_slot INT, hit_code VARCHAR"
        duckdb.execute(
            "CREATE TABLE tidemark_test.hits (site INT, date VARCHAR, hit_id VARCHAR, server_time BIGINT, sequence BIGINT, "
            f"{held})"
        )
        noon = 1_767_614_400
        rows = [
            (1, "2026-01-05", "0123456789abcdef-0", noon, noon * 4_096_000_000, None, None, None),
            (1, "2026-01-05", None, noon + 1, None, 250_000, 2, "xY3-+"),
            (1, "2026-01-05", None, noon + 1, None, 250_000, 2, "xY3-+"),
        ]
        duckdb.executemany(f"INSERT INTO tidemark_test.hits VALUES ({', '.join('?' * 8)})", rows)
        sequence = (noon + 1) * 4_096_000_000 + 250_000 * 4096 + 2
        assert duckdb.execute(engine.asked[0]).fetchall() == [
            ("0123456789abcdef-0", noon * 4_096_000_000),
            (f"{sequence}-xY3-+", sequence),
        ]


def test_a_statement_that_is_too_long_is_refused():
    with pytest.raises(SqlError, match="fewer"):
        queries(Recording(), count=5000).run("FROM visits", [1], FIRST, LAST, SqlLimits())


def test_what_may_not_run_never_reaches_the_engine():
    engine = Recording()
    with pytest.raises(SqlError):
        queries(engine).run("DROP TABLE hits", [1], FIRST, LAST, SqlLimits())
    assert engine.asked == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("7", "bigint", 7), ("1.5", "double", 1.5), ("NaN", "double", None), ("true", "boolean", True),
        ("x", "varchar", "x"), (None, "bigint", None), ("[a, b]", "array", "[a, b]"),
    ],
)  # fmt: skip
def test_cells_get_the_type_that_the_engine_names(text, kind, value):
    assert typed(text, kind) == value
