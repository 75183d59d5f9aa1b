"""Report tables: rows of named columns, with subtables, table metadata and maps of several tables.

Tables are mutable because filters work on them in place; whoever keeps one (a cache, an archive reader)
hands out ``copy()``. Large tables come as columns (tidemark.model.columns) and become rows when somebody asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from tidemark.model.columns import ABSENT, absent_for_none, is_full
from tidemark.model.columns import GOALS as GOALS  # noqa: PLC0414 (part of this module, too)
from tidemark.model.row import LABEL as LABEL  # noqa: PLC0414
from tidemark.model.row import Row as Row  # noqa: PLC0414
from tidemark.model.row import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from tidemark.model.columns import Columns

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
COMPARISONS = "comparisons"
"""The metadata of a row that holds the table of the rows it is compared with."""
EXTRA_METRICS_METADATA = "extra_processed_metrics"
"""Processed metrics (tidemark.plugin.ProcessedMetric) of one table beside those of its report."""


class DataTable:
    """Rows in order, at most one summary row behind them, and facts about the whole table.

    ``metadata``: site (id), period (Period), segment (text), ts_archived, total_rows_before_limit ...
    ``totals``: column -> sum over the first level, or None while not computed.
    ``queued``: filters that run after the generic ones (renaming of codes, links, segments), in order.

    Large tables are held as columns until ``rows`` or ``summary_row`` are asked for. The methods that name columns and
    metadata work on both forms, and keep columns.
    """

    __slots__ = ("_columns", "_rows", "_summary", "_summary_row", "metadata", "queued", "totals", "totals_row")

    is_simple = False

    def __init__(
        self,
        rows: Iterable[Row] = (),
        summary_row: Row | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._rows: list[Row] = list(rows)
        self._summary_row = summary_row
        self._columns: Columns | None = None
        self._summary: Columns | None = None
        self.metadata: dict[str, Any] = {} if metadata is None else metadata
        self.totals: dict[str, Any] | None = None
        self.totals_row: Row | None = None
        self.queued: list[Callable[[DataTable], None]] = []

    @property
    def rows(self) -> list[Row]:
        """The rows, the summary row left out."""
        self._make_rows()
        return self._rows

    @rows.setter
    def rows(self, rows: list[Row]) -> None:
        self._make_rows()
        self._rows = rows

    @property
    def summary_row(self) -> Row | None:
        """The summary row, None where there is none."""
        if self._summary is not None:
            self._make_rows()
        return self._summary_row

    @summary_row.setter
    def summary_row(self, row: Row | None) -> None:
        if row is not None:
            self._make_rows()
        self._summary, self._summary_row = None, row

    @property
    def is_columnar(self) -> bool:
        """Whether the table is still held as columns."""
        return self._columns is not None

    @property
    def has_summary_row(self) -> bool:
        """Whether there is a summary row."""
        return self._summary is not None or self._summary_row is not None

    @property
    def row_count(self) -> int:
        """The number of rows, the summary row left out."""
        return len(self._rows) if self._columns is None else len(self._columns)

    def parts(self) -> list[Columns]:
        """The columns of the rows and, if there is one, of the summary row; nothing for a table that is held as rows."""
        return [part for part in (self._columns, self._summary) if part is not None]

    def hold(self, columns: Columns, summary: Columns | None) -> None:
        """Take these rows and this summary row instead of the present ones."""
        self._rows, self._summary_row = [], None
        self._columns, self._summary = columns, summary

    def _make_rows(self) -> None:
        if self._columns is not None:
            self._rows = rows_of(self._columns)
            self._summary_row = rows_of(self._summary)[0] if self._summary is not None else None
            self._columns = self._summary = None

    def cells(self, name: str) -> list[Any]:
        """The cells of one column in row order, None where a row lacks it; the summary row left out."""
        if self._columns is None:
            return [row.columns.get(name) for row in self._rows]
        return _none_for_absent(self._columns.cells(name))

    def presence(self, name: str) -> list[bool]:
        """Whether each row has the column, the summary row left out."""
        if self._columns is None:
            return [name in row.columns for row in self._rows]
        return [cell is not ABSENT for cell in self._columns.cells(name)]

    def first_has(self, name: str) -> bool:
        """Whether the first row, the summary row left out, has the column."""
        if self._columns is None:
            return bool(self._rows) and name in self._rows[0].columns
        return len(self._columns) > 0 and self._columns.cells(name)[0] is not ABSENT

    def pick(self, positions: Sequence[int]) -> None:
        """Keep the rows at these positions, in that order, and the summary row."""
        if self._columns is None:
            self._rows = [self._rows[position] for position in positions]
        else:
            self._columns = self._columns.picked(positions)

    def change_cells(
        self, name: str, change: Callable[[Any], Any], *, summary: bool = False, is_constant: bool = False
    ) -> None:
        """Replace the cells of a column where rows have them; those of the summary row only if asked for.

        Equal cells are changed once. The function neither changes its argument nor depends on anything else;
        ``is_constant`` remembers what it makes of all stored rows, those that are not shown as well (for functions that
        live as long as the process).
        """
        for part in self.parts() if summary else self.parts()[:1]:
            part.change(name, change, is_constant=is_constant)
        if self._columns is None:
            for row in self if summary else self._rows:
                if name in row.columns:
                    row.columns[name] = change(row.columns[name])

    def put_cells(self, name: str, cells: Sequence[Any]) -> None:
        """Set a column's cells, one per row, the summary row left out; a new column comes last."""
        if self._columns is not None:
            self._columns.put(name, list(cells))
        else:
            for row, cell in zip(self._rows, cells, strict=True):
                row.columns[name] = cell

    def keep_columns(self, is_kept: Callable[[str], bool]) -> None:
        """Leave out the columns whose names are not kept, also in the summary row."""
        for part in self.parts():
            part.keep(is_kept)
        if self._columns is None:
            for row in self:
                row.columns = {name: value for name, value in row.columns.items() if is_kept(name)}

    def drop_columns(self, names: Collection[str]) -> None:
        """Leave out columns, also in the summary row."""
        for part in self.parts():
            part.keep(lambda name: name not in names)
        if self._columns is None:
            for row in self:
                for name in names:
                    row.columns.pop(name, None)

    def metadata_cells(self, name: str) -> list[Any]:
        """The metadata of that name in row order, None where a row lacks it; the summary row left out."""
        if self._columns is None:
            return [row.metadata.get(name) for row in self._rows]
        return _none_for_absent(self._columns.metadata(name))

    def has_metadata(self, name: str) -> bool:
        """Whether a row may have metadata of that name, the summary row left out."""
        if self._columns is not None:
            return any(slot == name for slot, _ in self._columns.slots)
        return any(name in row.metadata for row in self._rows)

    def put_metadata(self, name: str, cells: Sequence[Any]) -> None:
        """Set metadata of the rows for which the cell is not None, the summary row left out."""
        if self._columns is not None:
            self._columns.put_metadata(name, absent_for_none(cells))
        else:
            for row, cell in zip(self._rows, cells, strict=True):
                if cell is not None:
                    row.metadata[name] = cell

    def pop_metadata(self, name: str) -> list[Any]:
        """Take metadata out of the rows, the summary row left out; None where there was none."""
        if self._columns is None:
            return [row.metadata.pop(name, None) for row in self._rows]
        return _none_for_absent(self._columns.pop_metadata(name))

    def all_have_metadata(self, name: str) -> bool:
        """Whether the metadata of that name is neither missing nor empty in any row, the summary row left out."""
        if self._columns is not None:
            return all(self._columns.metadata(name))
        return all(row.metadata.get(name) for row in self._rows)

    def drop_metadata(self, name: str) -> None:
        """Take metadata out of the rows, the summary row left out."""
        if self._columns is not None:
            self._columns.slots = [(slot, cells) for slot, cells in self._columns.slots if slot != name]
            return
        for row in self._rows:
            row.metadata.pop(name, None)

    def has_positive(self, name: str) -> bool:
        """Whether a row, the summary row included, has a number above 0 in the column."""
        if self._columns is None:
            return any(_is_positive(row.columns.get(name)) for row in self)
        return any(part.has_any(name, _is_positive) for part in self.parts())

    def row_subtables(self) -> list[bool]:
        """Whether each row has a subtable, loaded or not; the summary row left out."""
        if self._columns is None:
            return [row.subtable_id is not None or row.subtable is not None for row in self._rows]
        ids, tables = self._columns.subtable_ids, self._columns.subtables
        if ids is None:
            return [False] * len(self._columns)
        loaded = tables or [None] * len(self._columns)
        return [found is not None or below is not None for found, below in zip(ids, loaded, strict=True)]

    def subtables(self) -> Iterator[DataTable]:
        """The loaded subtables of all rows, the summary row included."""
        if self._columns is not None:
            found = [below for part in self.parts() for below in part.subtables or () if below is not None]
        else:
            found = [row.subtable for row in self._rows if row.subtable is not None]
            if self._summary_row is not None and self._summary_row.subtable is not None:
                found.append(self._summary_row.subtable)
        return iter(found)

    @classmethod
    def from_records(cls, records: Iterable[dict[str, Any]], metadata: dict[str, Any] | None = None) -> DataTable:
        """A table without row metadata; each record becomes the columns of one row."""
        return cls((Row(record) for record in records), metadata=metadata)

    def __len__(self) -> int:
        """The number of rows, the summary row included."""
        return self.row_count + self.has_summary_row

    def __iter__(self) -> Iterator[Row]:
        """All rows in order, the summary row last."""
        self._make_rows()
        yield from self._rows
        if self._summary_row is not None:
            yield self._summary_row

    @property
    def first_row(self) -> Row | None:
        """The first row, also when it is the summary row; None for an empty table."""
        return self.rows[0] if self.rows else self.summary_row

    def row_by_label(self, label: object) -> Row | None:
        """The first row with that label, None when there is none."""
        return next((row for row in self if row.columns.get(LABEL) == label), None)

    def column(self, name: str) -> list[Any]:
        """The values of one column in row order, the summary row's last, None where a row lacks it."""
        if self._columns is None:
            return [row.columns.get(name) for row in self]
        return [None if cell is ABSENT else cell for part in self.parts() for cell in part.cells(name)]

    def queue(self, table_filter: Callable[[DataTable], None]) -> None:
        """Add a filter that runs after the generic ones."""
        self.queued.append(table_filter)

    def copy(self) -> DataTable:
        """An independent copy of rows, subtables and metadata."""
        copied = type(self)(
            (row.copy() for row in self._rows),
            self._summary_row.copy() if self._summary_row is not None else None,
            dict(self.metadata),
        )
        if self._columns is not None:
            copied.hold(self._columns.copy(), self._summary.copy() if self._summary is not None else None)
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


def _is_positive(cell: Any) -> bool:
    """Whether a cell is a number above 0, also one in a text."""
    if isinstance(cell, int | float):
        return cell > 0
    if not isinstance(cell, str):
        return False
    try:
        return float(cell) > 0
    except ValueError:
        return False


def _none_for_absent(cells: list[Any]) -> list[Any]:
    return cells if is_full(cells) else [None if cell is ABSENT else cell for cell in cells]


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
