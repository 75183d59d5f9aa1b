"""Queues in SQLite: every send is on disk when it returns; a delivery hides its message for a while."""

from __future__ import annotations

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
_DUE = "SELECT id, receive_count FROM message WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?"


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
                messages = self._database.write(
                    lambda connection: self._take(connection, max_messages, visibility_seconds)
                )
                if messages:
                    return messages
            remaining_seconds = deadline - time.monotonic()
            if remaining_seconds <= 0:
                return []
            with self._sent:
                self._sent.wait(min(remaining_seconds, _POLL_SECONDS))

    def delete(self, receipts: Sequence[str]) -> None:
        """As the port says."""
        rows = self._deliveries(receipts)
        statement = "DELETE FROM message WHERE queue = ? AND id = ? AND receive_count = ?"
        self._database.execute(statement, rows)

    def change_visibility(self, receipts: Sequence[str], visibility_seconds: int) -> None:
        """As the port says."""
        check_visibility(visibility_seconds)
        now = self._clock.now()
        rows = [(now + visibility_seconds, *row, now) for row in self._deliveries(receipts)]
        statement = (
            "UPDATE message SET visible_at = ? WHERE queue = ? AND id = ? AND receive_count = ? AND visible_at > ?"
        )
        self._database.execute(statement, rows)

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
        return bool(self._database.read(_DUE, (self._name, self._clock.now(), 1)))

    def _take(self, connection: sqlite3.Connection, max_messages: int, visibility_seconds: int) -> list[Message]:
        now = self._clock.now()
        while True:
            due = connection.execute(_DUE, (self._name, now, max_messages)).fetchall()
            exhausted = [
                id_ for id_, receive_count in due if self._max_receives and receive_count >= self._max_receives
            ]
            if not exhausted:
                return [_deliver(connection, id_, now + visibility_seconds) for id_, _ in due]
            connection.executemany(
                "UPDATE message SET queue = ?, visible_at = ? WHERE id = ?",
                [(self._dead_letters, now, id_) for id_ in exhausted],
            )

    def _deliveries(self, receipts: Sequence[str]) -> list[tuple[str, str, str]]:
        return [(self._name, *_split(receipt)) for receipt in receipts]


def _deliver(connection: sqlite3.Connection, id_: int, visible_at: float) -> Message:
    row = connection.execute(
        "UPDATE message SET receive_count = receive_count + 1, visible_at = ? WHERE id = ?"
        " RETURNING body, receive_count, sent_at",
        (visible_at, id_),
    ).fetchone()
    body, receive_count, sent_at = row
    return Message(str(id_), body.encode(), f"{id_}.{receive_count}", receive_count, sent_at)


def _split(receipt: str) -> tuple[str, str]:
    """(id, delivery) of a receipt; what is none matches no message."""
    id_, _, delivery = receipt.partition(".")
    return id_, delivery
