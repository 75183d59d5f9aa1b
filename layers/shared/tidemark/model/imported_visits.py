"""Visits that another product counted: a day's second source, beside its hits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from tidemark.model.daylog import LogTable
from tidemark.model.hit import Column


class ImportedVisits(Protocol):
    """Imported visits by site and local day. A day's visit log is made of its hits and of these.

    A day has one import at most: importing it again replaces what was imported before.
    """

    def columns(self, table: LogTable) -> tuple[Column, ...]:
        """The columns of a table of the visit log."""
        ...

    def put(self, idsite: int, day: date, tables: Mapping[LogTable, Any], source: str) -> bool:
        """Keep a day's visits, actions, conversions and items (pyarrow.Table); whether they differ from those before.

        `source` says what they were made from: who imports again may skip days whose source is the same.
        """
        ...

    def read(self, idsite: int, day: date) -> Mapping[LogTable, Any] | None:
        """A day's imported tables with all columns; None if nothing was imported."""
        ...

    def sources(self, idsite: int) -> Mapping[date, str]:
        """The imported days with their sources."""
        ...

    def forget(self, idsite: int, day: date) -> None:
        """Take a day's imported visits away."""
        ...
