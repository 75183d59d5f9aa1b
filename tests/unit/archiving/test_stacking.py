from datetime import date

import pyarrow as pa

from tidemark.archiving import labels
from tidemark.archiving.shapes import MetricColumn, Shape
from tidemark.archiving.stacking import Stored, unfolded

SHAPE = Shape((MetricColumn("nb_visits"), MetricColumn("nb_hits")), (MetricColumn("revenue"),), (), (), "").above_day
FIRST, SECOND = date(2024, 1, 1), date(2024, 1, 2)


def stored(rows, *, goals=None, hits=None, day=FIRST):
    """A stored table of (label, parent) with as many visits as rows stand before it, and one."""
    columns = {
        "label": pa.array([label for label, _ in rows]),
        "parent": pa.array([parent for _, parent in rows], pa.int32()),
        "m:nb_visits": pa.array(range(1, len(rows) + 1), pa.int64()),
    }
    if hits is not None:
        columns["m:nb_hits"] = pa.array(hits, pa.int64())
    if goals is not None:
        columns["goals"] = goals
    return Stored(pa.table(columns), day)


def goal_lists(*lists, **types):
    kind = pa.list_(pa.struct([("idgoal", pa.int32()), *types.items()]))
    return pa.array(lists, kind)


def path(*names):
    return labels.SEPARATOR.join(names)


def test_rows_get_paths_of_their_own_table_when_several_are_stacked():
    found = unfolded(
        "0", [stored([("a", None), ("x", 0)]), stored([("b", None), ("a", None), ("y", 1), ("z", 2)])], SHAPE
    )
    assert found.rows["path"].to_pylist() == [
        path("0", "a"),
        path("0", "a", "x"),
        path("0", "b"),
        path("0", "a"),
        path("0", "a", "y"),
        path("0", "a", "y", "z"),
    ]


def test_a_column_that_one_table_lacks_is_missing_in_its_rows_only():
    found = unfolded("0", [stored([("a", None)]), stored([("a", None)], hits=[7])], SHAPE)
    assert found.rows["m:nb_hits"].to_pylist() == [None, 7]
    assert found.rows["m:nb_visits"].to_pylist() == [1, 1]


def test_rows_of_an_unsorted_table_keep_their_places():
    found = unfolded("0", [stored([("a", None), ("b", None)]), stored([]), stored([("b", None), ("c", None)])], SHAPE)
    assert found.rows["order"].to_pylist() == [0, 1, 0, 1]


def test_a_whole_number_is_read_as_real_when_the_column_became_real():
    shape = Shape((MetricColumn("nb_visits", is_real=True),), (), (), (), "nb_visits").above_day
    found = unfolded("0", [stored([("a", None)])], shape)
    assert pa.types.is_decimal(found.rows["m:nb_visits"].type)


def test_goals_come_with_their_rows_paths_when_days_have_different_columns_of_them():
    one = goal_lists([{"idgoal": 1, "revenue": 2}], revenue=pa.int64())
    two = goal_lists(None, [{"idgoal": 1}, {"idgoal": 2}])
    found = unfolded(
        "0", [stored([("a", None)], goals=one), stored([("b", None), ("c", None)], goals=two, day=SECOND)], SHAPE
    )
    rows = [row for table in found.goals for row in table.select(["path", "idgoal"]).to_pylist()]
    assert sorted((row["path"], row["idgoal"]) for row in rows) == [
        (path("0", "a"), 1),
        (path("0", "c"), 1),
        (path("0", "c"), 2),
    ]
    assert found.rows["f:goals"].is_valid().to_pylist() == [True, False, True]


def test_moments_follow_the_days_of_the_tables():
    found = unfolded("0", [stored([("a", None)]), stored([("a", None)], day=SECOND)], SHAPE)
    first, second = found.rows["f:row"].to_pylist()
    assert second > first


def test_a_day_beside_a_week_gives_one_column_of_daily_uniques():
    shape = Shape((MetricColumn("nb_uniq", daily_sum="sum_daily_nb_uniq"),), (), (), (), "").above_day
    day, week = (
        Stored(pa.table({"label": ["a"], "parent": pa.nulls(1, pa.int32()), name: [count]}), FIRST)
        for name, count in (("m:nb_uniq", 1), ("m:sum_daily_nb_uniq", 2))
    )
    assert unfolded("0", [day, week], shape).rows["m:sum_daily_nb_uniq"].to_pylist() == [1, 2]
