"""Naming the segments that select the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidemark.model.table import DataTable
from tidemark.plugin.filters import all_url_encoded, url_encoded
from tidemark.reporting.filters.together import subtables_of, together


def name_segments(tables: Sequence[DataTable], segment: str) -> None:
    """Turn the value that selects a row into the segment expression that does, also in loaded subtables."""
    while tables:
        for table in together(tables):
            _name_own(table, segment)
        tables = subtables_of(tables)


def _name_own(table: DataTable, segment: str) -> None:
    """The same for one table, its subtables left out."""
    if table.has_metadata("segmentValue"):
        values = table.pop_metadata("segmentValue")
        if segment:
            table.put_metadata("segment", _expressions(f"{segment}==", values, table.metadata_cells("segment")))
    summary = None if table.is_columnar else table.summary_row
    if summary is not None:
        value = summary.metadata.pop("segmentValue", None)
        if value is not None and segment and "segment" not in summary.metadata:
            summary.metadata["segment"] = f"{segment}=={url_encoded(value)}"


def _expressions(prefix: str, values: list[Any], present: list[Any]) -> list[Any]:
    """The segments of rows that have a value and no segment yet; None for the others."""
    texts = all_url_encoded(values)
    if set(map(type, present)) <= {type(None)} and None not in set(values):
        return list(map(prefix.__add__, texts))
    pairs = zip(values, texts, present, strict=True)
    return [prefix + text if value is not None and old is None else None for value, text, old in pairs]
