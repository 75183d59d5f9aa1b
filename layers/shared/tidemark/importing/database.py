"""A Matomo database behind a driver of the Python database API, read only.

Source: Matomo 5.2, database schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

TEXTS_AT_ONCE: Final = 2000
ROWS_AT_ONCE: Final = 10_000
REMEMBERED_TEXTS: Final = 1_000_000

Row = dict[str, Any]


class Cursor(Protocol):
    """The part of the Python database API that is used."""

    description: Any

    def execute(self, query: str, args: Sequence[Any] = ...) -> Any: ...

    def fetchmany(self, size: int) -> Any: ...

    def close(self) -> Any: ...


class Connection(Protocol):
    """An open connection."""

    def cursor(self) -> Cursor: ...


class NotMatomoError(Exception):
    """The database has no tables of Matomo under this prefix."""


class Text(tuple[str, int, int | None]):
    """An entry of the dictionary: text, type, number of the address's beginning."""

    __slots__ = ()


class MatomoDatabase:
    """Rows of the tables with a prefix. Columns that this Matomo does not have are left out."""

    def __init__(self, connection: Connection, prefix: str, long_reads: Connection | None = None) -> None:
        """`long_reads`: a connection of its own for results that are fetched bit by bit. Raises: NotMatomoError."""
        self._connection = connection
        self._long_reads = long_reads or connection
        self._prefix = prefix
        self._columns: dict[str, list[str]] = {}
        self._texts: dict[int, Text] = {}
        if not self.columns("log_visit") or not self.columns("site"):
            raise NotMatomoError(f"there are no tables {prefix}log_visit and {prefix}site")

    def columns(self, table: str) -> list[str]:
        """The columns of a table; empty if there is none."""
        if table not in self._columns:
            query = (
                "SELECT COLUMN_NAME FROM information_schema.COLUMNS "
                "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s ORDER BY ORDINAL_POSITION"
            )
            self._columns[table] = [str(row["COLUMN_NAME"]) for row in self._rows(query, [self._prefix + table])]
        return self._columns[table]

    def rows(self, table: str, where: str = "1", values: Sequence[Any] = (), order: str = "") -> Iterator[Row]:
        """Whole rows of a table."""
        for rows in self._batches(self._connection, self._selecting(table, where, order), values):
            yield from rows

    def batches(self, table: str, where: str, values: Sequence[Any], order: str) -> Iterator[list[Row]]:
        """The same, some thousands at once, none of which is asked for before the last ones were taken."""
        return self._batches(self._long_reads, self._selecting(table, where, order), values)

    def _selecting(self, table: str, where: str, order: str) -> str:
        """The query for whole rows; empty if there is no such table."""
        names = ", ".join(f"`{name}`" for name in self.columns(table))
        ordered = f" ORDER BY {order}" if order else ""
        return f"SELECT {names} FROM `{self._prefix}{table}` WHERE {where}{ordered}" if names else ""

    def aggregate(self, table: str, what: str, where: str, values: Sequence[Any]) -> Row:
        """One row of aggregates."""
        return next(self._rows(f"SELECT {what} FROM `{self._prefix}{table}` WHERE {where}", values))

    def archive_tables(self, kind: str) -> list[str]:
        """Names without prefix of archive_numeric_… or archive_blob_… tables."""
        query = (
            "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE %s"
        )
        pattern = f"{self._prefix}archive_{kind}_%".replace("_", r"\_")
        return sorted(str(row["TABLE_NAME"])[len(self._prefix) :] for row in self._rows(query, [pattern]))

    def texts(self, numbers: set[int]) -> Mapping[int, Text]:
        """Entries of the dictionary by their numbers; those that there are not are missing."""
        if len(self._texts) > REMEMBERED_TEXTS:
            self._texts.clear()
        missing = sorted(number for number in numbers if number not in self._texts)
        for start in range(0, len(missing), TEXTS_AT_ONCE):
            some = missing[start : start + TEXTS_AT_ONCE]
            marks = ", ".join(["%s"] * len(some))
            for row in self.rows("log_action", f"idaction IN ({marks})", some):
                self._texts[row["idaction"]] = Text((row["name"] or "", row["type"] or 0, row.get("url_prefix")))
        return self._texts

    def _rows(self, query: str, values: Sequence[Any]) -> Iterator[Row]:
        for rows in self._batches(self._connection, query, values):
            yield from rows

    @staticmethod
    def _batches(connection: Connection, query: str, values: Sequence[Any]) -> Iterator[list[Row]]:
        if not query:
            return
        cursor = connection.cursor()
        try:
            cursor.execute(query, list(values))
            names = [one[0] for one in cursor.description]
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield [dict(zip(names, row, strict=True)) for row in rows]
        finally:
            cursor.close()
