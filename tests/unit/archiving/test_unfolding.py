from decimal import Decimal

import pyarrow as pa
import pytest

from tidemark.archiving.labels import NUMBER, OTHERS
from tidemark.archiving.numbers import REAL
from tidemark.archiving.unfolding import StoredTree, _numbers
from tidemark.model.table import DataTable
from tidemark.plugin.metrics import BOUNCE_RATE
from tidemark.reporting.filters.cutting import limit
from tidemark.reporting.filters.flat_labels import Flattening
from tidemark.reporting.filters.flatten import flatten, replace_summary_labels
from tidemark.reporting.filters.goals import name_goals
from tidemark.reporting.filters.pattern import keep_matching
from tidemark.reporting.filters.sorting import sort_table
from tidemark.reporting.formats.base import FormatOptions
from tidemark.reporting.formats.json import Json
from tidemark.reporting.formatting import Formatter, format_tables
from tidemark.reporting.metrics import compute_metrics

LEVELS = (
    ["docs", "/shop", "index", f"{NUMBER}7", OTHERS],
    ["a10", "/a9", "b", OTHERS],
    ["x", "sub", "é & %41"],
    ["deep"],
)
PARENTS = (None, 0, 1, 6)
GOALS = pa.list_(pa.struct([("idgoal", pa.int64()), ("nb_conversions", pa.int64()), ("revenue", pa.float64())]))


def stored():
    """docs and /shop are folders, sub is one inside /shop; both the main table and docs have a row of others."""
    labels = [label for level in LEVELS for label in level]
    count = len(labels)
    goals = [[{"idgoal": 2, "nb_conversions": row, "revenue": 0.5}, {"idgoal": -1, "nb_conversions": 1, "revenue": None}]
             if row % 3 == 0 else None for row in range(count)]  # fmt: skip
    return pa.table(
        {
            "label": labels,
            "parent": pa.array(
                [parent for parent, level in zip(PARENTS, LEVELS, strict=True) for _ in level], pa.int32()
            ),
            "m:nb_visits": pa.array([9, 7, 3, 1, 2, 4, 3, 3, 3, 3, 2, 1, 2], pa.int64()),
            "m:bounce_count": pa.array([row if row % 2 else None for row in range(count)], pa.int64()),
            "m:time": pa.array([row / 4 for row in range(count)], pa.float64()),
            "goals": pa.array(goals, GOALS),
            "t:url": [None if label in {"docs", "/shop", "sub", OTHERS} else f"https://x/{label}" for label in labels],
        }
    )


def both(levels, number=0):
    """The same table as columns and as rows."""
    folders = ("folder", "/")
    columns = StoredTree(stored(), folders, columnar_from=0).table(number, levels=levels)
    rows = StoredTree(stored(), folders, columnar_from=1000).table(number, levels=levels)
    assert columns.is_columnar
    assert not rows.is_columnar
    return columns, rows


def json(table):
    return Json().value(table, FormatOptions()).body


def answered(table, *, is_flat, sort, row_limit, offset, keeps):
    """What the pipeline does, without what reports declare."""
    name_goals([table])
    if is_flat:
        table = flatten(table, Flattening("/", ("Demo.Page", "Demo.Page")))
    sort_table(table, sort, is_descending=sort != "label")
    limit(table, offset, row_limit, keep_summary_row=keeps)
    compute_metrics([table], (BOUNCE_RATE,))
    replace_summary_labels(table)
    table.change_cells("time", lambda time: f"{time:.4f}", summary=True)
    format_tables([table], (BOUNCE_RATE,), "bc", Formatter())
    return table


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("levels", [1, 2, 4])
def test_columns_become_the_rows_that_the_table_has(levels, number):
    columns, rows = both(levels, number) if number < 4 else (DataTable(), DataTable())
    assert columns == rows
    assert [row.metadata for row in columns] == [row.metadata for row in rows]


@pytest.mark.parametrize("is_flat", [False, True])
@pytest.mark.parametrize("sort", ["nb_visits", "label", "bounce_count", "time", "goals", "unknown"])
@pytest.mark.parametrize(
    ("offset", "row_limit", "keeps"),
    [(0, -1, False), (0, 3, False), (1, 2, True), (4, 9, False), (20, 5, True), (0, 0, False)],
)
def test_columns_and_rows_give_the_same_answer(is_flat, sort, offset, row_limit, keeps):
    options = {"is_flat": is_flat, "sort": sort, "row_limit": row_limit, "offset": offset, "keeps": keeps}
    columns, rows = (answered(table, **options) for table in both(4 if is_flat else 1))
    assert columns.is_columnar
    assert columns.metadata == rows.metadata
    assert json(columns) == json(rows)
    assert [list(row.metadata.items()) for row in columns] == [list(row.metadata.items()) for row in rows]


def test_patterns_keep_the_same_rows():
    columns, rows = both(1)
    for table in (columns, rows):
        keep_matching(table, "label", "o")
    assert json(columns) == json(rows)


def test_rows_that_only_conversions_made_need_rows():
    table = pa.table(
        {
            "label": ["a"],
            "parent": pa.array([None], pa.int32()),
            "m:nb_visits": pa.array([0], pa.int64()),
            "goals": pa.array([[{"idgoal": 1, "nb_conversions": 1, "revenue": 0.0}]], GOALS),
        }
    )
    made = StoredTree(table, None, columnar_from=0).table(0, levels=1)
    assert not made.is_columnar
    assert list(made.rows[0].columns) == ["label", "goals", "nb_visits"]


@pytest.mark.parametrize("text", ["680.44", "49.18", "0.07", "-12.34", "0.000001", "999999999.99", "22590.99", "1e15"])
def test_amounts_are_the_doubles_next_to_them(text):
    stored = pa.chunked_array([pa.array([Decimal(text).quantize(Decimal("0.000001")), None], REAL)])
    assert _numbers(stored) == [float(text), None]
