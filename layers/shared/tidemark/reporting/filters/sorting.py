"""Sorting rows as Matomo does: numbers with a second column for ties, texts naturally, rows without value last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Literal

from tidemark.model.columns import picked
from tidemark.model.natural_order import natural_key
from tidemark.model.table import LABEL, DataTable
from tidemark.reporting.text import cell_text, is_numeric, number_of

Key = Callable[[Any], Any]
Kind = Literal["number", "text"]

FALLBACK_COLUMN = "nb_visits"
_NUMBERS = frozenset({int, float})


def sort_table(table: DataTable, column: str, *, is_descending: bool = True, window: int | None = None) -> None:
    """Sort the rows, and those of loaded subtables, by a column (nb_visits where the table lacks it).

    With a ``window``, ties behind the first so many rows may stay as they come, because those rows will be cut.

    Numbers that tie are ordered by nb_visits in the same direction, or by label in the opposite one when sorted by
    nb_visits. The summary row stays last. Tables of one row of metrics stay as they are.
    Source: Matomo 5.2, generic parameters, filter_sort_order.
    """
    if table.is_simple or not column or not table.row_count:
        return
    is_found = table.first_has(column) or not table.first_has(FALLBACK_COLUMN)
    primary = column if is_found else FALLBACK_COLUMN
    _sort_recursive(table, _Order(table, primary, is_descending=is_descending), window)


class _Order:
    """How one table and its subtables are sorted; kinds of values are those of the first table."""

    __slots__ = ("is_descending", "is_secondary_descending", "primary", "primary_kind", "secondary", "secondary_kind")

    def __init__(self, table: DataTable, primary: str, *, is_descending: bool) -> None:
        self.primary = primary
        self.is_descending = is_descending
        self.primary_kind = _kind(table, primary)
        self.secondary = _secondary_column(table, primary)
        self.secondary_kind: Kind = _kind(table, self.secondary) if self.secondary else "text"
        self.is_secondary_descending = is_descending != (self.secondary == LABEL)

    def positions(self, table: DataTable, window: int | None) -> list[int]:
        """The positions of a table's rows in the order in which they shall stand."""
        cells = table.cells(self.primary)
        second = self._second(table) if self.secondary else []
        if second and _are_numbers(cells) and _are_numbers(second):
            ordered = sorted(range(len(cells)), key=second.__getitem__, reverse=self.is_secondary_descending)
            ordered.sort(key=cells.__getitem__, reverse=self.is_descending)  # ties stay as the second column has them
            return ordered
        return list(self._positions(cells, second, window))

    def _positions(self, cells: list[Any], second: list[Any], window: int | None) -> Iterator[int]:
        """The same where cells are not all numbers, or ties are ordered by texts."""
        keys, without_value = self._keys(cells)
        with_value = range(len(cells)) if not without_value else list(keys)
        ordered = sorted(with_value, key=keys.__getitem__, reverse=self.is_descending)
        if self.primary_kind == "number" and self.secondary:
            done = 0
            for _, group in groupby(ordered, key=keys.__getitem__):
                if window is not None and done >= window:
                    break
                ties = list(group)
                yield from self._ordered_ties(ties, second)
                done += len(ties)
            yield from ordered[done:]
        else:
            yield from ordered
        yield from self._ordered_ties(without_value, second)

    def _second(self, table: DataTable) -> list[Any]:
        """The cells that order ties; the ranks of texts instead, where they are worth remembering."""
        rows = table.parts()[:1]
        if self.secondary_kind == "text" and rows and rows[0].is_worth_remembering([self.secondary]):
            return rows[0].remembered([self.secondary], _ranks, _ranks)
        return table.cells(self.secondary)

    def _keys(self, cells: list[Any]) -> tuple[list[Any] | dict[int, Any], list[int]]:
        """What cells are sorted by, by position, and the positions of those without value."""
        if self.primary_kind == "number" and _are_numbers(cells):
            return cells, []
        key = _value_key(self.primary_kind)
        without_value = [place for place, cell in enumerate(cells) if _is_nothing(cell)]
        keys = {place: key(cell) for place, cell in enumerate(cells) if not _is_nothing(cell)}
        return keys, without_value

    def _ordered_ties(self, places: list[int], second: list[Any]) -> list[int]:
        if len(places) > 1 and self.secondary:
            cells = picked(second, places)
            are_texts = self.secondary_kind == "text" and set(map(type, cells)) == {str}
            key = natural_key if are_texts else _value_key(self.secondary_kind)
            keys = dict(zip(places, map(key, cells), strict=True))
            places.sort(key=keys.__getitem__, reverse=self.is_secondary_descending)
        return places


def _sort_recursive(table: DataTable, order: _Order, window: int | None = None) -> None:
    table.pick(order.positions(table, window))
    for below in table.subtables():
        _sort_recursive(below, order)


def _secondary_column(table: DataTable, primary: str) -> str:
    candidates = (LABEL,) if primary == FALLBACK_COLUMN else (FALLBACK_COLUMN, LABEL)
    return next((name for name in candidates if name != primary and table.first_has(name)), "")


def _kind(table: DataTable, column: str) -> Kind:
    if column == LABEL:
        return "text"
    value = next((cell for cell in table.cells(column) if not _is_nothing(cell)), "")
    return "number" if not isinstance(value, str) or is_numeric(value) else "text"


def _ranks(texts: list[Any]) -> list[int]:
    """The place of every text in natural order, the same for those that are equal in it."""
    keys = list(map(_value_key("text"), texts))
    ranks = {key: place for place, key in enumerate(sorted(set(keys)))}
    return [ranks[key] for key in keys]


def _are_numbers(cells: list[Any]) -> bool:
    return set(map(type, cells)) <= _NUMBERS


def _is_nothing(cell: Any) -> bool:
    return cell is None or cell is False or isinstance(cell, dict | list)


def _value_key(kind: Kind) -> Key:
    if kind == "number":
        return number_of
    return lambda value: natural_key(value if type(value) is str else cell_text(value))
