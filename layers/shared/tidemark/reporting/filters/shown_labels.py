"""Searching and sorting rows by the labels that people see, where others are stored (codes, names in English)."""

from __future__ import annotations

from collections.abc import Callable

from tidemark.model.table import LABEL, DataTable

_PLACE, _STORED = "placeAmongRows", "storedLabel"
"""Metadata that rows have only while the filters run."""

TableFilter = Callable[[DataTable], None]


def run_by_shown_labels(table: DataTable, show: TableFilter, run: TableFilter) -> None:
    """Run filters that find each row's shown label in its place; the rows that stay have their stored labels again.

    ``show`` gives the rows of a copy the labels that they will be shown with; it may also leave rows out or join them.
    """
    if table.is_simple or not table.row_count:
        run(table)
        return
    stored = table.cells(LABEL)
    shown = table.copy()
    shown.put_metadata(_PLACE, list(range(len(stored))))
    show(shown)
    names = dict(zip(shown.metadata_cells(_PLACE), shown.cells(LABEL), strict=True))
    table.put_metadata(_STORED, stored)
    table.put_cells(LABEL, [names.get(place, label) for place, label in enumerate(stored)])
    run(table)
    present = zip(table.pop_metadata(_STORED), table.cells(LABEL), strict=True)
    table.put_cells(LABEL, [now if before is None else before for before, now in present])
