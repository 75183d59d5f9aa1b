"""Putting the one-row tables of several methods together, for methods that answer with numbers of segments."""

from __future__ import annotations

from tidemark.model.table import DataTable, Row, Table, TableMap, table_leaves


def with_suffix(table: Table, suffix: str) -> Table:
    """The table with every column renamed: nb_visits becomes nb_visits_new."""
    for leaf in table_leaves(table):
        for row in leaf:
            row.columns = {name + suffix: value for name, value in row.columns.items()}
    return table


def merge_first_rows(target: Table, added: Table) -> Table:
    """The first table with the columns of the other one's row; maps key by key."""
    if isinstance(target, TableMap) and isinstance(added, TableMap):
        for key, table in added.tables.items():
            target.tables[key] = merge_first_rows(target.tables[key], table) if key in target.tables else table
        return target
    if isinstance(target, DataTable) and isinstance(added, DataTable) and added.first_row is not None:
        if target.first_row is None:
            target.rows.append(Row())
        target.rows[0].columns.update(added.first_row.columns)
    return target


def and_segment(segment: str, condition: str) -> str:
    """Both conditions as one segment expression."""
    return f"{segment};{condition}" if segment else condition
