"""Sorting rows as Matomo does: numbers with a second column for ties, texts naturally, rows without value last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal

from tidemark.model.natural_order import natural_key
from tidemark.model.table import LABEL, DataTable, Row
from tidemark.reporting.text import cell_text, is_numeric, number_of

Key = Callable[[Any], Any]
Kind = Literal["number", "text"]

FALLBACK_COLUMN = "nb_visits"
_FIRST = itemgetter(0)


def sort_table(table: DataTable, column: str, *, is_descending: bool = True, window: int | None = None) -> None:
    """Sort the rows, and those of loaded subtables, by a column (nb_visits where the table lacks it).

    With a ``window``, ties behind the first so many rows may stay as they come, because those rows will be cut.

    Numbers that tie are ordered by nb_visits in the same direction, or by label in the opposite one when sorted by
    nb_visits. The summary row stays last. Tables of one row of metrics stay as they are.
    Source: Matomo 5.2, generic parameters, filter_sort_order.
    """
    first = table.first_row
    if table.is_simple or not column or not table.rows or first is None:
        return
    primary = column if column in first.columns or FALLBACK_COLUMN not in first.columns else FALLBACK_COLUMN
    _sort_recursive(table, _Order(table, first, primary, is_descending=is_descending), window)


class _Order:
    """How one table and its subtables are sorted; kinds of values are those of the first table."""

    __slots__ = ("is_descending", "is_secondary_descending", "primary", "primary_kind", "secondary", "secondary_kind")

    def __init__(self, table: DataTable, first: Row, primary: str, *, is_descending: bool) -> None:
        self.primary = primary
        self.is_descending = is_descending
        self.primary_kind = _kind(table, primary)
        self.secondary = _secondary_column(first, primary)
        self.secondary_kind: Kind = _kind(table, self.secondary) if self.secondary else "text"
        self.is_secondary_descending = is_descending != (self.secondary == LABEL)

    def sorted(self, rows: Iterable[Row], window: int | None) -> Iterator[Row]:
        with_value: list[tuple[Any, Row]] = []
        without_value: list[Row] = []
        key = _value_key(self.primary_kind)
        for row in rows:
            value = row.columns.get(self.primary)
            if value is None or value is False or isinstance(value, dict | list):
                without_value.append(row)
            else:
                with_value.append((value if type(value) is int else key(value), row))
        with_value.sort(key=_FIRST, reverse=self.is_descending)
        if self.primary_kind == "number" and self.secondary:
            ordered_count = 0
            for _, group in groupby(with_value, key=_FIRST):
                ties = [row for _, row in group]
                is_cut = window is not None and ordered_count >= window
                yield from ties if is_cut else self._ordered_ties(ties)
                ordered_count += len(ties)
        else:
            yield from (row for _, row in with_value)
        yield from self._ordered_ties(without_value)

    def _ordered_ties(self, rows: list[Row]) -> list[Row]:
        if len(rows) > 1 and self.secondary:
            key, column = _value_key(self.secondary_kind), self.secondary
            rows.sort(key=lambda row: key(row.columns.get(column)), reverse=self.is_secondary_descending)
        return rows


def _sort_recursive(table: DataTable, order: _Order, window: int | None = None) -> None:
    table.rows = list(order.sorted(table.rows, window))
    for row in table.rows:
        if row.subtable is not None:
            _sort_recursive(row.subtable, order)


def _secondary_column(first: Row, primary: str) -> str:
    candidates = (LABEL,) if primary == FALLBACK_COLUMN else (FALLBACK_COLUMN, LABEL)
    return next((name for name in candidates if name in first.columns and name != primary), "")


def _kind(table: DataTable, column: str) -> Kind:
    if column == LABEL:
        return "text"
    for row in table.rows:
        value = row.columns.get(column)
        if value is not None and value is not False and not isinstance(value, dict | list):
            return "number" if not isinstance(value, str) or is_numeric(value) else "text"
    return "text"


def _value_key(kind: Kind) -> Key:
    if kind == "number":
        return number_of
    return lambda value: natural_key(cell_text(value))
