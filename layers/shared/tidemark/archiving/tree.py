"""The tree of a table: parents as the merge of their rows, tables cut to their limits, rows in stored order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving import labels
from tidemark.archiving.appearance import as_moments, as_notes, noted_leaves
from tidemark.archiving.merging import (
    IDGOAL,
    ORDER,
    PLACE,
    WEIGHT,
    merge_goals,
    merge_rows,
    nulls_last,
)
from tidemark.archiving.numbers import row_numbers
from tidemark.archiving.shapes import METRIC, PATH, TEXT, Shape

ROOT = "root"
PARENT = "parent"
LABEL = "label"
_NUMBER = "number"
_IS_OTHERS = "is_others"


@dataclass(frozen=True, slots=True)
class Level:
    """The rows of one depth of the trees, and their goal rows."""

    rows: pa.Table
    goals: pa.Table | None


@dataclass(frozen=True, slots=True)
class Forest:
    """The whole trees of records of one shape, level by level, before they are cut."""

    levels: tuple[Level, ...]

    @property
    def roots(self) -> list[str]:
        """The roots of trees that have rows, in the order in which `cut` numbers them."""
        if not self.levels:
            return []
        return sorted(pc.unique(labels.parents(self.levels[0].rows[PATH])).to_pylist())


@dataclass(frozen=True, slots=True)
class RootLimits:
    """At most so many rows in the main table and in each subtable; below 1 there is no limit."""

    rows: int
    subtable_rows: int


LimitsOf = Callable[[str], RootLimits]


def grow(rows: pa.Table, goals: pa.Table | None, shape: Shape) -> Forest:
    """Parents from their rows, deepest first. Leaf-only columns and texts stay with leaves."""
    levels: list[Level] = []
    rows = noted_leaves(rows, goals, shape)
    depths = labels.depths(rows[PATH])
    goal_depths = None if goals is None else labels.depths(goals[PATH])
    carried: list[pa.Table] = []
    carried_goals: list[pa.Table] = []
    for depth in range(_deepest(depths), 0, -1):
        own = rows.filter(pc.equal(depths, depth))
        nodes = merge_rows([own, *carried], shape) if carried else own
        if carried:
            nodes = _without_leaf_only(nodes, carried[0][PATH], shape)
        level_goals = None
        if goals is not None:
            own_goals = goals.filter(pc.equal(goal_depths, depth))
            level_goals = merge_goals([own_goals, *carried_goals], shape) if carried_goals else own_goals
            carried_goals = [_at_parents(level_goals)]
        levels.append(Level(nodes, level_goals))
        carried = [_summed(nodes, shape)] if depth > 1 else []
    return Forest(tuple(reversed(levels)))


def _summed(nodes: pa.Table, shape: Shape) -> pa.Table:
    """The parents of rows."""
    parts = as_moments(_at_parents(_for_parents(nodes, shape)), shape)
    return as_notes(merge_rows([parts], shape), shape)


def gather(rows: pa.Table, goals: pa.Table | None) -> Forest:
    """Rows of all depths, parents among them, as levels (what merged tables give)."""
    depths = labels.depths(rows[PATH])
    goal_depths = None if goals is None else labels.depths(goals[PATH])
    return Forest(
        tuple(
            Level(
                rows.filter(pc.equal(depths, depth)),
                None if goals is None else goals.filter(pc.equal(goal_depths, depth)),
            )
            for depth in range(1, _deepest(depths) + 1)
        )
    )


def cut(forest: Forest, shape: Shape, limits_of: LimitsOf) -> tuple[Level, ...]:
    """Levels in stored order, cut to the limits.

    Rows of one table follow each other, tables in the order of their parents. `parent` is the parent's position in the
    level above; in the first level that of the root. A row that falls into Others loses its subtable.
    """
    levels: list[Level] = []
    roots = pa.array(forest.roots, pa.string())
    limits = [limits_of(root) for root in forest.roots]
    main_limits = pa.array([limit.rows for limit in limits], pa.int64())
    sub_limits = pa.array([limit.subtable_rows for limit in limits], pa.int64())
    above = pa.table({PATH: roots, PLACE: row_numbers(len(roots)), ROOT: row_numbers(len(roots))})
    for depth, level in enumerate(forest.levels):
        found = pc.index_in(labels.parents(level.rows[PATH]), value_set=above[PATH])
        rows = level.rows.append_column(PARENT, above[PLACE].take(found)).append_column(ROOT, above[ROOT].take(found))
        rows = rows.filter(pc.is_valid(rows[PARENT]))
        if not rows.num_rows:
            break
        done, above = _cut_level(rows, level.goals, shape, sub_limits if depth else main_limits)
        levels.append(done)
    return tuple(levels)


def _cut_level(rows: pa.Table, goals: pa.Table | None, shape: Shape, limits: pa.Array) -> tuple[Level, pa.Table]:
    """The level's rows in order, cut; and the rows that stay, as parents of the next level."""
    rows = _in_order(rows, shape)
    kept, places = _kept(rows, limits)
    rows = rows.append_column(PLACE, places)
    by_goal = None
    if goals is not None:
        target = rows[PLACE].take(pc.index_in(goals[PATH], value_set=rows[PATH]))
        placed = goals.append_column(PLACE, target).filter(pc.is_valid(target)).drop_columns([PATH])
        by_goal = merge_goals([placed], shape, key=PLACE)
        by_goal = by_goal.take(pc.sort_indices(by_goal, sort_keys=[(PLACE, "ascending"), (IDGOAL, "ascending")]))
    if kept is None:
        return Level(rows.drop_columns([PATH]), by_goal), rows.select([PATH, PLACE, ROOT])
    staying = rows.filter(kept)
    return Level(_with_others(staying, rows.filter(pc.invert(kept)), shape), by_goal), staying.select(
        [PATH, PLACE, ROOT]
    )


