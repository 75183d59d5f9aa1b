"""Since when rows that are sums have their columns: a row tells first what the first of its parts told.

The parts are the days of a longer period, or the pages of a folder. A record's columns come in groups: those of visits,
of entries, of goals. For each group a table notes which of the row's groups came later than others; without a note none
did.

Source: Matomo 5.2, core/DataTable/Row (summing a row adds the columns that it lacks behind its own).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.shapes import GOALS, METRIC, PATH, TEXT, Shape

SINCE = "f:"
MOMENT = pa.int32()
ROW = SINCE + "row"
"""While tables are merged: when the row appeared."""
COLUMNS = b"columns"
"""Of a stored note: the names of the columns that it is about."""
_SEPARATOR = ","
_MOMENTS = 64
"""More than the groups that a record has."""


def group_columns(shape: Shape) -> list[str]:
    """The columns that hold the notes."""
    return [SINCE + name for name in shape.groups]


def noted(rows: pa.Table, stored: pa.Table, shape: Shape, days: pa.Array) -> pa.Table:
    """Rows with the moments at which their columns appeared. `days`: the first day of each row's table, an ordinal."""
    if not shape.groups:
        return rows
    start = pc.multiply(days, _MOMENTS).cast(MOMENT)
    columns = {ROW: start}
    for name, leader in shape.groups.items():
        values = stored[leader] if leader == GOALS and leader in stored.column_names else _column(rows, leader)
        later = pc.fill_null(_column(stored, SINCE + name).cast(MOMENT), 0)
        columns[SINCE + name] = pc.if_else(pc.is_valid(values), pc.add(later, start), pa.scalar(None, MOMENT))
    kept = rows.drop_columns([name for name in rows.column_names if name in columns])
    for name, values in columns.items():
        kept = kept.append_column(name, values)
    return kept


def noted_leaves(rows: pa.Table, goals: pa.Table | None, shape: Shape) -> pa.Table:
    """A day's rows with their places and the groups that they have, none of which came later.

    Source: Matomo 5.2, plugins/Actions/RecordBuilders (actions are read by hits, then by name).
    """
    if not shape.groups:
        return rows
    rows, none = _put(rows, ROW, _places(rows, shape)), pa.scalar(None, MOMENT)
    for name, leader in shape.groups.items():
        values = _with_goals(rows, goals) if leader == GOALS else _column(rows, leader)
        rows = _put(rows, SINCE + name, pc.if_else(pc.is_valid(values), pa.scalar(0, MOMENT), none))
    return rows


def _with_goals(rows: pa.Table, goals: pa.Table | None) -> Any:
    """Something where a row has goals, NULL where it has none."""
    if goals is None:
        return pa.nulls(rows.num_rows, MOMENT)
    return pc.index_in(rows[PATH], value_set=goals[PATH])


def _places(rows: pa.Table, shape: Shape) -> pa.Array:
    """Each row's place by its weight, then by its text."""
    keys = pa.table({"weight": pc.fill_null(rows[METRIC + shape.weight], 0), "name": rows[PATH]})
    if shape.tie:
        keys = keys.set_column(1, "name", pc.coalesce(rows[TEXT + shape.tie], rows[PATH]))
    order = pc.sort_indices(keys, sort_keys=[("weight", "descending"), ("name", "ascending")])
    return pc.sort_indices(order).cast(MOMENT)


def as_moments(rows: pa.Table, shape: Shape) -> pa.Table:
    """Rows about to be summed: their notes as moments that those of other rows can be compared with."""
    if not shape.groups:
        return rows
    start = pc.multiply(rows[ROW], _MOMENTS)
    for name in group_columns(shape):
        rows = _put(rows, name, pc.add(rows[name], start))
    return _put(rows, ROW, start)


def as_notes(rows: pa.Table, shape: Shape) -> pa.Table:
    """Summed rows: their moments as notes, and their places."""
    if not shape.groups:
        return rows
    found = ranked(rows, shape)
    for name in group_columns(shape):
        found = _put(found, name, pc.if_else(pc.is_valid(rows[name]), found[name], pa.scalar(None, MOMENT)))
    return _put(found, ROW, pc.divide(rows[ROW], _MOMENTS))


def _put(rows: pa.Table, name: str, values: Any) -> pa.Table:
    if name not in rows.column_names:
        return rows.append_column(name, values)
    return rows.set_column(rows.column_names.index(name), name, values)


def _column(table: pa.Table, name: str) -> Any:
    return table[name] if name in table.column_names else pa.nulls(table.num_rows, MOMENT)


def ranked(rows: pa.Table, shape: Shape) -> pa.Table:
    """Merged rows with their notes: 0 for groups as old as the row, 1 for those that came next, and so on."""
    names = group_columns(shape)
    moments = [rows[name] for name in ([ROW, *names] if names else ())]
    is_new = [_is_none_of(moment, moments[:place]) for place, moment in enumerate(moments)]
    for name, moment in zip(names, moments[1:], strict=False):
        ranks = pa.repeat(pa.scalar(0, MOMENT), rows.num_rows)
        for other, counts in zip(moments, is_new, strict=True):
            is_before = pc.fill_null(pc.and_(pc.less(other, moment), counts), fill_value=False)
            ranks = pc.add(ranks, is_before.cast(MOMENT))
        rows = rows.set_column(rows.column_names.index(name), name, ranks)
    return rows


def _is_none_of(moment: Any, others: list[Any]) -> Any:
    """Where a moment differs from all the others."""
    found = pc.is_valid(moment)
    for other in others:
        found = pc.and_(found, pc.invert(pc.fill_null(pc.equal(moment, other), fill_value=False)))
    return found


def notes(rows: pa.Table, shape: Shape) -> Iterator[tuple[pa.Field, Any]]:
    """What is to be stored of the notes: nothing where no column came later."""
    for name in group_columns(shape):
        if name in rows.column_names and pc.max(rows[name]).as_py():
            columns = _SEPARATOR.join(shape.columns_of_group(name.removeprefix(SINCE)))
            yield pa.field(name, MOMENT, metadata={COLUMNS: columns.encode()}), rows[name]


def later_columns(stored: pa.Table) -> dict[str, list[int]]:
    """By column, for every row: 0 if it is as old as the row, more the later it came. Empty where none came later."""
    found: dict[str, list[int]] = {}
    for field in stored.schema:
        if field.name.startswith(SINCE):
            ranks = pc.fill_null(stored[field.name], 0).to_pylist()
            names = (field.metadata or {}).get(COLUMNS, b"").decode().split(_SEPARATOR)
            found |= dict.fromkeys(names, ranks)
    return found


def in_order(columns: Mapping[str, Any], later: Mapping[str, list[int]], row: int) -> dict[str, Any]:
    """A row's columns as they appeared, those of one day in the order in which they are declared."""
    if not any(name in later and later[name][row] for name in columns):
        return dict(columns)
    return {name: columns[name] for name in sorted(columns, key=lambda name: later[name][row] if name in later else 0)}
