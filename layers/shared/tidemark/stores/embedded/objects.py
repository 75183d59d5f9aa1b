"""Objects as files, with an index in SQLite that says which file is an object's present content.

A file is written under a name of its own, synced, and only then entered in the index, which is atomic and ordered and
knows the etags. So a reader sees the old content or the new, and a crash leaves at worst a file without an entry.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from tidemark.stores.keys import check_object_key, check_range, content_bytes, file_names, prefix_end
from tidemark.stores.ports import (
    InvalidRangeError,
    NotFoundError,
    ObjectInfo,
    PreconditionFailedError,
    StoredObject,
    UnavailableError,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from tidemark.clock import Clock
    from tidemark.stores.embedded.database import Database
    from tidemark.stores.ports import Content

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    key TEXT PRIMARY KEY, path TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS discarded (path TEXT PRIMARY KEY, since REAL NOT NULL)
"""

_KEEP_DISCARDED_SECONDS = 300.0
_PAGE_OBJECTS = 1000
_KEYS_AT_ONCE = 500
_CHUNK_BYTES = 1024**2
_INFO = "key, size, etag, modified"


class FileObjects:
    """Objects below a directory. A file that is no longer any object's content stays for a while for its readers."""

    def __init__(self, database: Database, directory: Path, clock: Clock, *, is_durable: bool) -> None:
        self._database = database
        self._directory = directory
        self._clock = clock
        self._is_durable = is_durable
        self._reading_since: dict[int, float] = {}
        self._readers = count()
        self._readers_lock = threading.Lock()
        self._sweep()

    def put(self, key: str, data: Content, *, if_absent: bool = False, if_match: str | None = None) -> str:
        """As the port says."""
        check_object_key(key)
        size = content_bytes(data)
        try:
            path, etag = self._write_file(key, data)
        except OSError as error:
            raise UnavailableError(f"object {key!r} was not written: {error}") from error
        entry = (key, path, size, etag, self._clock.now())
        publish = partial(_publish, entry=entry, if_absent=if_absent, if_match=if_match)
        try:
            has_replaced = self._database.write(publish)
        except PreconditionFailedError:
            (self._directory / path).unlink(missing_ok=True)
            raise
        if has_replaced:
            self._sweep()
        return etag

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> StoredObject:
        """As the port says."""
        check_object_key(key)
        check_range(start, length)
        with self.local_files([key]) as (path,), _opened(path) as file:
            if (start or length is not None) and start >= os.fstat(file.fileno()).st_size:
                raise InvalidRangeError(f"object {key!r} has no byte {start}")
            file.seek(start)
            return StoredObject(file.read(-1 if length is None else length), _etag_in(path))

    def get_if_changed(self, key: str, etag: str | None) -> StoredObject | None:
        """As the port says."""
        info = self.head(key)
        if info is None:
            raise NotFoundError(f"no object {key!r}")
        return None if info.etag == etag else self.get(key)

    def head(self, key: str) -> ObjectInfo | None:
        """As the port says."""
        check_object_key(key)
        rows = self._database.read(f"SELECT {_INFO} FROM object WHERE key = ?", (key,))
        return ObjectInfo(*rows[0]) if rows else None

    def delete(self, keys: Sequence[str]) -> None:
        """As the port says."""
        for key in keys:
            check_object_key(key)
        self._database.write(partial(_unpublish, keys=keys, now=self._clock.now()))
        self._sweep()

    def listing(self, prefix: str, *, start_after: str | None = None) -> Iterator[ObjectInfo]:
        """As the port says."""
        end = prefix_end(prefix)
        where = "key >= ? AND key > ?" + (" AND key < ?" if end is not None else "")
        last = start_after or ""
        while True:
            parameters = [prefix, last, *([end] if end is not None else []), _PAGE_OBJECTS]
            rows = self._database.read(f"SELECT {_INFO} FROM object WHERE {where} ORDER BY key LIMIT ?", parameters)
            yield from (ObjectInfo(*row) for row in rows)
            if len(rows) < _PAGE_OBJECTS:
                return
            last = rows[-1][0]

    @contextmanager
    def local_files(self, keys: Sequence[str]) -> Iterator[list[str]]:
        """As the port says."""
        for key in keys:
            check_object_key(key)
        with self._readers_lock:
            reader = next(self._readers)
            self._reading_since[reader] = self._clock.now()
        try:
            yield self._paths(keys)
        finally:
            with self._readers_lock:
                del self._reading_since[reader]

    def _paths(self, keys: Sequence[str]) -> list[str]:
        paths: dict[str, str] = {}
        for first in range(0, len(keys), _KEYS_AT_ONCE):
            part = keys[first : first + _KEYS_AT_ONCE]
            places = ", ".join("?" for _ in part)
            rows = self._database.read(f"SELECT key, path FROM object WHERE key IN ({places})", part)
            paths.update((key, path) for key, path in rows)
        missing = [key for key in keys if key not in paths]
        if missing:
            raise NotFoundError(f"no object {missing[0]!r}")
        return [str(self._directory / paths[key]) for key in keys]

    def _write_file(self, key: str, data: Content) -> tuple[str, str]:
        """(path below the directory, etag) of a new file with the content."""
        *folders, name = file_names(key)
        folder = self._directory.joinpath(*folders)
        temporary = folder / f".{secrets.token_hex(8)}"
        self._make(folder)
        try:
            with temporary.open("xb") as file:
                etag = _copy(data, file)
                if self._is_durable:
                    file.flush()
                    os.fsync(file.fileno())
            path = folder / f"{etag}{temporary.name}-{name}"
            temporary.rename(path)
        finally:
            temporary.unlink(missing_ok=True)
        if self._is_durable:
            _sync_directory(folder)
        return str(path.relative_to(self._directory)), etag

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        if self._is_durable:
            _sync_directory(folder.parent)

    def _sweep(self) -> None:
        """Delete files that were replaced or deleted long enough ago, and before anyone now reading began."""
        with self._readers_lock:
            before = min([self._clock.now() - _KEEP_DISCARDED_SECONDS, *self._reading_since.values()])
        rows = self._database.read("SELECT path FROM discarded WHERE since < ? LIMIT ?", (before, _PAGE_OBJECTS))
        for (path,) in rows:
            (self._directory / path).unlink(missing_ok=True)
        if rows:
            self._database.execute("DELETE FROM discarded WHERE path = ?", rows)


