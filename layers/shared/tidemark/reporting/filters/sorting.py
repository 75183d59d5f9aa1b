"""Sorting rows as Matomo does: numbers with a second column for ties, texts naturally, rows without value last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, Literal

from tidemark.model.table import LABEL, DataTable, Row
from tidemark.reporting.text import cell_text, is_numeric, number_of

Key = Callable[[Any], Any]
Kind = Literal["number", "text"]

FALLBACK_COLUMN = "nb_visits"
_DIGITS = re.compile(rb"([0-9]+)")


def sort_table(table: DataTable, column: str, *, is_descending: bool = True) -> None:
    """Sort the rows, and those of loaded subtables, by a column (nb_visits where the table lacks it).

    Numbers that tie are ordered by nb_visits in the same direction, or by label in the opposite one when sorted by
    nb_visits. The summary row stays last. Tables of one row of metrics stay as they are.
    Source: Matomo 5.2, generic parameters, filter_sort_order.
    """
    first = table.first_row
    if table.is_simple or not column or not table.rows or first is None:
        return
    primary = column if column in first.columns or FALLBACK_COLUMN not in first.columns else FALLBACK_COLUMN
    _sort_recursive(table, _Order(table, first, primary, is_descending=is_descending))


def natural_key(text: str) -> tuple[bytes | int, ...]:
    """A key under which texts with numbers sort as people expect, ASCII letters of both cases alike."""
    parts: list[bytes | int] = []
    pieces = _DIGITS.split(text.strip().encode("utf-8", "surrogatepass").upper())
    for index in range(0, len(pieces) - 1, 2):
        parts.append(pieces[index] + b"0")  # a number compares with letters as its digits do
        parts.append(int(pieces[index + 1][:4000]))
    parts.append(pieces[-1])
    return tuple(parts)


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

    def sorted(self, rows: Iterable[Row]) -> Iterator[Row]:
        with_value: list[Row] = []
        without_value: list[Row] = []
        for row in rows:
            value = row.columns.get(self.primary)
            is_missing = value is None or value is False or isinstance(value, dict | list)
            (without_value if is_missing else with_value).append(row)
        key = _column_key(self.primary, self.primary_kind)
        with_value.sort(key=key, reverse=self.is_descending)
        if self.primary_kind == "number" and self.secondary:
            for _, ties in groupby(with_value, key=key):
                yield from self._ordered_ties(list(ties))
        else:
            yield from with_value
        yield from self._ordered_ties(without_value)

    def _ordered_ties(self, rows: list[Row]) -> list[Row]:
        if len(rows) > 1 and self.secondary:
            key = _column_key(self.secondary, self.secondary_kind)
            rows.sort(key=key, reverse=self.is_secondary_descending)
        return rows


def _sort_recursive(table: DataTable, order: _Order) -> None:
    table.rows = list(order.sorted(table.rows))
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


def _column_key(column: str, kind: Kind) -> Key:
    if kind == "number":
        return lambda row: number_of(row.columns.get(column))
    return lambda row: natural_key(cell_text(row.columns.get(column)))
