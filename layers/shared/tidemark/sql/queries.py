"""The asking: one query, on an engine of its own that can reach nothing but the tables given to it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, Final

import duckdb

from tidemark.engine import connect
from tidemark.model.sql_query import SqlError, SqlLimits, SqlResult
from tidemark.sql.guard import used_by
from tidemark.sql.sources import LogFiles
from tidemark.stored_sql import sources_of, wanted_of, whole

ROWS_AT_ONCE: Final = 1000
MOST_ANSWER_CHARACTERS: Final = 4 << 20
"""Of all cells together: an answer has to fit into a function's."""


class LogQueries:
    """SQL over an instance's logs (SqlQueries)."""

    def __init__(self, files: LogFiles) -> None:
        self._files = files

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Names and logical types of a table's columns. Raises: SqlError."""
        return [(column.name, column.type) for column in self._files.columns_of(table)]

    def run(self, sql: str, sites: Sequence[int], first: date, last: date, limits: SqlLimits) -> SqlResult:
        """Answer one SELECT. Raises: SqlError."""
        until = time.monotonic() + limits.seconds
        with ExitStack() as stack:
            connection = stack.enter_context(connect(is_closed=True))
            try:
                with _interrupted_after(connection, limits.seconds):
                    total = 0
                    used = used_by(connection, sql)
                    wanted = {one: wanted_of(self._files.columns_of(one), used.names) for one in sorted(used.tables)}
                    for table in sorted({read for one in wanted.items() for read in sources_of(*one)}):
                        total += self._add(stack, connection, table, sites, first, last, limits)
                    for table, columns in wanted.items():
                        self._view(connection, table, columns, sites, first, last)
                    return _answer(connection.execute(sql), limits, total, until)
            except duckdb.InterruptException as error:
                raise SqlError(f"The query took more than {limits.seconds:g} seconds and was stopped.") from error
            except duckdb.OutOfMemoryException as error:
                raise SqlError(
                    "The query needs more memory than it may have: ask for fewer days or columns."
                ) from error
            except duckdb.Error as error:
                raise SqlError(f"The query failed: {error}") from error

    def _add(
        self,
        stack: ExitStack,
        connection: duckdb.DuckDBPyConnection,
        table: str,
        sites: Sequence[int],
        first: date,
        last: date,
        limits: SqlLimits,
    ) -> int:
        """Let a connection have what a table's files hold; how many bytes they have."""
        dataset, size = stack.enter_context(self._files.opened(table, sites, first, last, limits))
        connection.register(f"stored_{table}", dataset)
        return size

    def _view(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: str,
        wanted: Collection[str],
        sites: Sequence[int],
        first: date,
        last: date,
    ) -> None:
        """Let a connection have a table."""
        sources = {source: f"stored_{source}" for source in sources_of(table, wanted)}
        query = whole(table, self._files.columns_of(table), wanted, sources)
        if table != "hits":
            connection.execute(f"CREATE VIEW {table} AS {query}")
            return
        days = " OR ".join(
            f"(site = {site} AND server_time >= {start} AND server_time < {end})"
            for site, (start, end) in self._files.moments(sites, first, last).items()
        )
        connection.execute(f"CREATE VIEW asked_hits AS {query} WHERE {days or 'false'}")
        connection.execute("CREATE VIEW hits AS FROM asked_hits" + (_ONCE if _has_repetitions(connection) else ""))


_ONCE: Final = " QUALIFY row_number() OVER (PARTITION BY hit_id) = 1"
"""A hit that was delivered twice may stand in two files; both rows are equal."""


def _has_repetitions(connection: duckdb.DuckDBPyConnection) -> bool:
    [[repeats]] = connection.execute("SELECT count(*) > count(DISTINCT hit_id) FROM asked_hits").fetchall()
    return bool(repeats)


def _answer(cursor: duckdb.DuckDBPyConnection, limits: SqlLimits, total: int, until: float) -> SqlResult:
    rows: list[list[Any]] = []
    characters = 0
    while len(rows) <= limits.rows and (found := cursor.fetchmany(ROWS_AT_ONCE)):
        if time.monotonic() > until:
            raise duckdb.InterruptException
        some = [[_plain(cell) for cell in row] for row in found]
        rows += some
        characters += sum(len(str(cell)) for row in some for cell in row)
        if characters > MOST_ANSWER_CHARACTERS:
            raise SqlError("The answer is too large: ask for fewer rows or columns.")
    columns = [column[0] for column in cursor.description or ()]
    return SqlResult(columns, rows[: limits.rows], len(rows) > limits.rows, total)


def _plain(cell: Any) -> Any:  # noqa: PLR0911 - one per kind
    """A cell as JSON has it."""
    match cell:
        case Decimal():
            return int(cell) if cell == cell.to_integral_value() else float(cell)
        case float() if not math.isfinite(cell):
            return None
        case None | bool() | int() | float() | str():
            return cell
        case bytes() | bytearray() | memoryview():
            return bytes(cell).hex()
        case dict():
            return {str(key): _plain(value) for key, value in cell.items()}
        case list() | tuple():
            return [_plain(one) for one in cell]
        case _:  # dates, times, intervals, UUIDs
            return str(cell)


@contextmanager
def _interrupted_after(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Stop what a connection does if it takes longer than this."""
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
