"""SQL sees in every table what other readers see, whatever its files leave out."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.day_hits import SITE, SiteWithHits
from tests.support.hit_rows import any_hit, event, goal_only, hit, search, unique
from tidemark.engine import connect
from tidemark.model.daylog import LOG_TABLES
from tidemark.model.site import Site
from tidemark.model.sql_query import SqlLimits, SqlResult
from tidemark.sessions.log_files import to_parquet
from tidemark.sessions.sessionise import log_columns
from tidemark.sql.queries import LogQueries
from tidemark.sql.remote import RemoteQueries
from tidemark.sql.sources import LogFiles
from tidemark.stored_links import LINKED
from tidemark.stored_sql import held_columns

FIRST, LAST = date(2010, 3, 1), date(2010, 3, 31)
ROWS = st.lists(any_hit([None, *range(1, 9)], list(range(0xF0, 0xF9))), min_size=1, max_size=30).map(unique)
EFFORT = settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
COLUMNS = {table: log_columns(table, ()) for table in LOG_TABLES}
ATHENA = {
    "string": "VARCHAR", "json": "VARCHAR", "int64": "BIGINT", "int32": "INT", "uint64": "UBIGINT", "uint8": "UTINYINT",
    "float64": "DOUBLE", "bool": "BOOLEAN", "strings": "VARCHAR[]",
}  # fmt: skip


@contextmanager
def no_hits(*_):
    yield []


def log_files(site):
    return LogFiles(
        site.stores.objects,
        site.sessions,
        no_hits,
        lambda one: Site(one, "S", ("https://a.example",), timezone="UTC", ts_created=0),
        COLUMNS,
    )


def rows_of(site, table):
    return [
        {"site": SITE, "date": str(log.day), **row}
        for log in site.sessions.days(SITE, FIRST, LAST)
        for row in site.rows(log, table)
    ]


def sorted_rows(columns, rows):
    return sorted((dict(zip(columns, row, strict=True)) for row in rows), key=repr)


def plain(rows):
    return sorted(rows, key=repr)


class Lake:
    """An engine that reads the files of the object store where a statement names them, as Athena does."""

    def __init__(self, site):
        self._site = site

    def run(self, statement, limits):
        with connect() as engine:
            engine.execute("CREATE SCHEMA lake")
            for table in LOG_TABLES:
                held = (*COLUMNS[table], *held_columns(table, COLUMNS[table]))
                named = ", ".join(f'"{one.name}" {ATHENA[one.type]}' for one in held)
                engine.execute(f'CREATE TABLE lake.{table} (site INT, "date" VARCHAR, "$path" VARCHAR, {named})')
                for log in self._site.sessions.days(SITE, FIRST, LAST):
                    for key in log.all_keys.get(table, ()):
                        self._load(engine, table, str(log.day), key, [one.name for one in held])
            found = engine.execute(statement)
            columns = [column[0] for column in found.description]
            return SqlResult(columns, [list(row) for row in found.fetchall()], is_cut=False, bytes_read=0)

    def _load(self, engine, table, day, key, names):
        with self._site.stores.objects.local_files([key]) as (path,):
            there = [
                one[0]
                for one in engine.execute(f"DESCRIBE FROM read_parquet('{path}', hive_partitioning = false)").fetchall()
            ]
            assert set(there) <= set(names)
            values = ", ".join(f'"{name}"' if name in there else "NULL" for name in names)
            engine.execute(
                f"INSERT INTO lake.{table} SELECT {SITE}, '{day}', 's3://b/{key}', {values} FROM read_parquet('{path}', hive_partitioning = false)"
            )


def assert_same_everywhere(site):
    here, lake = LogQueries(log_files(site)), RemoteQueries(Lake(site), log_files(site), "lake", "s3://b/")
    for table in LOG_TABLES:
        expected = plain(rows_of(site, table))
        for queries in (here, lake):
            found = queries.run(f"SELECT * FROM {table}", [SITE], FIRST, LAST, SqlLimits())
            assert sorted_rows(found.columns, found.rows) == expected


@given(rows=ROWS, parts=st.sampled_from([1_000_000, 4]))
@EFFORT
def test_every_table_is_the_same_for_all_readers(rows, parts):
    site = SiteWithHits(part_hits=parts)
    site.ingest(rows)
    site.ensure()
    assert_same_everywhere(site)
    site.close()


@given(rows=ROWS, parts=st.sampled_from([1_000_000, 4]), every=st.integers(1, 3))
@EFFORT
def test_rows_of_some_visits_are_those_of_the_whole_table(rows, parts, every):
    site = SiteWithHits(part_hits=parts)
    site.ingest(rows)
    site.ensure()
    for log in site.sessions.days(SITE, FIRST, LAST):
        chosen = site.sessions.read(log, "visits", ["idvisit"])["idvisit"].to_pylist()[::every]
        for table in (one for one in LOG_TABLES if one != "visitors"):
            expected = [row for row in site.sessions.read(log, table).to_pylist() if row["idvisit"] in chosen]
            found = site.sessions.read_visits(log, table, pa.array([*chosen, 1 << 60], pa.int64()))
            assert found.to_pylist() == expected
            assert found.schema.names == site.sessions.read(log, table).schema.names
    site.close()


@given(rows=ROWS)
@EFFORT
def test_files_of_before_are_read_beside_those_of_now(rows):
    later = [{**row, "hit_id": f"later-{row['hit_id']}", "server_time": row["server_time"] + 86_400} for row in rows]
    site = SiteWithHits()
    site.ingest([*rows, *later])
    site.ensure()
    expected = {table: plain(rows_of(site, table)) for table in LOG_TABLES}
    for log in site.sessions.days(SITE, FIRST, LAST)[:1]:  # none where nothing but pings came
        before = {table: to_parquet(site.sessions.read(log, table)) for table in LINKED if table in log.keys}
        for table, file in before.items():
            site.stores.objects.put(log.keys[table], file)
    assert {table: plain(rows_of(site, table)) for table in LOG_TABLES} == expected
    assert_same_everywhere(site)
    site.close()


@pytest.mark.parametrize("column", ["url", "idvisit", "visitor_id", "time_spent", "url_ref", "title_ref"])
def test_a_column_alone_is_read_as_among_all(column):
    site = SiteWithHits()
    site.ingest([hit(0), event(10), search("shoes", 20), hit(60), hit(5, visitor=0xB), goal_only(90)])
    site.ensure()
    (log,) = site.sessions.days(SITE, FIRST, LAST)
    expected = plain([{column: row[column]} for row in site.rows(log, "actions")])
    assert plain(site.sessions.read(log, "actions", [column]).to_pylist()) == expected
    for queries in (LogQueries(log_files(site)), RemoteQueries(Lake(site), log_files(site), "lake", "s3://b/")):
        found = queries.run(f"SELECT a.{column} FROM actions a", [SITE], FIRST, LAST, SqlLimits())
        assert sorted_rows(found.columns, found.rows) == expected
    site.close()
