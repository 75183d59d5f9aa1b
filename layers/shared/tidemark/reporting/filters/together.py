"""Small tables of many sites and periods as one: what treats each row by itself need not run once per table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tidemark.model.table import DataTable


def together(tables: Sequence[DataTable]) -> list[DataTable]:
    """Tables that hold all rows of these, summary rows among the others; who changes a row's cells changes them there.

    Tables that are held as columns stay by themselves, and so does a single one.
    """
    if len(tables) <= 1:
        return list(tables)
    small = [table for table in tables if not table.is_columnar]
    apart = [table for table in tables if table.is_columnar]
    return [DataTable([row for table in small for row in table]), *apart] if small else apart


def subtables_of(tables: Iterable[DataTable]) -> list[DataTable]:
    """The loaded subtables of all these tables."""
    return [inner for table in tables for inner in table.subtables()]
