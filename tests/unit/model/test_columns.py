from tidemark.model.columns import ABSENT, Columns, StoredColumns, are_joinable, changed, joined, picked
from tidemark.model.table import DataTable, Row


def stored():
    cells = {
        "label": ["a", "b", "c", "d"],
        "hits": [4, ABSENT, 2, None],
        "goals": [{1: {"n": 1}}, ABSENT, ABSENT, ABSENT],
    }
    return StoredColumns(cells, 4)


def shown():
    return Columns(stored(), range(4), [("url", ["u", ABSENT, "v", ABSENT])])


def table():
    made = DataTable()
    made.hold(Columns(stored(), range(3)), Columns(stored(), range(3, 4)))
    return made


def test_rows_lack_what_is_absent_and_keep_what_is_none():
    rows = list(table())
    assert [row.columns for row in rows[1:]] == [
        {"label": "b"},
        {"label": "c", "hits": 2},
        {"label": "d", "hits": None},
    ]
    rows[0].columns["goals"][1]["n"] = 9
    assert table().rows[0].columns["goals"] == {1: {"n": 1}}


def test_a_table_stays_columnar_until_rows_are_asked_for():
    made = table()
    assert (len(made), made.row_count, made.has_summary_row, made.is_columnar) == (4, 3, True, True)
    made.pick([2, 0])
    made.change_cells("hits", lambda hits: hits * 10)
    made.drop_columns(["goals"])
    made.put_metadata("logo", [None, "l"])
    assert made.cells("hits") == [20, 40]
    assert made.column("label") == ["c", "a", "d"]
    assert made.is_columnar
    assert made.rows == [Row({"label": "c", "hits": 20}), Row({"label": "a", "hits": 40}, {"logo": "l"})]
    assert made.summary_row == Row({"label": "d", "hits": None})
    assert not made.is_columnar


def test_without_summary_row_nothing_becomes_rows():
    made = table()
    made.summary_row = None
    assert made.summary_row is None
    assert (made.is_columnar, len(made)) == (True, 3)


def test_copies_change_independently():
    made = table()
    copied = made.copy()
    copied.put_cells("hits", [0, 0, 0])
    copied.pick([1])
    assert made.cells("hits") == [4, None, 2]
    assert made == table()


def test_metadata_keeps_its_place_and_comes_last_where_it_is_new():
    columns = shown()
    columns.put_metadata("logo", ["l", "l", "l", "l"])
    columns.put_metadata("url", ["x", "y", ABSENT, ABSENT])
    assert [list(columns.row_metadata(place).items()) for place in range(4)] == [
        [("url", "x"), ("logo", "l")],
        [("logo", "l"), ("url", "y")],
        [("url", "v"), ("logo", "l")],
        [("logo", "l")],
    ]
    assert columns.metadata("url") == ["x", "y", "v", ABSENT]
    assert columns.pop_metadata("url") == ["x", "y", "v", ABSENT]
    assert [name for name, _ in columns.slots] == ["logo"]


def test_joined_rows_keep_the_order_of_their_metadata():
    source = stored()
    first = Columns(source, range(2), [("url", ["u", "v"]), ("logo", ["l", ABSENT])])
    second = Columns(source, range(2, 4), [("logo", ["m", "n"]), ("url", ["w", ABSENT])])
    second.put("hits", [7, 8])
    assert are_joinable([first, second])
    rows = joined(first, [(second, 0, 1), (first, 0, 2), (second, 1, 2)])
    assert rows.cells("hits") == [7, 4, ABSENT, 8]
    assert rows.cells("label") == ["c", "a", "b", "d"]
    assert [list(rows.row_metadata(place)) for place in range(4)] == [
        ["logo", "url"],
        ["url", "logo"],
        ["url"],
        ["logo"],
    ]
    assert not are_joinable([first, shown()])


def test_computed_columns_leave_out_none_and_keep_what_is_there():
    columns = shown()
    columns.compute("twice", ["hits"], lambda hits: hits * 2 if isinstance(hits, int) else None)
    assert columns.cells("twice") == [8, ABSENT, 4, ABSENT]
    columns.compute("hits", ["label"], lambda label: label)
    assert columns.cells("hits") == [4, "b", 2, None]


def test_what_constant_functions_make_is_made_once_for_all_tables_of_the_stored_rows():
    source, calls = stored(), []

    def change(hits):
        calls.append(hits)
        return 0 if hits is None else -hits

    for rows in (range(1), range(2, 4)):
        columns = Columns(source, rows)
        columns.change("hits", change, is_constant=True)
        assert columns.cells("hits") == [[-4, ABSENT, -2, 0][row] for row in rows]
    assert sorted(calls, key=str) == [2, 4, None]


def test_few_of_the_stored_rows_are_computed_alone():
    source = StoredColumns({"label": list(range(100))}, 100)
    one, all_of_them = Columns(source, [7]), Columns(source, range(100))
    assert not one.is_worth_remembering(["label"])
    assert all_of_them.is_worth_remembering(["label"])
    assert one.remembered(["label"], "key", lambda cells: [-cell for cell in cells]) == [-7]


def test_equal_numbers_are_changed_once_but_never_truth_as_one():
    calls = []
    assert changed([1, 1, 1, True], lambda cell: calls.append(cell) or str(cell)) == ["1", "1", "1", "True"]
    assert len(calls) == 4
    assert changed([2, 2, 2, 2, ABSENT], lambda cell: calls.append(cell) or -cell) == [-2, -2, -2, -2, ABSENT]
    assert len(calls) == 5


def test_picked_takes_ranges_lists_and_single_positions():
    assert [picked([1, 2, 3], places) for places in (range(1, 3), [2, 0], [1], [])] == [[2, 3], [3, 1], [2], []]


def test_columns_that_parts_derived_in_their_own_ways_are_put_together_once():
    rows = stored()
    parts = [Columns(rows, range(2)), Columns(rows, range(2, 4))]
    parts[0].change("hits", lambda hits: hits and hits * 10, is_constant=True)
    parts[1].change("hits", lambda hits: hits and hits * 100, is_constant=True)
    pieces = [(parts[1], 0, 2), (parts[0], 0, 2)]
    whole = joined(parts[0], pieces)
    assert whole.cells("hits") == [200, None, 40, ABSENT]
    assert whole.is_stored("hits")
    assert joined(parts[0], pieces).sources["hits"] is whole.sources["hits"]


def test_columns_that_settle_count_as_stored():
    rows = shown().picked([2, 0])
    rows.put("label", ["second", "first"])
    assert not rows.is_stored("label")
    assert rows.settled().is_stored("label")
    assert rows.picked([1, 0]).cells("label") == ["first", "second"]
    assert rows.sources["label"] == ["first", ABSENT, "second", ABSENT]
