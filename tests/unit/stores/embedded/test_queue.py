"""What concerns many messages looks at no more of a long queue than it has to."""

from __future__ import annotations

import sqlite3

import pytest

from tidemark.stores.embedded import queue
from tidemark.stores.embedded.instance import open_stores


@pytest.fixture
def connection():
    made = sqlite3.connect(":memory:")
    for statement in queue.SCHEMA.split(";"):
        made.execute(statement)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        (f"DELETE FROM message WHERE {queue._DELIVERIES}", ("[[1, 1]]", "hits")),
        (f"UPDATE message SET visible_at = 1 WHERE {queue._DELIVERIES} AND +visible_at > ?", ("[[1, 1]]", "hits", 0)),
        (f"UPDATE message SET visible_at = 1 WHERE {queue._AMONG}", ("[1]",)),
    ],
)
def test_messages_are_found_by_their_ids(connection, statement, parameters):
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    looks = [step for step in plan if step.startswith(("SEARCH message", "SCAN message"))]
    assert looks
    assert all("PRIMARY KEY (rowid=?)" in step for step in looks), plan


def test_a_delivery_ends_behind_the_message_that_passes_its_bytes(monkeypatch):
    monkeypatch.setattr(queue, "_MOST_BYTES", 25)
    stores = open_stores(ephemeral=True)
    stores.hits.send_batch([b"x" * 10] * 5)
    assert [len(stores.hits.receive(10, 30)) for _ in range(3)] == [3, 2, 0]
    stores.close()


def test_receipts_of_other_queues_or_of_nothing_touch_nothing():
    stores = open_stores(ephemeral=True)
    stores.hits.send(b"1")
    (message,) = stores.hits.receive(1, 30)
    stores.archive.delete([message.receipt])
    stores.hits.delete(["", "x.y", "1", "1.0", "٣.٣", f"{10**30}.1"])
    assert stores.hits.depth().total == 1
    stores.hits.delete([message.receipt])
    assert stores.hits.depth().total == 0
    stores.close()