def _publish(
    connection: sqlite3.Connection,
    entry: tuple[str, str, int, str, float],
    *,
    if_absent: bool,
    if_match: str | None,
) -> bool:
    """Enter new content in the index; whether it replaced other content.

    Raises: PreconditionFailedError.
    """
    key, *_, modified = entry
    row = connection.execute("SELECT path, etag FROM object WHERE key = ?", (key,)).fetchone()
    if if_absent and row is not None:
        raise PreconditionFailedError(f"object {key!r} exists already")
    if if_match is not None and (row is None or row[1] != if_match):
        raise PreconditionFailedError(f"object {key!r} is not of version {if_match}")
    if row is not None:
        connection.execute("INSERT INTO discarded (path, since) VALUES (?, ?)", (row[0], modified))
    connection.execute("INSERT OR REPLACE INTO object (key, path, size, etag, modified) VALUES (?, ?, ?, ?, ?)", entry)
    return row is not None


def _unpublish(connection: sqlite3.Connection, keys: Sequence[str], now: float) -> None:
    for key in keys:
        row = connection.execute("DELETE FROM object WHERE key = ? RETURNING path", (key,)).fetchone()
        if row is not None:
            connection.execute("INSERT INTO discarded (path, since) VALUES (?, ?)", (row[0], now))


def _copy(data: Content, file: BinaryIO) -> str:
    """Write the content and give its hash."""
    digest = hashlib.blake2b(digest_size=16)
    if isinstance(data, bytes | bytearray | memoryview):
        digest.update(data)
        file.write(data)
        return digest.hexdigest()
    with data.open("rb") as source:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _opened(path: str) -> BinaryIO:
    try:
        return open(path, "rb")  # noqa: PTH123  the path is text, and the caller closes the file
    except FileNotFoundError as error:
        raise NotFoundError(f"the file of an object is gone: {path}") from error


def _etag_in(path: str) -> str:
    return os.path.basename(path).partition(".")[0]  # noqa: PTH119  the path is text


def _sync_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
