"""Stored tables as report tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving import labels
from tidemark.archiving.appearance import in_order, later_columns
from tidemark.archiving.merging import IDGOAL
from tidemark.archiving.numbers import REAL
from tidemark.archiving.shapes import GOALS, METRIC, TEXT
from tidemark.archiving.tables import ANCHOR
from tidemark.archiving.tree import LABEL, PARENT
from tidemark.model.columns import ABSENT, Cells, Columns, StoredColumns, absent_for_none
from tidemark.model.table import SUMMARY_LABEL, DataTable, Row

NB_VISITS = "nb_visits"
EXACT_BELOW = 1e9
"""Numbers below it are exact as so many of the smallest that is stored, in 64 bits and in a double."""
_NARROW = pa.decimal128(18, REAL.scale)
_UNITS = pa.scalar(10**REAL.scale, pa.decimal128(REAL.scale + 1, 0))
COLUMNAR_FROM = 100
"""Tables with fewer rows, subtables included, are made of rows at once: columns pay off where rows are left out.

Larger ones have the columns of all rows in one order."""


class StoredTree:
    """A stored table with its subtables, numbered from 1 in the order of their parent rows; the main table is 0."""

    def __init__(
        self, stored: pa.Table, folder_text: tuple[str, str] | None, columnar_from: int = COLUMNAR_FROM
    ) -> None:
        """`folder_text`: name and separator of the metadata that rows with subtables get from their labels."""
        self._stored = stored
        self._columnar_from = columnar_from
        self._folder_text = folder_text
        runs = pc.run_end_encode(stored[PARENT].combine_chunks(), run_end_type=pa.int64())
        self._ends: list[int] = runs.run_ends.to_pylist()
        self._parents: list[int | None] = runs.values.to_pylist()
        self._subtables = {row: number for number, row in enumerate(self._parents) if row is not None}

    def table(self, number: int, *, levels: int) -> DataTable:
        """A table with so many levels loaded, itself included; one that does not exist is empty."""
        if not 0 <= number < len(self._ends):
            return DataTable()
        start, end = self._run(number)
        first, last = (start, end) if levels == 1 else (0, self._stored.num_rows)
        if last - first >= self._columnar_from:
            shown = self._stored.slice(first, last - first)
            columns = _columns(shown)
            if columns is not None:
                texts = {name: _texts(shown, name) for name in shown.column_names if name.startswith(TEXT)}
                return self._columnar(number, levels, _Stored(columns, texts, first))
        return self._of_rows(number, levels)

    def _run(self, number: int) -> tuple[int, int]:
        """Where the rows of a table begin and end."""
        return (self._ends[number - 1] if number else 0), self._ends[number]

    def _columnar(self, number: int, levels: int, stored: _Stored) -> DataTable:
        """A table and its loaded subtables as columns that share what is stored."""
        start, end = self._run(number)
        has_others = self._is_others(end - 1)
        table = DataTable()
        rows = self._shown(range(start, end - has_others), number, levels, stored)
        table.hold(rows, self._shown(range(end - 1, end), number, levels, stored) if has_others else None)
        return table

    def _shown(self, rows: range, number: int, levels: int, stored: _Stored) -> Columns:
        index = range(rows.start - stored.first, rows.stop - stored.first)
        slots = [(name[len(TEXT) :], cells[index.start : index.stop]) for name, cells in stored.texts.items()]
        columns = Columns(stored.columns, index, slots)
        ids = [self._subtables.get(row) for row in rows]
        if any(found is not None for found in ids):
            columns.subtable_ids = ids
            if self._folder_text is not None:
                name, _ = self._folder_text
                prefix = self._prefix(self._parents[number])
                named = zip(ids, columns.cells(LABEL), strict=True)
                columns.put_metadata(name, [ABSENT if found is None else f"{prefix}{label}" for found, label in named])
            if levels > 1:
                columns.subtables = [
                    None if found is None else self._columnar(found, levels - 1, stored) for found in ids
                ]
        return columns

    def _of_rows(self, number: int, levels: int) -> DataTable:
        start, end = self._run(number)
        prefix = self._prefix(self._parents[number])
        table = DataTable()
        for index, row in enumerate(_rows(self._stored.slice(start, end - start)), start):
            self._link(row, index, levels, prefix)
            if row.label == SUMMARY_LABEL and self._is_others(index):
                table.summary_row = row
            else:
                table.rows.append(row)
        return table

    def _link(self, row: Row, index: int, levels: int, prefix: str) -> None:
        subtable = self._subtables.get(index)
        if subtable is None:
            return
        row.subtable_id = subtable
        if self._folder_text is not None:
            row.metadata[self._folder_text[0]] = f"{prefix}{row.label}"
        if levels > 1:
            row.subtable = self._of_rows(subtable, levels - 1)

    def _prefix(self, row: int | None) -> str:
        """The labels from the main table down to a row, each followed by the separator."""
        if self._folder_text is None:
            return ""
        above: list[str] = []
        while row is not None:
            above.append(f"{labels.label_of(self._stored[LABEL][row].as_py())}{self._folder_text[1]}")
            row = self._stored[PARENT][row].as_py()
        return "".join(reversed(above))

    def _is_others(self, index: int) -> bool:
        written: str = self._stored[LABEL][index].as_py()
        return written == labels.OTHERS


@dataclass(frozen=True, slots=True)
class _Stored:
    """Columns and texts of stored rows from number `first` on."""

    columns: StoredColumns
    texts: dict[str, Cells]
    first: int


def _columns(stored: pa.Table) -> StoredColumns | None:
    """The rows' columns, None if they do not have them in one order."""
    cells = _cells(stored)
    if GOALS in cells and _has_missing_visits(cells):
        return None
    return StoredColumns(cells, stored.num_rows)


