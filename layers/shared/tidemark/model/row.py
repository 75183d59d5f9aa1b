"""One line of a report table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemark.model.columns import GOALS

if TYPE_CHECKING:
    from tidemark.model.columns import Columns
    from tidemark.model.table import DataTable

LABEL = "label"


class Row:
    """One line of a table: ``columns`` name -> value (``label`` first, where there is one) and ``metadata``.

    ``subtable_id`` is the subtable's number inside its archive; ``subtable`` is the loaded table or None.
    """

    __slots__ = ("columns", "metadata", "subtable", "subtable_id")

    def __init__(
        self,
        columns: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        subtable_id: int | None = None,
        subtable: DataTable | None = None,
    ) -> None:
        self.columns: dict[str, Any] = {} if columns is None else columns
        self.metadata: dict[str, Any] = {} if metadata is None else metadata
        self.subtable_id = subtable_id
        self.subtable = subtable

    @property
    def label(self) -> Any:
        """The label column, None where the row has none."""
        return self.columns.get(LABEL)

    def get(self, column: str, default: Any = None) -> Any:
        """The value of a column."""
        return self.columns.get(column, default)

    def copy(self) -> Row:
        """An independent copy, loaded subtables included; values are shared except the dict ``goals``."""
        columns = self.columns.copy()
        goals = columns.get(GOALS)
        if goals:
            columns[GOALS] = {goal: dict(metrics) for goal, metrics in goals.items()}
        return Row(
            columns,
            self.metadata.copy(),
            self.subtable_id,
            self.subtable.copy() if self.subtable is not None else None,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return (self.columns, self.metadata, self.subtable_id, self.subtable) == (
            other.columns,
            other.metadata,
            other.subtable_id,
            other.subtable,
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        subtable = f", subtable_id={self.subtable_id}" if self.subtable_id is not None else ""
        return f"Row({self.columns!r}, {self.metadata!r}{subtable})"


def rows_of(columns: Columns) -> list[Row]:
    """The rows of a table that is held as columns."""
    rows = [Row(cells, metadata) for cells, metadata in columns.records()]
    for row, number in zip(rows, columns.subtable_ids or (), strict=False):
        row.subtable_id = number
    for row, below in zip(rows, columns.subtables or (), strict=False):
        row.subtable = below
    return rows
