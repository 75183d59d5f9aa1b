"""Records whose rows are ranges of a number, and how their rows become readable.

A range's label is "from-to"; the last one may have no end and is "from%2B".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidemark.model.table import DataTable
from tidemark.plugin.expression import Expression
from tidemark.plugin.filters import metadata_from_label, relabel
from tidemark.plugin.record import Bucket
from tidemark.plugin.report import Filter, TableContext

OPEN_END = "%2B"

Bounds = tuple[int, int | None]


def ranges(
    value: Expression, bounds: tuple[tuple[int, ...], ...], where: Expression | None = None
) -> tuple[Bucket, ...]:
    """A bucket per pair of inclusive bounds; a single bound opens a range above it."""
    return tuple(
        Bucket(
            f"{low}-{high[0]}" if high else f"{low + 1}{OPEN_END}",
            _and(((value >= low) & (value <= high[0])) if high else value > low, where),
        )
        for low, *high in bounds
    )


def bounds_of(label: str | None) -> Bounds:
    """Start and end of a range's label; the end of an open one is None.

    A row without a label, as it stands for a table without rows that is compared, is a range from 0.
    """
    if not label:
        return 0, None
    low, dash, high = label.partition("-")
    return (int(low), int(high)) if dash else (int(low.removesuffix(OPEN_END)), None)


def by_range(table: DataTable, _context: TableContext) -> None:
    """Ranges in order of their starts."""
    table.rows.sort(key=lambda row: bounds_of(row.label)[0])


def segment_by_range(segment: str, others: Mapping[str, str] | None = None) -> Filter:
    """Rows get the segment that selects their range; `others` are the segments of labels that are no ranges."""
    known = others or {}

    def expression(label: Any) -> str | None:
        if label in known:
            return known[label]
        if not label:
            return None
        low, high = bounds_of(label)
        if high is None:
            return f"{segment}>={low}"
        return f"{segment}=={low}" if low == high else f"{segment}>={low};{segment}<={high}"

    return metadata_from_label("segment", expression)


def name_ranges(singular: str, plural: str, others: Mapping[str, str] | None = None) -> Filter:
    """Rows are called "1 page", "6-7 pages", "21+ pages"; `others` are the names of labels that are no ranges."""
    known = others or {}

    def name(label: Any) -> str:
        if label in known:
            return known[label]
        low, high = bounds_of(label)
        if low == high:
            return singular if low == 1 else str(plural % low)
        return str(plural % (label or f"{low}{OPEN_END}"))

    return relabel(name)


def _and(first: Expression, second: Expression | None) -> Expression:
    return first if second is None else first & second
