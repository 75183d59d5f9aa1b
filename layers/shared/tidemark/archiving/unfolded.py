"""Remembers the last report tables that were made of stored ones: making them anew costs more than all filters."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from tidemark.model.table import DataTable

REMEMBERED_ROWS = 50_000
"""About 100 MB of rows with thirty columns."""


class UnfoldedTables:
    """Tables by what they were made of; the least recently used make room. Everyone gets a copy of their own."""

    def __init__(self, remembered_rows: int = REMEMBERED_ROWS) -> None:
        self._room = remembered_rows
        self._tables: OrderedDict[Hashable, tuple[DataTable, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], DataTable]) -> DataTable:
        """A copy of the table of this key, which `make` gives if it is not remembered."""
        with self._lock:
            known = self._tables.get(key)
            if known is not None:
                self._tables.move_to_end(key)
        if known is not None:
            return known[0].copy()
        made = make()
        self._remember(key, made)
        return made.copy()

    def _remember(self, key: Hashable, table: DataTable) -> None:
        rows = _rows_of(table)
        with self._lock:
            if key in self._tables or rows > self._room + sum(held for _, held in self._tables.values()):
                return
            self._tables[key] = (table, rows)
            self._room -= rows
            while self._room < 0:
                _, (_, freed) = self._tables.popitem(last=False)
                self._room += freed


def _rows_of(table: DataTable) -> int:
    return len(table) + sum(_rows_of(below) for below in table.subtables())
