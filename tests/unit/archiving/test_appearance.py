from dataclasses import replace

import pyarrow as pa
import pytest

from tidemark.archiving.appearance import in_order, later_columns, noted, notes, ranked
from tidemark.archiving.labels import SEPARATOR
from tidemark.archiving.shapes import ALWAYS, GOALS, METRIC, MetricColumn, Shape, shape_of
from tidemark.archiving.tree import grow
from tidemark.plugin import Part, Record, Source, count

ENTRIES, EXITS = (MetricColumn(name, group=group) for name, group in (("entries", "2"), ("exits", "3")))
DAY_SHAPE = Shape(
    (MetricColumn("nb_visits", group=ALWAYS), ENTRIES, EXITS), (MetricColumn("revenue"),), (), (), "nb_visits"
)
SHAPE = DAY_SHAPE.above_day


def day(number, entries=None, exits=None, *, goal=False):
    """A day's row as moments."""
    rows = pa.table({"m:nb_visits": [1], "m:entries": pa.array([entries], pa.int64()), "m:exits": [exits]})
    goals = pa.array([[{"idgoal": 1}] if goal else None], pa.list_(pa.struct([("idgoal", pa.int32())])))
    return noted(rows, rows.append_column(GOALS, goals), SHAPE, pa.array([number]))


def of_days(*days):
    """The note of the row that the days' rows become: entries, exits, goals."""
    found = pa.concat_tables([one.select(["f:row", "f:2", "f:3", "f:goals"]) for one in days])
    lowest = found.group_by([]).aggregate([(name, "min") for name in found.column_names])
    merged = ranked(lowest.rename_columns([name.removesuffix("_min") for name in lowest.column_names]), SHAPE)
    return [merged[name][0].as_py() for name in ("f:2", "f:3", "f:goals")]


@pytest.mark.parametrize(
    ("days", "ranks"),
    [
        ((day(1, entries=1, exits=1),), [0, 0, 0]),
        ((day(1, entries=1), day(2, exits=1)), [0, 1, 0]),
        ((day(1), day(2, exits=1), day(5, entries=1, goal=True)), [2, 1, 2]),
        ((day(1, exits=1, goal=True), day(2, entries=1), day(3, entries=1, exits=1)), [1, 0, 0]),
    ],
)
def test_groups_rank_by_the_days_on_which_they_came(days, ranks):
    assert of_days(*days) == ranks


def test_nothing_is_stored_when_no_group_came_later():
    assert not list(notes(ranked(day(1, entries=1), SHAPE), SHAPE))


def test_a_row_tells_late_columns_last_when_its_note_says_so():
    stored = pa.table(
        [pa.array([0, 1])],
        schema=pa.schema([pa.field("f:2", pa.int32(), metadata={b"columns": b"entries,goals"})]),
    )
    later = later_columns(stored)
    row = {"label": "a", "entries": 1, "exits": 2, "goals": {}}
    assert list(in_order(row, later, 0)) == ["label", "entries", "exits", "goals"]
    assert list(in_order(row, later, 1)) == ["label", "exits", "entries", "goals"]


def test_sums_over_goals_come_with_the_goals():
    sums = (MetricColumn("nb_conversions", group=GOALS),)
    assert Shape((), (MetricColumn("revenue"),), sums, (), "").above_day.columns_of_group(GOALS) == [
        "goals",
        "nb_conversions",
    ]


VISITS, ACTIONS = MetricColumn("nb_visits"), MetricColumn("nb_actions")
SUMS = Shape((VISITS, ACTIONS), (MetricColumn("revenue"),), (MetricColumn("nb_conversions", group=GOALS),), (), "")


def test_what_visits_tell_comes_late_to_rows_that_conversions_made():
    shape = replace(SUMS, defaults=("nb_visits",)).above_day
    assert shape.groups == {"base": "m:nb_actions", "goals": "goals"}
    assert shape.columns_of_group("base") == ["nb_visits", "nb_actions"]


PAGES = replace(DAY_SHAPE, sort="nb_visits", groups=SHAPE.groups)


def page(path, visits, **columns):
    row = {"path": f"0{SEPARATOR}{path}", "m:nb_visits": visits}
    return row | {METRIC + name: columns.get(name) for name in ("entries", "exits")}


def test_a_folder_tells_first_what_its_first_page_told():
    """Pages come by their hits; those of a folder in a folder before what the next page adds."""
    pages = [
        page(SEPARATOR.join(("a", "in", "most")), 9, exits=1),
        page(SEPARATOR.join(("a", "in", "less")), 8, entries=1),
        page(SEPARATOR.join(("b", "most")), 3, entries=1, exits=1),
        page(SEPARATOR.join(("b", "less")), 2),
    ]
    schema = pa.schema(
        [("path", pa.string()), *((f"m:{name}", pa.int64()) for name in ("nb_visits", "entries", "exits"))]
    )
    goals = pa.table({"path": [pages[3]["path"]], "idgoal": pa.array([1], pa.int32()), "g:revenue": [5]})
    forest = grow(pa.Table.from_pylist(pages, schema), goals, PAGES)
    folders = {
        row["path"]: [row[name] for name in ("f:2", "f:3", "f:goals")] for row in forest.levels[0].rows.to_pylist()
    }
    assert folders == {f"0{SEPARATOR}a": [1, 0, None], f"0{SEPARATOR}b": [0, 0, 1]}
    leaves = forest.levels[2].rows.to_pylist()
    assert [[row[name] for name in ("f:2", "f:3", "f:goals")] for row in leaves] == [[None, 0, None], [0, None, None]]


def test_what_several_parts_of_a_record_tell_does_not_come_late_with_what_one_of_them_tells():
    both, shown = count("nb_interactions"), count("nb_impressions")
    parts = (Part(Source.ACTIONS, (), (shown, both)), Part(Source.ACTIONS, (), (both,)))
    shape = shape_of(Record("Content", parts), {Source.ACTIONS: {}}).above_day
    assert shape.groups == {"base": "m:nb_impressions", "shared": "m:nb_interactions"}
    assert shape.columns_of_group("base") == ["nb_impressions"]
    alone = shape_of(Record("Content", parts[:1]), {Source.ACTIONS: {}}).above_day
    assert not alone.groups
