"""Making one level of a table and its loaded subtables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tidemark.model.table import LABEL, SUMMARY_LABEL, DataTable, Row
from tidemark.reporting.text import cell_text

OTHERS = "Others"
PATH_SEPARATOR = "/"
"""Tables of paths join labels without doubling the slash."""


@dataclass(frozen=True, slots=True)
class Flattening:
    """How a report's levels become one: the separator between labels, and each level's dimension id ("" if unknown)."""

    separator: str
    dimensions: tuple[str, ...]
    keep_parents: bool = False
    load_subtable: Callable[[DataTable, Row], DataTable | None] | None = None

    def dimension(self, level: int, prefix: str) -> str:
        """Under which metadata name a level (from 0) stores its label."""
        known = self.dimensions[min(level, len(self.dimensions) - 1)] if self.dimensions else ""
        return known.replace(".", "_") or f"label{prefix.count(self.separator) + 1}"


@dataclass(frozen=True, slots=True)
class _Level:
    number: int
    dimension: str
    prefix: str


def flatten(table: DataTable, flattening: Flattening) -> DataTable:
    """A table of the leaves, labelled with their whole path; parents only if asked for, marked ``is_aggregate``.

    Leaves inherit the metadata of their parents where they have none of their own, and hold each level's label
    under its dimension's name. Filters queued for the table stay queued; those of subtables run before.
    Source: Matomo 5.2, generic parameters, "flat".
    """
    replace_summary_labels(table)
    flat = table.empty_copy()
    flat.totals, flat.totals_row = table.totals, table.totals_row
    _flatten_into(flat, table, _Level(0, flattening.dimension(0, ""), ""), flattening)
    return flat


def replace_summary_labels(table: DataTable, label: str = OTHERS) -> None:
    """Name the summary rows, also of loaded subtables."""
    if table.summary_row is not None and table.summary_row.label == SUMMARY_LABEL:
        table.summary_row.columns[LABEL] = label
    for row in table:
        if row.subtable is not None:
            replace_summary_labels(row.subtable, label)


def run_queued(table: DataTable) -> None:
    """Run the filters queued for a table and its loaded subtables, each once, in order."""
    queued, table.queued = table.queued, []
    for table_filter in queued:
        table_filter(table)
    for row in table:
        if row.subtable is not None:
            run_queued(row.subtable)


def _flatten_into(flat: DataTable, table: DataTable, level: _Level, flattening: Flattening) -> None:
    for row in table.rows:
        if row.subtable is None and row.subtable_id is None:
            _label(row, level, flattening.separator)
            if flattening.keep_parents:
                row.metadata["is_aggregate"] = 0
            flat.rows.append(row)
        else:
            _flatten_row(flat, table, row, level, flattening)
    if table.summary_row is not None:
        _flatten_row(flat, table, table.summary_row, level, flattening)


def _flatten_row(flat: DataTable, table: DataTable, row: Row, level: _Level, flattening: Flattening) -> None:
    is_summary = row is table.summary_row
    if is_summary:
        row.metadata.pop("url", None)
        row.metadata["is_summary"] = True
    label, own = _label(row, level, flattening.separator, is_summary=is_summary)
    subtable = row.subtable
    if subtable is not None:
        run_queued(subtable)
    elif flattening.load_subtable is not None:
        subtable = flattening.load_subtable(table, row)
    row.subtable = row.subtable_id = None
    if flattening.keep_parents:
        row.metadata["is_aggregate"] = 0 if subtable is None else 1
    if subtable is None or flattening.keep_parents:
        flat.rows.append(row)
    if subtable is not None:
        _hand_down(row, subtable, level.dimension, own)
        prefix = label + flattening.separator
        below = _Level(level.number + 1, flattening.dimension(level.number + 1, prefix), prefix)
        _flatten_into(flat, subtable, below, flattening)


def _label(row: Row, level: _Level, separator: str, *, is_summary: bool = False) -> tuple[str, str]:
    """The row's whole label and the label of its own level; both are stored in the row."""
    raw = row.columns.get(LABEL)
    if raw is None or raw is False:
        return level.prefix, ""
    own = label = (raw if type(raw) is str else cell_text(raw)).strip()
    if separator == PATH_SEPARATOR and level.prefix:
        if label.startswith("/"):
            own = label = label[1:]
        elif is_summary and raw != SUMMARY_LABEL:
            label = f" - {label}"
    whole = row.columns[LABEL] = level.prefix + label
    metadata = row.metadata
    above = metadata.get(level.dimension)
    if above:
        mark = " - " if is_summary and separator == PATH_SEPARATOR else ""
        own = f"{above}{separator}{mark}{own}"
    metadata[level.dimension] = own
    return whole, own


def _hand_down(parent: Row, subtable: DataTable, dimension: str, label: str) -> None:
    """Give a parent's metadata to its rows, which keep their own where they have some."""
    for row in subtable:
        metadata = row.metadata
        for name, value in parent.metadata.items():
            if name not in metadata and not (name == "segment" and "segmentValue" in metadata):
                metadata[name] = value
        metadata[dimension] = label
