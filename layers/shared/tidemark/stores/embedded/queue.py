"""Queues in SQLite: every send is on disk when it returns; a delivery hides its message for a while.

What concerns many messages is one statement and gives one row. SQLite lets other threads run at each row and statement,
and gets its turn back milliseconds later when they compute: a thousand rows made everyone who sends wait for seconds.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

from tidemark.stores.messages import check_delay, check_visibility, prepared
from tidemark.stores.ports import Depth, Message

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from tidemark.clock import Clock
    from tidemark.stores.embedded.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_at REAL NOT NULL,
    visible_at REAL NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS message_due ON message (queue, visible_at)
"""

_POLL_SECONDS = 0.05
_NO_LIMIT = 2**62
_MOST_BYTES = 8 * 1024 * 1024  # of a delivery; its last message may pass it
_ANY_DUE = "SELECT 1 FROM message WHERE queue = ? AND visible_at <= ? LIMIT 1"
# JSON has numbers of 15 digits only, which are too few for a moment
_DUE = """
SELECT json_group_array(json_array(id, receive_count, printf('%!.17g', sent_at), body)),
    json_group_array(id), count(*) FILTER (WHERE receive_count >= ?)
FROM (
    SELECT id, receive_count, sent_at, body, sum(length(body)) OVER (ORDER BY visible_at, id) - length(body) AS before
    FROM (SELECT * FROM message WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?)
    ORDER BY visible_at, id
) WHERE before < ?
"""
_AMONG = "id IN (SELECT value FROM json_each(?))"
# found by their ids one after the other: no more is looked at than is named, however long the queue is
_DELIVERIES = """
id IN (
    SELECT message.id FROM json_each(?) AS one CROSS JOIN message ON message.id = json_extract(one.value, '$[0]')
    WHERE message.queue = ? AND message.receive_count = json_extract(one.value, '$[1]')
)
"""


class SqliteQueue:
    """A queue. `dead_letters` names the queue to which a message moves when it was received `max_receives` times.

    A receipt is the message's id and the number of this delivery, so a later delivery makes it stale.
    """

    def __init__(
        self, database: Database, name: str, clock: Clock, *, max_receives: int = 0, dead_letters: str = ""
    ) -> None:
        self._database = database
        self._name = name
        self._clock = clock
        self._max_receives = max_receives
        self._dead_letters = dead_letters
        self._sent = threading.Condition()

    def send(self, body: bytes, *, delay_seconds: int = 0) -> None:
        """As the port says."""
        self.send_batch([body], delay_seconds=delay_seconds)

    def send_batch(self, bodies: Sequence[bytes], *, delay_seconds: int = 0) -> None:
        """As the port says; here all or none are taken."""
        check_delay(delay_seconds)
        now = self._clock.now()
        rows = [(self._name, prepared(body), now, now + delay_seconds) for body in bodies]
        statement = "INSERT INTO message (queue, body, sent_at, visible_at) VALUES (?, ?, ?, ?)"
        self._database.execute(statement, rows)
        with self._sent:
            self._sent.notify_all()

    def receive(self, max_messages: int, visibility_seconds: int, wait_seconds: float = 0) -> list[Message]:
        """As the port says."""
        check_visibility(visibility_seconds)
        deadline = time.monotonic() + wait_seconds
        while True:
            if self._is_any_due():
                found = self._database.write(
                    lambda connection: self._take(connection, max_messages, visibility_seconds)
                )
                if messages := [_delivered(*one) for one in json.loads(found)]:
                    return messages
            remaining_seconds = deadline - time.monotonic()
            if remaining_seconds <= 0:
                return []
            with self._sent:
                self._sent.wait(min(remaining_seconds, _POLL_SECONDS))

    def delete(self, receipts: Sequence[str]) -> None:
        """As the port says."""
        self._database.execute(f"DELETE FROM message WHERE {_DELIVERIES}", [(_numbers(receipts), self._name)])

    def change_visibility(self, receipts: Sequence[str], visibility_seconds: int) -> None:
        """As the port says."""
        check_visibility(visibility_seconds)
        now = self._clock.now()
        self._database.execute(
            f"UPDATE message SET visible_at = ? WHERE {_DELIVERIES} AND +visible_at > ?",
            [(now + visibility_seconds, _numbers(receipts), self._name, now)],
        )

    def depth(self) -> Depth:
        """As the port says."""
        rows = self._database.read(
            "SELECT count(*) FILTER (WHERE visible_at <= :now),"
            " count(*) FILTER (WHERE visible_at > :now AND receive_count > 0),"
            " count(*) FILTER (WHERE visible_at > :now AND receive_count = 0)"
            " FROM message WHERE queue = :queue",
            {"now": self._clock.now(), "queue": self._name},
        )
        return Depth(*rows[0])

    def purge(self) -> None:
        """As the port says."""
        self._database.execute("DELETE FROM message WHERE queue = ?", [(self._name,)])

    def _is_any_due(self) -> bool:
        """A look that needs no write, so that waiting costs nearly nothing."""
        return bool(self._database.read(_ANY_DUE, (self._name, self._clock.now())))

    def _take(self, connection: sqlite3.Connection, max_messages: int, visibility_seconds: int) -> str:
        """What is due, as JSON: it is read when others may write again."""
        now, limit = self._clock.now(), self._max_receives or _NO_LIMIT
        due = (limit, self._name, now, max_messages, _MOST_BYTES)
        while True:
            found, ids, exhausted = connection.execute(_DUE, due).fetchone()
            if not exhausted:
                break
            connection.execute(
                f"UPDATE message SET queue = ?, visible_at = ? WHERE receive_count >= ? AND {_AMONG}",
                (self._dead_letters, now, limit, ids),
            )
        connection.execute(
            f"UPDATE message SET receive_count = receive_count + 1, visible_at = ? WHERE {_AMONG}",
            (now + visibility_seconds, ids),
        )
        return str(found)


def _delivered(id_: int, receive_count: int, sent_at: str, body: str) -> Message:
    """A message that was received so often before."""
    delivery = receive_count + 1
    return Message(str(id_), body.encode(), f"{id_}.{delivery}", delivery, float(sent_at))


def _numbers(receipts: Sequence[str]) -> str:
    """[id, delivery] of each receipt as JSON; what is no receipt matches no message."""
    parts = (receipt.partition(".") for receipt in receipts)
    return json.dumps(
        [[int(id_), int(delivery)] for id_, _, delivery in parts if id_.isdecimal() and delivery.isdecimal()]
    )
