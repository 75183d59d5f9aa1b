"""What may be asked of the logs, and every way out of them that we could think of."""

from __future__ import annotations

import pytest

from tidemark.engine import connect
from tidemark.model.sql_query import SqlError
from tidemark.sql.guard import MOST_CHARACTERS, used_by


@pytest.fixture(scope="module")
def connection():
    with connect(is_closed=True) as opened:
        yield opened


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT count(*) FROM hits", {"hits"}),
        ("from Hits", {"hits"}),
        ("SELECT 1;", set()),
        ("WITH long AS (SELECT * FROM visits) SELECT * FROM long JOIN actions USING (idvisit)", {"visits", "actions"}),
        ("SELECT * FROM (VALUES (1), (2)) t(n) WHERE n IN (SELECT idgoal FROM conversions)", {"conversions"}),
        ("SELECT * FROM range(3), unnest([1, 2])", set()),
        ("WITH RECURSIVE t AS (SELECT 1 n UNION ALL SELECT n + 1 FROM t WHERE n < 5) FROM t", set()),
        ("SELECT url, row_number() OVER (PARTITION BY idvisit ORDER BY sequence) FROM actions", {"actions"}),
    ],
)
def test_a_query_of_the_logs_may_run(connection, sql, tables):
    assert used_by(connection, sql).tables == tables


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT count(*), a.url FROM actions a JOIN visits USING (idvisit)", {"a", "url", "idvisit"}),
        ("SELECT URL AS items FROM actions WHERE sequence > 1", {"url", "sequence"}),
        ("SELECT * FROM actions", None),
        ("FROM actions", None),
        ("SELECT COLUMNS('u.*') FROM actions", None),
        ("SELECT a FROM actions a", None),
        ("SELECT to_json(actions) FROM actions", None),
        ("SELECT b.x FROM (SELECT actions AS x FROM actions) b", None),
        ("SELECT x FROM actions a(x, y)", None),
        ("SELECT url FROM actions NATURAL JOIN visits", None),
        ("SELECT #1 FROM actions", None),
    ],
)
def test_what_a_query_mentions_is_known(connection, sql, names):
    assert used_by(connection, sql).names == names


@pytest.mark.parametrize(
    "sql",
    [
        # statements
        "DROP TABLE hits", "INSERT INTO hits VALUES (1)", "UPDATE hits SET url = ''", "DELETE FROM hits",
        "CREATE TABLE t AS SELECT 1", "COPY hits TO '/tmp/x'", "COPY (SELECT 1) TO '/tmp/x'", "ATTACH '/tmp/x.db'",
        "INSTALL httpfs", "LOAD httpfs", "SET memory_limit = '1TB'", "RESET memory_limit", "PRAGMA database_list",
        "CALL pragma_version()", "EXPORT DATABASE '/tmp/x'", "IMPORT DATABASE '/tmp/x'", "EXPLAIN SELECT 1",
        "PREPARE p AS SELECT 1", "EXECUTE p", "CHECKPOINT", "VACUUM", "BEGIN", "USE memory", "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE hits", "CREATE MACRO f() AS 1", "CREATE SECRET (TYPE s3)", "DESCRIBE hits", "SHOW TABLES",
        "SUMMARIZE hits", "FROM (SHOW TABLES)", "FROM (DESCRIBE hits)", "MERGE INTO hits USING visits ON true",
        # files
        "SELECT * FROM '/etc/passwd'", 'SELECT * FROM "/etc/passwd"', "FROM read_csv('/etc/passwd')",
        "FROM read_text('/etc/passwd')", "FROM read_blob('/etc/passwd')", "FROM read_parquet('x.parquet')",
        "FROM parquet_scan('x.parquet')", "FROM parquet_metadata('x')", "FROM read_json('x')", "FROM glob('/*')",
        "FROM sniff_csv('/etc/passwd')", "FROM 'https://example.org/x.csv'", "FROM 's3://bucket/x.parquet'",
        "SELECT (SELECT content FROM read_text('/etc/passwd'))", "SELECT 1 WHERE EXISTS (FROM glob('*'))",
        "FROM hits, LATERAL (FROM read_csv('x')) t", "WITH t AS (FROM read_text('x')) SELECT 1",
        "SELECT 1 UNION ALL FROM read_text('x')", "SELECT 1 ORDER BY (SELECT 1 FROM glob('*'))",
        "FROM read_duckdb('x')", "FROM which_secret('x', 's3')",
        # the engine itself
        "FROM duckdb_settings()", "FROM duckdb_secrets()", "FROM duckdb_functions()", "FROM pragma_table_info('hits')",
        "SELECT current_setting('memory_limit')", "SELECT getenv('HOME')", "SELECT getvariable('x')", "FROM query('SELECT 1')",
        "FROM query_table('hits')", "FROM information_schema.tables", "FROM pg_catalog.pg_class", "FROM sqlite_master",
        "FROM main.hits", "FROM memory.main.hits", "FROM python_arrow_scan(1, 2, 3)", "FROM arrow_scan(1, 2, 3)",
        "FROM pandas_scan(1)", "SELECT write_log('x')", "SELECT sleep_ms(1000000)", "FROM json_execute_serialized_sql('{}')",
        "SELECT json_serialize_sql('SELECT 1')", "FROM enable_logging()", "FROM repeat('x', 1000000000000)",
        # nonsense
        "", "hits", "SELECT", "SELECT $1", "SELECT ?", "SELECT * FROM unknown", "\x00", "SELECT '", "/*",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_words(connection, sql):
    with pytest.raises(SqlError) as refusal:
        used_by(connection, sql)
    assert len(refusal.value.message) > 15


def test_a_query_of_a_book_s_length_is_refused(connection):
    with pytest.raises(SqlError, match="50000 characters"):
        used_by(connection, "SELECT " + "1," * MOST_CHARACTERS + "1")


@pytest.mark.parametrize(
    "sql",
    [
        "FROM read_csv('/etc/passwd')",
        "FROM glob('/*')",
        "COPY (SELECT 1) TO '/tmp/written-by-a-query'",
        "ATTACH '/tmp/attached.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '1TB'",
        "FROM '/etc/passwd'",
    ],
)
def test_the_engine_itself_is_closed_even_without_the_guard(sql):
    import duckdb

    with connect(is_closed=True) as closed, pytest.raises(duckdb.Error):
        closed.execute(sql)
