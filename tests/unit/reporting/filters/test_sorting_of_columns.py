"""Sorting tables that are held as columns gives the order of those that are held as rows."""

import pytest

from tidemark.model.columns import Columns, StoredColumns
from tidemark.model.natural_order import natural_key
from tidemark.model.table import DataTable
from tidemark.reporting.filters.flat_labels import Flattening
from tidemark.reporting.filters.flatten import flatten
from tidemark.reporting.filters.sorting import sort_table

COUNT = 300


def cells():
    return {
        "label": [f"Page {at * 37 % 61}" for at in range(COUNT)],
        "nb_visits": [at * 7 % 11 % 9 for at in range(COUNT)],
        "nb_hits": [(1, 2, 2.5, 3)[at * 5 % 13 % 4] for at in range(COUNT)],
        "place": list(range(COUNT)),
    }


def columnar():
    table = DataTable()
    table.hold(Columns(StoredColumns(cells(), COUNT), range(COUNT)), None)
    return table


@pytest.mark.parametrize("is_descending", [True, False])
def test_numbers_that_tie_are_ordered_by_visits_then_as_they_come(is_descending):
    given = cells()
    sign = -1 if is_descending else 1
    table = columnar()
    sort_table(table, "nb_hits", is_descending=is_descending)
    expected = sorted(range(COUNT), key=lambda at: (sign * given["nb_hits"][at], sign * given["nb_visits"][at], at))
    assert table.cells("place") == expected


def test_visits_that_tie_are_ordered_by_label_naturally():
    given = cells()
    expected = sorted(range(COUNT), key=lambda at: (-given["nb_visits"][at], natural_key(given["label"][at]), at))
    table, rows = (
        columnar(),
        DataTable.from_records([dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True)]),
    )
    for one in (table, rows):
        sort_table(one, "nb_visits")
        assert one.cells("place") == expected


def tree():
    stored = StoredColumns({"label": ["a", "b", "c", "d"], "nb_visits": [4, 3, 2, 1]}, 4)
    table, below = DataTable(), DataTable()
    below.hold(Columns(stored, range(2, 4), [("url", ["u", "v"])]), None)
    return table, below, stored


def test_leaves_of_the_same_stored_rows_are_made_once():
    table, below, stored = tree()
    flattening = Flattening(separator="/", dimensions=("Pages",))
    table.hold(Columns(stored, range(2), (), [7, None], [below, None]), None)
    first, second = (flatten(table.copy(), flattening) for _ in range(2))
    assert first.cells("label") == ["a/c", "a/d", "b"]
    assert first.parts()[0].sources["label"] is second.parts()[0].sources["label"]
    first.pick([1])
    first.put_metadata("url", ["changed"])
    assert second.cells("label") == ["a/c", "a/d", "b"]
    assert second.metadata_cells("url") == ["u", "v", None]
    other = flatten(table.copy(), Flattening(separator=" - ", dimensions=("Pages",)))
    assert other.cells("label") == ["a - c", "a - d", "b"]
