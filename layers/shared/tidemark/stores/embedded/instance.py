"""Opens the embedded stores of one instance in a directory."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tidemark.clock import SystemClock
from tidemark.stores.embedded import objects as objects_driver
from tidemark.stores.embedded import queue as queue_driver
from tidemark.stores.embedded import table as table_driver
from tidemark.stores.embedded.database import Database
from tidemark.stores.embedded.objects import FileObjects
from tidemark.stores.embedded.queue import SqliteQueue
from tidemark.stores.embedded.table import SqliteTable
from tidemark.stores.ports import Stores

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from tidemark.clock import Clock

_TABLES = ("archive_numeric", "archive_state", "registry")
_MAX_RECEIVES = {"hits": 5, "archive": 3}


def open_stores(
    data_dir: Path | None = None,
    *,
    ephemeral: bool = False,
    max_receives: Mapping[str, int] = _MAX_RECEIVES,
    clock: Clock | None = None,
) -> Stores:
    """The stores in a directory, which is made if need be; other processes may have it open too.

    Ephemeral stores do not wait for the disk, may be reset, and live in a temporary directory (deleted when they are
    closed) unless one is given. `max_receives` says for the queues hits and archive how often a message is delivered
    before it becomes a dead letter. `clock` decides when messages are due and items expire: the machine's, except in tests.
    """
    if data_dir is None and not ephemeral:
        raise ValueError("stores that last need a directory")
    root = data_dir.absolute() if data_dir else Path(tempfile.mkdtemp(prefix="tidemark-"))
    root.mkdir(parents=True, exist_ok=True)
    instance = _Instance(root, clock or SystemClock(), max_receives, is_durable=not ephemeral)

    def reset() -> None:
        if not ephemeral:
            raise ValueError("only ephemeral stores can be reset")
        instance.clear()

    def close() -> None:
        instance.close()
        if data_dir is None:
            shutil.rmtree(root, ignore_errors=True)

    return Stores(
        hits=instance.queue("hits", dead_letters="hits_dead"),
        hits_dead=instance.queue("hits_dead"),
        archive=instance.queue("archive", dead_letters="archive_dead"),
        archive_dead=instance.queue("archive_dead"),
        objects=instance.objects,
        archive_numeric=instance.table("archive_numeric"),
        archive_state=instance.table("archive_state"),
        registry=instance.table("registry"),
        reset=reset,
        close=close,
    )


class _Instance:
    """The databases of one directory, and the drivers on them."""

    def __init__(self, root: Path, clock: Clock, max_receives: Mapping[str, int], *, is_durable: bool) -> None:
        self._clock = clock
        self._max_receives = max_receives
        self._files = root / "objects"
        table_schema = ";".join(table_driver.schema(name) for name in _TABLES)
        self._queues = Database(root / "queues.db", queue_driver.SCHEMA, is_durable=is_durable)
        self._tables = Database(root / "tables.db", table_schema, is_durable=is_durable)
        self._index = Database(root / "objects.db", objects_driver.SCHEMA, is_durable=is_durable)
        self.objects = FileObjects(self._index, self._files, clock, is_durable=is_durable)

    def queue(self, name: str, dead_letters: str = "") -> SqliteQueue:
        max_receives = self._max_receives[name] if dead_letters else 0
        return SqliteQueue(self._queues, name, self._clock, max_receives=max_receives, dead_letters=dead_letters)

    def table(self, name: str) -> SqliteTable:
        return SqliteTable(self._tables, name, self._clock)

    def clear(self) -> None:
        """Drop all messages, items and objects."""
        self._queues.write(lambda connection: _delete_all(connection, ("message",)))
        self._tables.write(lambda connection: _delete_all(connection, _TABLES))
        self._index.write(lambda connection: _delete_all(connection, ("object", "discarded")))
        if self._files.is_dir():
            doomed = self._files.rename(self._files.with_name(f"deleted-{secrets.token_hex(8)}"))
            shutil.rmtree(doomed, ignore_errors=True)

    def close(self) -> None:
        for database in (self._queues, self._tables, self._index):
            database.close()


def _delete_all(connection: sqlite3.Connection, tables: Sequence[str]) -> None:
    for table in tables:
        connection.execute(f"DELETE FROM {table}")