def _has_missing_visits(cells: dict[str, Cells]) -> bool:
    """Whether there are rows that only conversions made, which tell last that they have no visits."""
    names = list(cells)
    if names[1] != NB_VISITS:
        return False
    between = names[2 : names.index(GOALS)]
    return any(
        goals is not ABSENT
        and not visits
        and visits is not ABSENT
        and all(cells[name][row] is ABSENT for name in between)
        for row, (visits, goals) in enumerate(zip(cells[NB_VISITS], cells[GOALS], strict=True))
    )


def _rows(stored: pa.Table) -> list[Row]:
    """The rows with columns and texts; a column is missing where its value is."""
    count = stored.num_rows
    found: list[dict[str, Any]] = [{} for _ in range(count)]
    texts: list[dict[str, Any]] = [{} for _ in range(count)]
    for name, cells in _cells(stored).items():
        _put(found, name, cells)
    for name in stored.column_names:
        if name.startswith(TEXT):
            _put(texts, name[len(TEXT) :], _texts(stored, name))
    if GOALS in stored.column_names:
        for columns in found:
            _put_missing_visits_last(columns)
    later = later_columns(stored)
    if later:
        found = [in_order(columns, later, row) for row, columns in enumerate(found)]
    return [Row(columns, metadata) for columns, metadata in zip(found, texts, strict=True)]


def _cells(stored: pa.Table) -> dict[str, Cells]:
    """Label, metrics and goals in the order of a row, ABSENT where the row lacks them."""
    found: dict[str, Cells] = {LABEL: _labels(stored[LABEL])}
    for field in stored.schema:
        if field.name.startswith(METRIC):
            values = _numbers(stored[field.name])
            found[field.name[len(METRIC) :]] = _absent_for_none(values, _presence(stored, field))
        elif field.name == GOALS:
            found[GOALS] = _absent_for_none(_goals(stored[GOALS]), None)
    return found


def _texts(stored: pa.Table, name: str) -> Cells:
    return _absent_for_none(stored[name].to_pylist(), None)


def _absent_for_none(values: Sequence[Any], present: Sequence[Any] | None) -> Cells:
    """The values, ABSENT for None; None stays where `present` has a value."""
    if present is None:
        return absent_for_none(values)
    pairs = zip(values, present, strict=True)
    return [ABSENT if value is None and anchor is None else value for value, anchor in pairs]


def _put_missing_visits_last(columns: dict[str, Any]) -> None:
    """A row that only conversions made tells last that it has no visits."""
    if tuple(islice(columns, 1, 3)) == (NB_VISITS, GOALS) and not columns[NB_VISITS]:
        columns[NB_VISITS] = columns.pop(NB_VISITS)


def _put(rows: Sequence[dict[str, Any]], name: str, cells: Cells) -> None:
    for row, cell in zip(rows, cells, strict=True):
        if cell is not ABSENT:
            row[name] = cell


def _presence(stored: pa.Table, field: pa.Field) -> Sequence[Any] | None:
    """Values that are missing just where the column does not stand in the row, None: the column's own."""
    anchor = (field.metadata or {}).get(ANCHOR)
    return stored[anchor.decode()].to_pylist() if anchor else None


def _labels(written: pa.ChunkedArray) -> list[Any]:
    texts: list[str] = written.to_pylist()
    return [labels.label_of(text) if labels.ESCAPE in text else text for text in texts]


def _numbers(values: pa.ChunkedArray) -> list[int | float | None]:
    """Numbers as such; what has no decimals is whole."""
    if pa.types.is_integer(values.type):
        whole: list[int | float | None] = values.to_pylist()
        return whole
    return [_plain(value) for value in _doubles(values).to_pylist()]


def _doubles(values: pa.ChunkedArray) -> Any:
    """Decimals as the doubles next to them, which Arrow's own cast misses by a bit: as whole numbers they are divided."""
    largest = pc.max(pc.abs(values.cast(pa.float64()))).as_py() or 0
    if largest < EXACT_BELOW:
        whole = pc.multiply(values.cast(_NARROW), _UNITS).cast(pa.int64())
        return pc.divide(whole.cast(pa.float64()), float(10**REAL.scale))
    return pa.array([None if value is None else float(value) for value in values.to_pylist()], pa.float64())


def _plain(value: float | None) -> int | float | None:
    return int(value) if value is not None and value.is_integer() else value


def _goals(lists: pa.ChunkedArray) -> list[dict[int, dict[str, int | float]] | None]:
    return [None if goals is None else {goal[IDGOAL]: _goal(goal) for goal in goals} for goals in lists.to_pylist()]


def _goal(goal: dict[str, Any]) -> dict[str, int | float]:
    return {
        name: value if isinstance(value, int) else _plain(float(value))  # type: ignore[misc]
        for name, value in goal.items()
        if value is not None and name != IDGOAL
    }
