from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tidemark.stores.embedded.database import Database
from tidemark.stores.errors import ConditionFailedError, UnavailableError

SCHEMA = "CREATE TABLE IF NOT EXISTS fact (id INTEGER PRIMARY KEY, thread TEXT)"


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "test.db", SCHEMA, is_durable=True)
    yield database
    database.close()


def insert(number):
    return lambda connection: (
        connection.execute("INSERT INTO fact VALUES (?, ?)", (number, threading.current_thread().name)).lastrowid
    )


def stored(database):
    return [number for (number,) in database.read("SELECT id FROM fact ORDER BY id")]


def test_write_gives_its_result_when_committed(database):
    assert database.write(insert(7)) == 7
    assert stored(database) == [7]


def test_error_takes_back_its_own_write_only(database):
    def fail(connection):
        insert(2)(connection)
        raise ConditionFailedError("no")

    database.write(insert(1))
    with pytest.raises(ConditionFailedError):
        database.write(fail)
    database.write(insert(3))
    assert stored(database) == [1, 3]


def test_waiting_writes_share_a_transaction(database):
    """While one write is under way, all that come meanwhile are done by the next, in one thread; errors stay apart."""
    entered, leave = threading.Event(), threading.Event()

    def slow(connection):
        entered.set()
        leave.wait(60)
        return insert(0)(connection)

    def duplicate(connection):
        insert(100)(connection)
        insert(0)(connection)

    with ThreadPoolExecutor(12) as pool:
        first = pool.submit(database.write, slow)
        entered.wait(60)
        good = [pool.submit(database.write, insert(number)) for number in range(1, 11)]
        bad = pool.submit(database.write, duplicate)
        while len(database._waiting) < 11:
            threading.Event().wait(0.001)
        leave.set()
        assert first.result(60) == 0
        assert [future.result(60) for future in good] == list(range(1, 11))
        assert isinstance(bad.exception(60), UnavailableError)
    assert stored(database) == list(range(11))
    assert len(database.read("SELECT DISTINCT thread FROM fact WHERE id > 0")) == 1


def test_writing_is_unavailable_when_the_disk_is_full(database):
    database.write(insert(1))
    database._writer.execute("PRAGMA max_page_count = 1")
    with pytest.raises(UnavailableError, match="full"):
        database.execute("INSERT INTO fact VALUES (?, ?)", [(number, "x" * 1000) for number in range(10, 20)])
    database._writer.execute("PRAGMA max_page_count = 1000000")
    database.write(insert(2))
    assert stored(database) == [1, 2]


def test_reading_a_broken_statement_is_unavailable_and_later_reads_work(database):
    with pytest.raises(UnavailableError):
        database.read("SELECT nothing FROM nowhere")
    assert stored(database) == []


def test_opening_is_refused_when_the_format_is_newer(tmp_path):
    path = tmp_path / "test.db"
    Database(path, SCHEMA, is_durable=False).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(UnavailableError, match="format 99"):
        Database(path, SCHEMA, is_durable=False)
