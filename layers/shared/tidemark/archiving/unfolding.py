"""Stored tables as report tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving import labels
from tidemark.archiving.merging import IDGOAL
from tidemark.archiving.numbers import REAL
from tidemark.archiving.shapes import METRIC, TEXT
from tidemark.archiving.tables import ANCHOR, GOALS
from tidemark.archiving.tree import LABEL, PARENT
from tidemark.model.table import SUMMARY_LABEL, DataTable, Row

EXACT_BELOW = 1e9
"""Numbers below it are still exact when they are rounded to the decimals that are stored."""


class StoredTree:
    """A stored table with its subtables, numbered from 1 in the order of their parent rows; the main table is 0."""

    def __init__(self, stored: pa.Table, folder_text: tuple[str, str] | None) -> None:
        """`folder_text`: name and separator of the metadata that rows with subtables get from their labels."""
        self._stored = stored
        self._folder_text = folder_text
        runs = pc.run_end_encode(stored[PARENT].combine_chunks(), run_end_type=pa.int64())
        self._ends: list[int] = runs.run_ends.to_pylist()
        self._parents: list[int | None] = runs.values.to_pylist()
        self._subtables = {row: number for number, row in enumerate(self._parents) if row is not None}

    def table(self, number: int, *, levels: int) -> DataTable:
        """A table with so many levels loaded, itself included; one that does not exist is empty."""
        if not 0 <= number < len(self._ends):
            return DataTable()
        start = self._ends[number - 1] if number else 0
        end = self._ends[number]
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
            row.subtable = self.table(subtable, levels=levels - 1)

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


def _rows(stored: pa.Table) -> list[Row]:
    """The rows with columns and texts; a column is missing where its value is."""
    count = stored.num_rows
    found: list[dict[str, Any]] = [{LABEL: label} for label in _labels(stored[LABEL])]
    texts: list[dict[str, Any]] = [{} for _ in range(count)]
    for field in stored.schema:
        if field.name.startswith(METRIC):
            name, values = field.name[len(METRIC) :], _numbers(stored[field.name])
            _put(found, name, values, _presence(stored, field))
        elif field.name == GOALS:
            _put(found, GOALS, _goals(stored[GOALS]), None)
        elif field.name.startswith(TEXT):
            _put(texts, field.name[len(TEXT) :], stored[field.name].to_pylist(), None)
    if GOALS in stored.column_names:
        for columns in found:
            _put_missing_visits_last(columns)
    return [Row(columns, metadata) for columns, metadata in zip(found, texts, strict=True)]


def _put_missing_visits_last(columns: dict[str, Any]) -> None:
    """A row that only conversions made tells last that it has no visits."""
    if tuple(islice(columns, 1, 3)) == ("nb_visits", GOALS) and not columns["nb_visits"]:
        columns["nb_visits"] = columns.pop("nb_visits")


def _put(rows: Sequence[dict[str, Any]], name: str, values: Sequence[Any], present: Sequence[Any] | None) -> None:
    for row, value, anchor in zip(rows, values, present or values, strict=True):
        if value is not None or anchor is not None:
            row[name] = value


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
    """Decimals as the doubles next to them, which Arrow's own cast misses by a bit."""
    doubles = values.cast(pa.float64())
    largest = pc.max(pc.abs(doubles)).as_py() or 0
    if largest < EXACT_BELOW:
        return pc.round(doubles, REAL.scale)
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
