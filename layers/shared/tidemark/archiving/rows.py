"""From groups to the rows of a day's tables: parts are placed at their labels and joined there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving import labels
from tidemark.archiving.aggregation import Groups
from tidemark.archiving.compiling import CompiledPart, CompiledRecord, Grouping
from tidemark.archiving.merging import IDGOAL, ORDER, WEIGHT, merge_goals, merge_rows
from tidemark.archiving.numbers import REAL
from tidemark.archiving.shapes import GOAL, METRIC, PATH, TEXT, Shape
from tidemark.plugin.record import Aggregate, Empty, Measure, Part, Ratio, Record, Source

Found = Mapping[Grouping, Groups]
"""The groups of every grouping whose source has rows."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """The joined rows of records of one shape, before parents are made. `goals` has a row per path and goal."""

    rows: pa.Table
    goals: pa.Table | None


def leaves_of(
    records: Sequence[tuple[str, CompiledRecord]], shape: Shape, found: Found, options: Mapping[str, Any]
) -> Leaves:
    """The joined rows of records of one shape, each under the root named with it."""
    rows: list[pa.Table] = []
    goals: list[pa.Table] = []
    for root, record in records:
        for part_rows, is_goal in _record_rows(root, record, shape, found, options):
            (goals if is_goal else rows).append(part_rows)
    joined = merge_rows(rows, replace(shape, groups={}))
    if not shape.goals or not goals:
        return Leaves(_finished(joined, shape), None)
    with_ratios = [_with_goal_ratios(table, joined, shape) for table in goals]
    by_goal = merge_goals(with_ratios, shape, same_label=True)
    return Leaves(_finished(_with_goal_sums(joined, by_goal, shape), shape), by_goal)


def _record_rows(
    root: str, compiled: CompiledRecord, shape: Shape, found: Found, options: Mapping[str, Any]
) -> Iterator[tuple[pa.Table, bool]]:
    """The parts' rows; True with those that stand per goal."""
    record = compiled.record
    place = _placing(record, options)
    made: list[pa.ChunkedArray] = []
    for compiled_part in compiled.parts:
        part = compiled_part.part
        table = _part_rows(root, record, compiled_part, shape, found, place)
        if table is None:
            continue
        if part.joins_only:
            table = table.filter(_is_among(table[PATH], _all_of(made), part.joined_levels))
        else:
            made.append(table[PATH])
        yield table, part.per_goal
        if part.per_goal and not part.joins_only:
            yield table.select([PATH]), False
    if record.always:
        fixed = _fixed_rows(record.parts[0], _roots(root, record, made), [(label, 0) for label in record.always])
        yield fixed.filter(pc.invert(pc.is_in(fixed[PATH], value_set=_all_of(made)))), False


def _is_among(paths: pa.ChunkedArray, known: pa.ChunkedArray, levels: int | None) -> pa.ChunkedArray:
    """Whether each path, or what is above its first so many labels, is there already."""
    if levels is None:
        return pc.is_in(paths, value_set=known)
    return pc.is_in(labels.upper_parts(paths, levels), value_set=labels.upper_parts(known, levels))


Placing = Callable[[Part, Groups], Any]


def _placing(record: Record, options: Mapping[str, Any]) -> Placing:
    """How the groups of a record's parts get their labels."""
    if record.path is None:
        missing = None if record.missing_label is None else labels.component(record.missing_label)
        return partial(_by_levels, missing=missing)
    chosen = {name.rpartition(".")[2]: options[name] for name in record.options}
    return partial(_by_function, place=partial(record.path, **chosen), known={})


def _by_levels(part: Part, groups: Groups, missing: str | None) -> Any:
    levels = len(part.by) if part.levels is None else part.levels
    parts = [labels.components(groups.keys[level], groups.kinds[level]) for level in range(levels)]
    return labels.level_paths(parts, missing)


def _by_function(
    part: Part, groups: Groups, place: labels.PathFunction, known: dict[tuple[Any, ...], str | None]
) -> Any:
    count = len(part.by) if part.levels is None else part.levels
    return labels.called_paths(groups.keys[:count], groups.kinds[:count], place, known)


def _part_rows(
    root: str, record: Record, part: CompiledPart, shape: Shape, found: Found, place: Placing
) -> pa.Table | None:
    """The groups of a part as rows; None if there are none."""
    if part.part.buckets:
        return _bucket_rows(root, record, part, found)
    groups = found.get(part.groupings[0])
    if groups is None:
        return None
    columns = _columns(part, groups)
    columns[PATH] = labels.join(_root_of(root, record, groups), place(part.part, groups))
    if part.texts:
        columns[WEIGHT] = columns.get(METRIC + shape.weight, pa.repeat(pa.scalar(0, pa.int64()), len(columns[PATH])))
    table = pa.table(columns)
    if part.texts:
        table = table.take(_in_order_of_keys(groups))
    return table.filter(pc.is_valid(table[PATH])) if table[PATH].null_count else table


def _in_order_of_keys(groups: Groups) -> pa.Array:
    """Places of the groups by what they are grouped by: of rows that weigh the same, the first gives the texts.

    Source: Matomo 5.2, plugins/Actions/RecordBuilders (actions are read by hits, then by name).
    """
    keys = pa.table({str(number): key for number, key in enumerate(groups.keys)})
    return pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])


def _columns(part: CompiledPart, groups: Groups) -> dict[str, Any]:
    prefix = GOAL if part.part.per_goal else METRIC
    columns = {prefix + measure.measure.name: groups.measures[measure] for measure in part.measures}
    columns |= {TEXT + text.measure.name: groups.measures[text] for text in part.texts}
    if part.part.per_goal:
        columns[IDGOAL] = groups.keys[-1].cast(pa.int32())
    return columns


