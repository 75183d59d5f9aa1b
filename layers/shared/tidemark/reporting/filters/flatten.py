"""Making one level of a table and its loaded subtables."""

from __future__ import annotations

from tidemark.model.table import LABEL, SUMMARY_LABEL, DataTable, Row
from tidemark.reporting.filters.flat_columns import flatten_columns
from tidemark.reporting.filters.flat_labels import Flattening, Level

OTHERS = "Others"


def flatten(table: DataTable, flattening: Flattening) -> DataTable:
    """A table of the leaves, labelled with their whole path; parents only if asked for, marked ``is_aggregate``.

    Leaves inherit the metadata of their parents where they have none of their own, and hold each level's label
    under its dimension's name. Filters queued for the table stay queued; those of subtables run before.
    Source: Matomo 5.2, generic parameters, "flat".
    """
    replace_summary_labels(table)
    flat = DataTable(metadata=dict(table.metadata))  # rows of a list, also where the table was one row of numbers
    flat.queued = list(table.queued)
    flat.totals, flat.totals_row = table.totals, table.totals_row
    if flatten_columns(flat, table, flattening):
        return flat
    _flatten_into(flat, table, flattening.level(0, ""), flattening)
    return flat


def replace_summary_labels(table: DataTable, label: str = OTHERS) -> None:
    """Name the summary rows, also of loaded subtables."""
    for part in table.parts()[1:]:
        if part.cells(LABEL) == [SUMMARY_LABEL]:
            part.put(LABEL, [label])
    if not table.is_columnar and table.summary_row is not None and table.summary_row.label == SUMMARY_LABEL:
        table.summary_row.columns[LABEL] = label
    for below in table.subtables():
        replace_summary_labels(below, label)


def run_queued(table: DataTable) -> None:
    """Run the filters queued for a table and its loaded subtables, each once, in order."""
    run_own_queue(table)
    for below in table.subtables():
        run_queued(below)


def run_own_queue(table: DataTable) -> None:
    """Run the filters queued for a table, each once, in order."""
    queued, table.queued = table.queued, []
    for table_filter in queued:
        table_filter(table)


def _flatten_into(flat: DataTable, table: DataTable, level: Level, flattening: Flattening) -> None:
    for row in table.rows:
        if row.subtable is None and row.subtable_id is None:
            _label(row, level)
            if flattening.keep_parents:
                row.metadata["is_aggregate"] = 0
            flat.rows.append(row)
        else:
            _flatten_row(flat, table, row, level, flattening)
    if table.summary_row is not None:
        _flatten_row(flat, table, table.summary_row, level, flattening)


def _flatten_row(flat: DataTable, table: DataTable, row: Row, level: Level, flattening: Flattening) -> None:
    is_summary = row is table.summary_row
    if is_summary:
        row.metadata.pop("url", None)
        row.metadata["is_summary"] = True
    label, own = _label(row, level, is_summary=is_summary)
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
        below = flattening.level(level.number + 1, label + flattening.separator)
        _flatten_into(flat, subtable, below, flattening)


def _label(row: Row, level: Level, *, is_summary: bool = False) -> tuple[str, str]:
    """The row's whole label and the label of its own level; both are stored in the row."""
    raw = row.columns.get(LABEL)
    if raw is None or raw is False:
        return level.prefix, ""
    whole, own = level.label(raw, is_summary=is_summary)
    row.columns[LABEL] = whole
    own = row.metadata[level.dimension] = level.continued(row.metadata.get(level.dimension), own, is_summary=is_summary)
    return whole, own


def _hand_down(parent: Row, subtable: DataTable, dimension: str, label: str) -> None:
    """Give a parent's metadata to its rows, which keep their own where they have some."""
    for row in subtable:
        metadata = row.metadata
        for name, value in parent.metadata.items():
            if name not in metadata and not (name == "segment" and "segmentValue" in metadata):
                metadata[name] = value
        metadata[dimension] = label
