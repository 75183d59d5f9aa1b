"""Picking the rows with given labels, also inside subtables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from tidemark.model.table import COMPARISONS, LABEL, DataTable, Row
from tidemark.reporting.text import cell_text, sanitise

LEVEL_SEPARATOR = ">"
TERMINAL_MARK = "@"
"""Before a label: the leaf of that name, not the folder."""
LEAF_MARK = " "
"""What stands before the labels of leaves in tables whose folders may have the same names (page titles)."""
INDEX_METADATA = "label_index"

LoadSubtable = Callable[[DataTable, Row], "DataTable | None"]


@dataclass(frozen=True, slots=True)
class LabelSearch:
    """How labels of a report are looked up."""

    load_subtable: LoadSubtable
    adds_index: bool = False
    series: tuple[int, ...] = ()
    """Of compared rows: which one stands for the label at the same place."""


def keep_labels(table: DataTable, labels: Iterable[str], search: LabelSearch) -> DataTable:
    """A table of the rows with these labels, in their order; unknown labels are left out.

    ``>`` in a label descends into subtables. Labels match as sent, URL-decoded, and HTML-escaped.
    Source: Matomo 5.2, generic parameters, "label".
    """
    found = table.empty_copy()
    found.totals, found.totals_row = table.totals, table.totals_row
    for position, label in enumerate(labels):
        row = _find(table, label, search)
        if row is not None:
            if position < len(search.series):
                row = _of_series(row, search.series[position])
            if search.adds_index:
                row.metadata[INDEX_METADATA] = position
            found.rows.append(row)
    return found


def is_one_level(labels: Iterable[str]) -> bool:
    """Whether none of the labels descends into subtables."""
    return not any(LEVEL_SEPARATOR in variation for label in labels for variation in label_variations(label))


def label_variations(label: str) -> list[str]:
    """The ways in which a table may have stored a label, the likeliest first.

    Marked leaves are found without their mark, too; before a folder of that name if the terminal mark asks for it.
    """
    text = label.strip()
    is_terminal = text.startswith(TERMINAL_MARK)
    raw = unquote_plus(text[1:] if is_terminal else text, errors="replace").strip()
    escaped = sanitise(raw.replace("\n", "").replace("\r", ""))
    leaves = [LEAF_MARK + escaped, LEAF_MARK + raw]
    variations = [*leaves, escaped, raw] if is_terminal else [escaped, *leaves, raw]
    return list(dict.fromkeys(variations))


def _of_series(row: Row, number: int) -> Row:
    """The compared row of a series under the row's label and the series' name; the row itself where there is none."""
    compared = row.metadata[COMPARISONS].rows if COMPARISONS in row.metadata else []
    if not 0 <= number < len(compared):
        return row
    found = compared[number]
    label = f"{_label_text(row)} {found.metadata['compareSeriesPretty']}"
    return Row({LABEL: label} | found.columns, found.metadata, found.subtable_id, found.subtable)


def _find(table: DataTable, label: str, search: LabelSearch) -> Row | None:
    for variation in label_variations(label):
        row = _descend(table, variation.split(LEVEL_SEPARATOR), search)
        if row is not None:
            return row
    return None


def _descend(table: DataTable, parts: list[str], search: LabelSearch) -> Row | None:
    current: DataTable | None = table
    row: Row | None = None
    for position, part in enumerate(parts):
        if position and row is not None and current is not None:
            current = search.load_subtable(current, row)
        row = None if current is None else _row_with_label(current, part)
        if row is None:
            return None
    return row


def _row_with_label(table: DataTable, part: str) -> Row | None:
    by_label: dict[str, Row] = {_label_text(row): row for row in table}
    for variation in label_variations(part):
        if variation in by_label:
            return by_label[variation]
    return None


def _label_text(row: Row) -> str:
    value: Any = row.columns.get(LABEL) or row.metadata.get(LABEL)
    return cell_text(value)
