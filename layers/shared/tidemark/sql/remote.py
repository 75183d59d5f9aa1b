"""The asking elsewhere: the same queries on an engine that reads the object store itself (Athena)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol, cast

from tidemark.engine import connect
from tidemark.model.daylog import LogTable
from tidemark.model.sql_query import SqlError, SqlLimits, SqlResult
from tidemark.sql.guard import used_by
from tidemark.sql.sources import LogFiles
from tidemark.stored_sql import LOG_FILE, sources_of, wanted_of, whole

MOST_BYTES: Final = 250_000
"""Of a statement; Athena takes 262,144."""
_WITH: Final = re.compile(r"^(?:\s|--[^\n]*\n|/\*.*?\*/)*WITH\s+(RECURSIVE\s+)?", re.IGNORECASE | re.DOTALL)
"""How a query begins that has tables of its own."""


class RemoteEngine(Protocol):
    """Runs one statement and waits for its answer."""

    def run(self, statement: str, limits: SqlLimits) -> SqlResult:
        """The answer. Raises: SqlError."""
        ...


@dataclass(frozen=True, slots=True)
class RemoteQueries:
    """SQL over an instance's logs (SqlQueries); `address` is where the object store's keys begin: s3://bucket/."""

    engine: RemoteEngine
    files: LogFiles
    database: str
    address: str

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Names and logical types of a table's columns. Raises: SqlError."""
        return [(column.name, column.type) for column in self.files.columns_of(table)]

    def run(self, sql: str, sites: Sequence[int], first: date, last: date, limits: SqlLimits) -> SqlResult:
        """Answer one SELECT. Raises: SqlError."""
        with connect(is_closed=True) as parser:
            used = used_by(parser, sql)
        sources = {table: self._source(table, used.names, sites, first, last) for table in sorted(used.tables)}
        statement = with_tables(sql, sources)
        if len(statement.encode()) > MOST_BYTES:
            raise SqlError("These are too many days or sites for one query: ask for fewer.")
        return self.engine.run(statement, limits)

    def _source(self, table: str, names: Collection[str] | None, sites: Sequence[int], first: date, last: date) -> str:
        """The table of those days: present files only, each hit once."""
        columns = self.files.columns_of(table)
        wanted = wanted_of(columns, names)
        of_sites = f"site IN ({', '.join(map(str, sites)) or 'NULL'})"
        if table != "hits":
            stored = {one: self._stored(cast("LogTable", one), sites, first, last) for one in sources_of(table, wanted)}
            return whole(table, columns, wanted, stored)
        names_sql = ", ".join(f'"{column.name}"' for column in columns)
        moments = self.files.moments(sites, first, last)
        days = [datetime.fromtimestamp(at, UTC).date() for start, end in moments.values() for at in (start, end - 1)]
        times = " OR ".join(
            f"(site = {site} AND server_time >= {start} AND server_time < {end})"
            for site, (start, end) in moments.items()
        )
        return (
            f"SELECT {names_sql} FROM (SELECT *, row_number() OVER (PARTITION BY site, hit_id) AS copy FROM "
            f"({whole(table, columns, wanted, {table: self._table(table)})} WHERE {of_sites} AND \"date\" BETWEEN '{min(days, default=first)}' AND '{max(days, default=last)}' "
            f"AND ({times or 'false'}))) WHERE copy = 1"
        )

    def _stored(self, table: LogTable, sites: Sequence[int], first: date, last: date) -> str:
        """What present files of a visit log's table hold, with their names."""
        paths = ", ".join(f"'{self.address}{key}'" for key in self._keys(table, sites, first, last))
        return (
            f"(SELECT *, regexp_extract(\"$path\", '[^/]+$') AS {LOG_FILE.name} FROM {self._table(table)} "
            f"WHERE site IN ({', '.join(map(str, sites)) or 'NULL'}) AND \"date\" BETWEEN '{first}' AND '{last}' "
            f'AND "$path" IN ({paths or "NULL"}))'
        )

    def _table(self, table: str) -> str:
        return f'"{self.database}"."{table}"'

    def _keys(self, table: LogTable, sites: Sequence[int], first: date, last: date) -> list[str]:
        days = (day for site in sites for day in self.files.logs.days(site, first, last))
        return [key for day in days for key in day.all_keys.get(table, ())]


def with_tables(sql: str, sources: Mapping[str, str]) -> str:
    """The query, with tables of these names before all that it names itself."""
    query = sql.strip().removesuffix(";")
    given = ", ".join(f"{name} AS ({source})" for name, source in sources.items())
    if not given:
        return query
    own = _WITH.match(query)
    if own is None:
        return f"WITH {given} {query}"
    return f"WITH {own[1] or ''}{given}, {query[own.end() :]}"


def typed(text: str | None, kind: str) -> Any:
    """A cell that an engine answers as text, by the name of its SQL type."""
    if text is None:
        return None
    match kind:
        case "tinyint" | "smallint" | "integer" | "bigint":
            return int(text)
        case "double" | "float" | "real" | "decimal":
            number = float(text)
            return number if number == number and abs(number) != float("inf") else None  # noqa: PLR0124 - not a number
        case "boolean":
            return text == "true"
    return text