def _kept(rows: pa.Table, limits: pa.Array) -> tuple[pa.Array | None, pa.Array]:
    """Which rows of ordered tables stay (None: all do), and the place of each or of the row that it falls into."""
    lowest = pc.min(limits.filter(pc.greater(limits, 0))).as_py()
    if lowest is None or rows.num_rows <= lowest:  # no table can have more
        return None, row_numbers(rows.num_rows)
    rank, size = _ranks(rows[PARENT])
    limit = limits.take(rows[ROOT].combine_chunks())
    fits = pc.or_(pc.less(limit, 1), pc.less_equal(size, limit))
    kept = pc.or_(fits, pc.less(rank, pc.subtract(limit, 1)))
    starts = pc.or_(kept, pc.equal(rank, pc.subtract(limit, 1)))
    places = pc.subtract(pc.cumulative_sum(starts.cast(pa.int64())), 1)
    return (None if pc.all(kept).as_py() else kept), places


def _with_others(staying: pa.Table, removed: pa.Table, shape: Shape) -> pa.Table:
    """The rows that stay and a summary row for each table that lost some."""
    summed = _without_texts(removed, shape).drop_columns([PATH, PARENT, ROOT, LABEL, *_leaf_only(shape)])
    others = merge_rows([summed], shape, key=PLACE)
    first = removed.group_by(PLACE, use_threads=False).aggregate([(PARENT, "first"), (ROOT, "first")])
    found = pc.index_in(others[PLACE], value_set=first[PLACE])
    others = others.append_column(PARENT, first[f"{PARENT}_first"].take(found))
    others = others.append_column(ROOT, first[f"{ROOT}_first"].take(found))
    others = others.append_column(LABEL, pa.chunked_array([pa.repeat(labels.OTHERS, others.num_rows)]))
    both = pa.concat_tables([staying.drop_columns([PATH]), others.select(staying.drop_columns([PATH]).column_names)])
    return both.take(pc.sort_indices(both, sort_keys=[(PLACE, "ascending")]))


def _in_order(rows: pa.Table, shape: Shape) -> pa.Table:
    """Rows by table; in a table the summary row last, the others by the shape's order, then by label."""
    last = labels.last_components(rows[PATH])
    rows = rows.append_column(LABEL, last)
    keys: list[tuple[str, str]] = [(PARENT, "ascending"), (_IS_OTHERS, "ascending")]
    keyed = rows.append_column(_IS_OTHERS, pc.equal(last, labels.OTHERS).cast(pa.int8()))
    if shape.sort == LABEL:
        keyed = keyed.append_column(_NUMBER, _numbers(last))
        keys.append((_NUMBER, "ascending"))
    elif not shape.sort:
        keys.append((ORDER, "ascending"))
    elif METRIC + shape.sort in rows.column_names:
        keys.append((METRIC + shape.sort, "descending"))
    if shape.tie:
        keys.append((TEXT + shape.tie, "ascending"))
    keys.append((LABEL, "ascending"))
    return rows.take(pc.sort_indices(keyed, sort_keys=nulls_last(keys)))


def _numbers(written: pa.ChunkedArray) -> pa.ChunkedArray:
    """Labels that are whole numbers as such, NULL for texts."""
    is_number = pc.starts_with(written, labels.NUMBER)
    digits = pc.if_else(is_number, pc.utf8_slice_codeunits(written, len(labels.NUMBER)), None)
    return digits.cast(pa.int64())


def _ranks(parents: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Each row's place in its table, from 0, and the table's size. Rows of one table follow each other."""
    runs = pc.run_end_encode(parents.combine_chunks(), run_end_type=pa.int64())
    ends = runs.run_ends
    starts = pa.concat_arrays([pa.array([0], pa.int64()), ends[:-1]])
    count = len(parents)
    start = pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(ends, starts))
    end = pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(ends, ends))
    return pc.subtract(row_numbers(count), start), pc.subtract(end, start)


def _deepest(depths: pa.ChunkedArray) -> int:
    deepest: int | None = pc.max(depths).as_py()
    return deepest or 0


def _at_parents(table: pa.Table) -> pa.Table:
    return table.set_column(table.column_names.index(PATH), PATH, labels.parents(table[PATH]))


def _for_parents(rows: pa.Table, shape: Shape) -> pa.Table:
    """What of rows counts in their parents."""
    return _without_texts(rows, shape).drop_columns([*_leaf_only(shape), *([] if shape.sort else [ORDER])])


def _leaf_only(shape: Shape) -> list[str]:
    """Columns that folders and Others lack."""
    return [METRIC + column.name for column in shape.columns if column.leaf_only]


def _without_texts(rows: pa.Table, shape: Shape) -> pa.Table:
    return rows.drop_columns([*(TEXT + name for name in shape.texts), WEIGHT]) if shape.texts else rows


def _without_leaf_only(nodes: pa.Table, inner: pa.ChunkedArray, shape: Shape) -> pa.Table:
    """Nodes with columns that folders lack emptied where a node is one."""
    if not _leaf_only(shape):
        return nodes
    is_inner = pc.is_in(nodes[PATH], value_set=inner)
    for name in _leaf_only(shape):
        index = nodes.column_names.index(name)
        empty = pa.scalar(None, nodes.schema.field(index).type)
        nodes = nodes.set_column(index, name, pc.if_else(is_inner, empty, nodes[name]))
    return nodes