def _root_of(root: str, record: Record, groups: Groups) -> Any:
    """The record's root, or of a record per goal the root of each group's table."""
    if not record.per_goal:
        return root
    return pc.binary_join_element_wise(root, groups.keys[-1], ":")


def _bucket_rows(root: str, record: Record, part: CompiledPart, found: Found) -> pa.Table | None:
    buckets = part.part.buckets
    tables = []
    for order, (bucket, grouping) in enumerate(zip(buckets, part.groupings, strict=True)):
        groups = found.get(grouping)
        if groups is None:
            continue
        columns = _columns(part, groups)
        count = groups.count
        roots = _root_of(root, record, groups)
        last = pa.repeat(labels.component(bucket.label), count)
        columns[PATH] = labels.join(roots, last)
        columns[ORDER] = pa.repeat(pa.scalar(order, pa.int64()), count)
        tables.append(pa.table(columns))
    if not tables:
        return None
    rows = pa.concat_tables(tables, promote_options="default")
    if part.part.source is Source.CONVERSIONS and not _counts(part, rows):
        return None
    fixed = [(bucket.label, order) for order, bucket in enumerate(buckets)]
    return pa.concat_tables(
        [rows, _fixed_rows(part.part, _roots(root, record, [rows[PATH]]), fixed)], promote_options="default"
    )


def _counts(part: CompiledPart, rows: pa.Table) -> bool:
    """Whether any bucket has something. Visits have all their buckets always, conversions only where there are some.

    Source: Matomo 5.2, plugins/Goals/RecordBuilders (conversions are read by goal, visits as one row).
    """
    names = (METRIC + measure.measure.name for measure in part.measures)
    return any(pc.max(rows[name]).as_py() for name in names)


def _roots(root: str, record: Record, paths: Iterable[pa.ChunkedArray]) -> list[str]:
    """The tables of a record: one, or one per goal found."""
    if not record.per_goal:
        return [root]
    tops = {path.split(labels.SEPARATOR, 1)[0] for column in paths for path in column.to_pylist()}
    return sorted(tops)


def _fixed_rows(part: Part, roots: Sequence[str], rows: Sequence[tuple[str | int, int]]) -> pa.Table:
    """Rows that are there in any case, their columns at 0."""
    paths = [f"{root}{labels.SEPARATOR}{labels.component(label)}" for root in roots for label, _ in rows]
    columns: dict[str, Any] = {PATH: pa.array(paths, pa.string())}
    columns[ORDER] = pa.array([order for _ in roots for _, order in rows], pa.int64())
    for measure in part.metrics:
        if isinstance(measure, Measure) and measure.empty is Empty.ZERO and measure.aggregate is not Aggregate.ANY:
            columns[METRIC + measure.name] = pa.repeat(pa.scalar(0, pa.int64()), len(paths))
    return pa.table(columns)


def _all_of(arrays: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    return pa.chunked_array([chunk for array in arrays for chunk in array.chunks], pa.string())


def _finished(rows: pa.Table, shape: Shape) -> pa.Table:
    """Rows with their ratios and defaults."""
    for ratio in shape.ratios:
        value = _ratio(rows[METRIC + ratio.of], rows[METRIC + ratio.per], ratio)
        rows = _replaced(rows, METRIC + ratio.name, value)
    for name in shape.defaults:
        rows = _replaced(rows, METRIC + name, pc.fill_null(rows[METRIC + name], 0))
    return rows


def _with_goal_ratios(goals: pa.Table, rows: pa.Table, shape: Shape) -> pa.Table:
    """Groups with the ratios of their own values to those of the row that they are part of.

    Source: Matomo 5.2, plugins/Actions/ArchivingHelper (rates of URLs with one label are added up).
    """
    own = [ratio for ratio in shape.goal_ratios if GOAL + ratio.of in goals.column_names]
    if not own:
        return goals
    places = pc.index_in(goals[PATH], value_set=rows[PATH])
    for ratio in own:
        per = rows[METRIC + ratio.per].take(places)
        goals = goals.append_column(GOAL + ratio.name, _ratio(goals[GOAL + ratio.of], per, ratio))
    return goals


def _ratio(of: pa.ChunkedArray, per: pa.ChunkedArray, ratio: Ratio) -> Any:
    divisor = per.cast(pa.float64())
    usable = pc.if_else(pc.greater(divisor, 0), divisor, pa.scalar(None, pa.float64()))
    return pc.round(pc.divide(of.cast(pa.float64()), usable), ratio.decimals).cast(REAL, safe=False)


def _with_goal_sums(rows: pa.Table, goals: pa.Table, shape: Shape) -> pa.Table:
    """Conversions and revenue over a row's goals; carts count nothing."""
    if not shape.goal_sums:
        return rows
    is_cart = pc.less(goals[IDGOAL], 0)
    values = {GOAL + column.name: goals[GOAL + column.name] for column in shape.goal_sums}
    nothing = {name: pa.scalar(0).cast(column.type) for name, column in values.items()}
    counted = pa.table(
        {PATH: goals[PATH]} | {name: pc.if_else(is_cart, nothing[name], column) for name, column in values.items()}
    )
    sums = counted.group_by(PATH, use_threads=False).aggregate([(GOAL + c.name, "sum") for c in shape.goal_sums])
    places = pc.index_in(rows[PATH], value_set=sums[PATH])
    for column in shape.goal_sums:
        rows = _replaced(rows, METRIC + column.name, sums[f"{GOAL}{column.name}_sum"].take(places))
    return rows


def _replaced(table: pa.Table, name: str, values: Any) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)
