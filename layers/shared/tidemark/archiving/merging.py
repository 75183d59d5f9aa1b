"""Rows with equal paths become one, by the rule of each column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.appearance import MOMENT, ROW, group_columns
from tidemark.archiving.numbers import WHOLE
from tidemark.archiving.shapes import GOAL, METRIC, PATH, TEXT, MetricColumn, Shape
from tidemark.plugin.record import Merge

ORDER = "order"
"""The row's place in a table that is not sorted."""
WEIGHT = "weight"
"""How much a row's texts count: of a day's rows that are merged the heaviest gives them."""
IDGOAL = "idgoal"
PLACE = "place"
"""A row's position among those of its depth."""

FUNCTIONS = {Merge.SUM: "sum", Merge.MIN: "min", Merge.MAX: "max", Merge.KEEP: "max"}


def row_types(shape: Shape) -> dict[str, pa.DataType]:
    """The columns of rows and their types."""
    types = {PATH: pa.string()}
    if not shape.sort:
        types[ORDER] = WHOLE
    types |= {METRIC + column.name: column.type for column in shape.columns}
    if shape.texts:
        types |= {TEXT + name: pa.string() for name in shape.texts}
        types[WEIGHT] = WHOLE
    return types | dict.fromkeys(_notes(shape), MOMENT)


def _notes(shape: Shape) -> list[str]:
    return [ROW, *group_columns(shape)] if shape.groups else []


def goal_types(shape: Shape) -> dict[str, pa.DataType]:
    """The columns of goal rows and their types."""
    types = {PATH: pa.string(), IDGOAL: pa.int32()}
    return types | {GOAL + column.name: column.type for column in shape.goals}


def completed(table: pa.Table, types: dict[str, pa.DataType]) -> pa.Table:
    """The table with exactly these columns; what it lacks is NULL."""
    present = dict(zip(table.column_names, table.columns, strict=True))
    nothing: dict[pa.DataType, pa.Array] = {}
    columns: list[Any] = []
    for name, kind in types.items():
        values = present.get(name)
        if values is None:
            if kind not in nothing:
                nothing[kind] = pa.nulls(table.num_rows, kind)
            values = nothing[kind]
        columns.append(values if values.type == kind else values.cast(kind))
    return pa.table(columns, names=list(types))


def merge_rows(tables: Sequence[pa.Table], shape: Shape, key: str = PATH, *, are_alike: bool = False) -> pa.Table:
    """One row per key. `are_alike`: many keys stand in several tables, so nobody looks whether all are different."""
    types = row_types(shape)
    if key not in types:
        types = {key: WHOLE} | types
        del types[PATH]
    rows = _concatenated(tables, types)
    if shape.texts and not shape.keeps_first_texts:
        rows = rows.take(pc.sort_indices(rows, sort_keys=nulls_last([(WEIGHT, "descending")])))
    return _grouped(rows, [key], _row_functions(shape), may_be_distinct=not are_alike)


def merge_goals(tables: Sequence[pa.Table], shape: Shape, key: str = PATH, *, same_label: bool = False) -> pa.Table:
    """One row per key and goal. `same_label`: the rows are a day's groups that got one label."""
    types = goal_types(shape)
    if key not in types:
        types = {key: WHOLE} | types
        del types[PATH]
    functions = {GOAL + column.name: FUNCTIONS[column.merge_of(same_label=same_label)] for column in shape.goals}
    return _grouped(_concatenated(tables, types), [key, IDGOAL], functions)


def _row_functions(shape: Shape) -> dict[str, str]:
    functions = {METRIC + column.name: FUNCTIONS[column.merge] for column in shape.columns}
    if not shape.sort:
        functions[ORDER] = "min"
    if shape.texts:
        functions |= {TEXT + name: "first" for name in shape.texts}
        functions[WEIGHT] = "max"
    return functions | dict.fromkeys(_notes(shape), "min")


def _concatenated(tables: Sequence[pa.Table], types: dict[str, pa.DataType]) -> pa.Table:
    if not tables:
        return pa.table({name: pa.array([], kind) for name, kind in types.items()})
    return pa.concat_tables([completed(table, types) for table in tables])


def _grouped(rows: pa.Table, keys: list[str], functions: dict[str, str], *, may_be_distinct: bool = False) -> pa.Table:
    """Groups in the order of their first rows. One thread: then the first row is the same every time.

    To find out that all keys are different costs as much as the groups of twenty columns.
    """
    if may_be_distinct and pc.count_distinct(rows[keys[0]], mode="all").as_py() == rows.num_rows:
        return rows
    found = rows.group_by(keys, use_threads=False).aggregate(list(functions.items()))
    return found.select([*keys, *(f"{name}_{function}" for name, function in functions.items())]).rename_columns(
        [*keys, *functions]
    )


def column_of(shape: Shape, name: str) -> MetricColumn | None:
    """A metric by its name."""
    return next((column for column in shape.columns if column.name == name), None)


def nulls_last(keys: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Sort keys under which what is missing comes last."""
    return [(name, order, "at_end") for name, order in keys]
