"""SQL over the logs, as the reporting API and the console see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from tidemark.model.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

SQL_TABLES: Final = ("hits", "visits", "actions", "conversions", "items", "visitors")
"""The hit log, and the tables of the visit log."""


class SqlError(ApiError):
    """A query that may not run, that failed, or that asked for too much."""


@dataclass(frozen=True, slots=True)
class SqlLimits:
    """How much one query may take: seconds, rows of its answer, bytes of the log files that it reads."""

    seconds: float = 20.0
    rows: int = 10_000
    bytes_read: int = 2 << 30


@dataclass(frozen=True, slots=True)
class SqlResult:
    """An answer: column names, rows as Python values, whether there were more rows than allowed, and bytes of files read."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    is_cut: bool
    bytes_read: int


class SqlQueries(Protocol):
    """Read-only SQL over hits and visits of chosen sites and days."""

    def run(self, sql: str, sites: Sequence[int], first: date, last: date, limits: SqlLimits) -> SqlResult:
        """Answer one SELECT. The tables hold the days of `sites` from `first` to `last` (each site's local days).

        Raises: SqlError.
        """
        ...

    def columns(self, table: str) -> Sequence[tuple[str, str]]:
        """Names and logical types of a table's columns. Raises: SqlError, if there is no such table."""
        ...
