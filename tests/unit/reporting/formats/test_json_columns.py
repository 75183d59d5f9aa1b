import orjson
from hypothesis import given
from hypothesis import strategies as st

from tidemark.model.columns import ABSENT, Columns, StoredColumns
from tidemark.model.table import DataTable, Row
from tidemark.reporting.formats.base import FormatOptions
from tidemark.reporting.formats.json import Json, json_value
from tidemark.reporting.formats.json_columns import columns_json

OPTIONS = FormatOptions()
NUMBERS = (
    st.integers(-(2**65), 2**65)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0, 1.0, -0.0, 2e15])
)
TEXTS = st.text() | st.sampled_from(["", '",', "a\\", "&amp;", 'x","y', "\0", "/\u20ac", "a&b"])
GOALS = st.dictionaries(
    st.sampled_from(["0", "idgoal=1", "x"]), st.dictionaries(st.sampled_from(["0", "n", "r"]), NUMBERS)
)
CELLS = st.sampled_from([ABSENT, None, True, False]) | NUMBERS | TEXTS | GOALS
COLUMNS = st.integers(1, 6).flatmap(
    lambda count: st.fixed_dictionaries(
        {
            name: st.lists(kind, min_size=count, max_size=count)
            for name, kind in {
                "label": TEXTS | NUMBERS,
                "numbers": NUMBERS,
                "texts": TEXTS,
                "goals": GOALS,
                "mixed": CELLS,
                "slot": CELLS,
            }.items()
        }
    )
)


def columnar(cells, subtable_ids=None):
    slot = cells.pop("slot", None)
    count = len(cells["label"])
    table = DataTable()
    slots = [] if slot is None else [("slot", slot)]
    table.hold(Columns(StoredColumns(cells, count), range(count), slots, subtable_ids), None)
    return table


@given(COLUMNS)
def test_columns_are_written_as_rows_are(cells):
    table = columnar(cells)
    rows = DataTable(table.copy().rows)
    assert Json().value(table, OPTIONS).body == Json().value(rows, OPTIONS).body


def test_subtable_ids_come_last_unless_hidden():
    table = columnar({"label": ["a", "b"]}, [None, 3])
    assert columns_json(table, OPTIONS, lambda cell: cell) == b'[{"label":"a"},{"label":"b","idsubdatatable":3}]'
    hidden = FormatOptions(hide_subtable_ids=True)
    assert orjson.loads(columns_json(table, hidden, lambda cell: cell)) == [{"label": "a"}, {"label": "b"}]


def test_rows_are_needed_for_subtables_unlabelled_rows_and_names_that_stand_twice():
    below = columnar({"label": ["x"]})
    with_below = columnar({"label": ["a"]}, [1])
    with_below.parts()[0].subtables = [below]
    options = FormatOptions(with_subtables=True)
    assert columns_json(with_below, options, lambda cell: cell) is None
    assert columns_json(columnar({"label": [ABSENT]}), OPTIONS, lambda cell: cell) is None
    assert columns_json(columnar({"label": ["a"], "slot": ["b"]}), OPTIONS, lambda cell: cell) is not None
    twice = columnar({"label": ["a"], "slot": ["b"]})
    twice.put_cells("slot", [1])
    assert columns_json(twice, OPTIONS, lambda cell: cell) is None
    assert json_value(twice, OPTIONS) == [{"label": "a", "slot": 1}]
    assert columns_json(DataTable([Row({"label": "a"})]), OPTIONS, lambda cell: cell) is None
