"""Report tables: rows of named columns, with subtables, table metadata and maps of several tables.

Tables are mutable because filters work on them in place; whoever keeps one (a cache, an archive reader)
hands out ``copy()``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LABEL = "label"
GOALS = "goals"
"""The column of goal metrics: {goal: {metric: value}}."""
SUMMARY_LABEL = -1
"""The stored label of a summary row ("Others"), as Matomo stores it."""

SITE_METADATA = "site"
PERIOD_METADATA = "period"
SEGMENT_METADATA = "segment"
ARCHIVED_METADATA = "ts_archived"
TOTAL_ROWS_METADATA = "total_rows_before_limit"
AGGREGATION_METADATA = "column_aggregation_ops"
ROWS_ARE_FINAL_METADATA = "rows_are_final"
"""Whether the method itself has sorted and cut the rows: then the generic sort and limit leave them alone."""
EXTRA_METRICS_METADATA = "extra_processed_metrics"
"""Processed metrics (tidemark.plugin.ProcessedMetric) of one table beside those of its report."""


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


class DataTable:
    """Rows in order, at most one summary row behind them, and facts about the whole table.

    ``metadata``: site (id), period (Period), segment (text), ts_archived, total_rows_before_limit ...
    ``totals``: column -> sum over the first level, or None while not computed.
    ``queued``: filters that run after the generic ones (renaming of codes, links, segments), in order.
    """

    __slots__ = ("metadata", "queued", "rows", "summary_row", "totals", "totals_row")

    is_simple = False

    def __init__(
        self,
        rows: Iterable[Row] = (),
        summary_row: Row | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.rows: list[Row] = list(rows)
        self.summary_row = summary_row
        self.metadata: dict[str, Any] = {} if metadata is None else metadata
        self.totals: dict[str, Any] | None = None
        self.totals_row: Row | None = None
        self.queued: list[Callable[[DataTable], None]] = []

    @classmethod
    def from_records(cls, records: Iterable[dict[str, Any]], metadata: dict[str, Any] | None = None) -> DataTable:
        """A table without row metadata; each record becomes the columns of one row."""
        return cls((Row(record) for record in records), metadata=metadata)

    def __len__(self) -> int:
        """The number of rows, the summary row included."""
        return len(self.rows) + (self.summary_row is not None)

    def __iter__(self) -> Iterator[Row]:
        """All rows in order, the summary row last."""
        yield from self.rows
        if self.summary_row is not None:
            yield self.summary_row

    @property
    def first_row(self) -> Row | None:
        """The first row, also when it is the summary row; None for an empty table."""
        return self.rows[0] if self.rows else self.summary_row

    def row_by_label(self, label: object) -> Row | None:
        """The first row with that label, None when there is none."""
        return next((row for row in self if row.columns.get(LABEL) == label), None)

    def column(self, name: str) -> list[Any]:
        """The values of one column in row order, None where a row lacks it."""
        return [row.columns.get(name) for row in self]

    def queue(self, table_filter: Callable[[DataTable], None]) -> None:
        """Add a filter that runs after the generic ones."""
        self.queued.append(table_filter)

    def copy(self) -> DataTable:
        """An independent copy of rows, subtables and metadata."""
        copied = type(self)(
            (row.copy() for row in self.rows),
            self.summary_row.copy() if self.summary_row is not None else None,
            dict(self.metadata),
        )
        copied.totals = None if self.totals is None else dict(self.totals)
        copied.totals_row = self.totals_row.copy() if self.totals_row is not None else None
        copied.queued = list(self.queued)
        return copied

    def empty_copy(self) -> DataTable:
        """A table without rows that keeps the metadata and the queued filters."""
        copied = type(self)(metadata=dict(self.metadata))
        copied.queued = list(self.queued)
        return copied

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DataTable):
            return NotImplemented
        return self.is_simple == other.is_simple and self.rows == other.rows and self.summary_row == other.summary_row

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.rows!r}, summary_row={self.summary_row!r})"


class SimpleTable(DataTable):
    """A table of one row of metrics without label; rendered as an object or a bare number, not as a list."""

    __slots__ = ()

    is_simple = True

    @classmethod
    def of(cls, metrics: dict[str, Any], metadata: dict[str, Any] | None = None) -> SimpleTable:
        """The table of these metrics; an empty dict gives a table without rows."""
        return cls([Row(metrics)] if metrics else (), metadata=metadata)


class TableMap:
    """Tables by a key: several sites (key name ``idSite``) outside, several dates (``date``) inside."""

    __slots__ = ("key_name", "metadata", "tables")

    def __init__(
        self, key_name: str, tables: dict[str, Table] | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        self.key_name = key_name
        self.tables: dict[str, Table] = {} if tables is None else tables
        self.metadata: dict[str, Any] = {} if metadata is None else metadata

    def __len__(self) -> int:
        return len(self.tables)

    def leaves(self) -> Iterator[DataTable]:
        """Every table inside, in order, however deep the maps are nested."""
        for table in self.tables.values():
            yield from table_leaves(table)

    def copy(self) -> TableMap:
        """An independent copy of all tables."""
        tables = {key: table.copy() for key, table in self.tables.items()}
        return TableMap(self.key_name, tables, dict(self.metadata))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TableMap):
            return NotImplemented
        return self.key_name == other.key_name and list(self.tables.items()) == list(other.tables.items())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"TableMap({self.key_name!r}, {self.tables!r})"


Table: TypeAlias = DataTable | TableMap


def table_leaves(table: Table) -> Iterator[DataTable]:
    """The table itself, or every table of a map, in order."""
    if isinstance(table, TableMap):
        yield from table.leaves()
    else:
        yield table
