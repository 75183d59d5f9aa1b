import pytest

from tidemark.model.table import DataTable, Row
from tidemark.plugin import by_range, col, name_ranges, ranges, segment_by_range
from tidemark.plugin.ranges import bounds_of


def labelled(*labels):
    return DataTable([Row({"label": label}) for label in labels])


def test_a_single_bound_opens_a_range_above_it():
    assert [bucket.label for bucket in ranges(col("n"), ((1, 1), (6, 7), (20,)))] == ["1-1", "6-7", "21%2B"]


@pytest.mark.parametrize(("label", "bounds"), [("1-1", (1, 1)), ("600-900", (600, 900)), ("21%2B", (21, None))])
def test_bounds_are_read_from_labels(label, bounds):
    assert bounds_of(label) == bounds


@pytest.mark.parametrize(
    ("label", "name", "segment"),
    [
        ("1-1", "1 page", "actions==1"),
        ("2-2", "2 pages", "actions==2"),
        ("6-7", "6-7 pages", "actions>=6;actions<=7"),
        ("21%2B", "21%2B pages", "actions>=21"),
        ("new", "New", "visitorType==new"),
    ],
)
def test_ranges_are_named_and_select_their_visits(label, name, segment):
    table = labelled(label)
    segment_by_range("actions", {"new": "visitorType==new"})(table, None)
    name_ranges("1 page", "%s pages", {"new": "New"})(table, None)

    assert (table.rows[0].label, table.rows[0].metadata["segment"]) == (name, segment)


def test_a_row_without_label_is_a_range_from_nothing_that_selects_no_visits():
    table = labelled("2-2", None)
    by_range(table, None)
    segment_by_range("actions")(table, None)
    name_ranges("1 page", "%s pages")(table, None)
    assert [(row.label, row.metadata.get("segment")) for row in table] == [
        ("0%2B pages", None),
        ("2 pages", "actions==2"),
    ]


def test_ranges_stand_in_order_of_their_starts():
    table = labelled("21%2B", "6-7", "1-1")
    by_range(table, None)

    assert [row.label for row in table.rows] == ["1-1", "6-7", "21%2B"]
