"""One SQLite file with many readers and one writer at a time, whose commits are shared (group commit)."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from tidemark.stores.ports import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_FORMAT = 1
_BUSY_SECONDS = 60.0
_WAL_LIMIT_BYTES = 64 * 1024**2

Result = TypeVar("Result")
Work: TypeAlias = "Callable[[sqlite3.Connection], Result]"


class _Job(Generic[Result]):
    """One write on its way: what to do, and then its result or its error."""

    __slots__ = ("_error", "_result", "_work", "is_done")

    def __init__(self, work: Work[Result]) -> None:
        self._work = work
        self._result: Result
        self._error: BaseException | None = None
        self.is_done = False

    def run(self, connection: sqlite3.Connection) -> None:
        """Do the work inside the transaction; what it did is taken back if it fails."""
        connection.execute("SAVEPOINT job")
        try:
            self._result = self._work(connection)
        except Exception as error:  # whatever it is, it belongs to the thread that asked
            self._error = _unavailable(error) if isinstance(error, sqlite3.Error) else error
            if not connection.in_transaction:  # SQLite gave up the whole transaction: the disk is full, say
                raise
            connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")

    def finish(self, failure: BaseException | None) -> None:
        """The transaction is over; `failure` is why it was not committed."""
        if failure is not None:
            self._error = _unavailable(failure)
        self.is_done = True

    def outcome(self) -> Result:
        """The result, or the error raised."""
        if self._error is not None:
            raise self._error
        return self._result


class Database:
    """A SQLite file. `is_durable` decides whether a commit waits for the disk."""

    def __init__(self, path: Path, schema: str, *, is_durable: bool) -> None:
        self._path = path
        self._synchronous = "FULL" if is_durable else "OFF"
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self._waiting: list[_Job[Any]] = []
        self._waiting_lock = threading.Lock()
        self._turn = threading.Lock()
        self._writer = self._connect()
        self._writer.execute("PRAGMA journal_mode = WAL")
        self.write(lambda connection: _create(connection, schema, path))

    def write(self, work: Work[Result]) -> Result:
        """Do `work` in a transaction and return its result once that is committed.

        Threads that write at the same moment share one transaction: whoever comes to turn does the work of all who
        wait. So `work` may run in another thread, and must do nothing but execute SQL and compute.

        Raises: what `work` raises (nothing of it is written then); UnavailableError.
        """
        job = _Job(work)
        with self._waiting_lock:
            self._waiting.append(job)
        with self._turn:
            if not job.is_done:
                self._commit_waiting()
        return job.outcome()

    def execute(self, statement: str, rows: Iterable[Sequence[Any]] = ((),)) -> None:
        """Execute a statement once for each row of parameters, in one transaction.

        Raises: UnavailableError.
        """
        prepared = list(rows)
        self.write(lambda connection: connection.executemany(statement, prepared).close())

    def read(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, which sees every write that was acknowledged.

        Raises: UnavailableError.
        """
        with self._reader() as connection:
            return connection.execute(statement, parameters).fetchall()

    def close(self) -> None:
        """Wait for writes under way, then close."""
        with self._turn, self._idle_lock:
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()

    def _commit_waiting(self) -> None:
        jobs: list[_Job[Any]] = []
        failure: BaseException | None = None
        try:
            with self._waiting_lock:
                jobs, self._waiting = self._waiting, jobs
            self._writer.execute("BEGIN IMMEDIATE")
            for job in jobs:
                job.run(self._writer)
            self._writer.execute("COMMIT")
        except BaseException as error:
            failure = error
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            if not isinstance(error, sqlite3.Error):
                raise
        finally:
            for job in jobs:
                job.finish(failure)

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        with self._idle_lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        except sqlite3.Error as error:
            raise UnavailableError(f"not read: {error}") from error
        finally:
            with self._idle_lock:
                self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT_BYTES}")
        return connection


def _unavailable(cause: BaseException) -> UnavailableError:
    error = UnavailableError(f"not written: {cause}")
    error.__cause__ = cause
    return error


def _create(connection: sqlite3.Connection, schema: str, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in (0, _FORMAT):
        raise UnavailableError(f"{path} is of format {version}; this version of Tidemark knows format {_FORMAT}")
    connection.execute(f"PRAGMA user_version = {_FORMAT}")
    for statement in schema.split(";"):
        if statement.strip():
            connection.execute(statement)
