from tidemark.model.table import DataTable, Row, SimpleTable, TableMap, table_leaves


def nested():
    inner = DataTable([Row({"label": "x", "nb_visits": 1})])
    return DataTable([Row({"label": "a", "goals": {1: {"revenue": 2}}}, {"url": "u"}, 7, inner)], Row({"label": -1}))


def test_length_and_order_include_the_summary_row_last():
    table = nested()
    assert len(table) == 2
    assert [row.label for row in table] == ["a", -1]
    assert table.first_row.label == "a"
    assert table.row_by_label(-1) is table.summary_row
    assert table.row_by_label("none") is None
    assert table.column("goals") == [{1: {"revenue": 2}}, None]


def test_copy_shares_nothing_that_filters_change():
    table = nested()
    copied = table.copy()
    assert copied == table
    copied.rows[0].columns["goals"][1]["revenue"] = 3
    copied.rows[0].subtable.rows[0].columns["nb_visits"] = 9
    copied.rows[0].metadata["url"] = "v"
    copied.metadata["site"] = 1
    copied.queue(len)
    assert table == nested()
    assert not table.metadata
    assert not table.queued


def test_empty_copy_keeps_metadata_and_queue():
    table = nested()
    table.metadata["site"] = 1
    table.queue(len)
    empty = table.empty_copy()
    assert (len(empty), empty.metadata, empty.queued) == (0, {"site": 1}, [len])


def test_simple_table_of_nothing_is_empty():
    assert len(SimpleTable.of({})) == 0
    assert SimpleTable.of({"a": 1}).is_simple
    assert SimpleTable.of({"a": 1}) != DataTable([Row({"a": 1})])


def test_leaves_of_nested_maps_in_order():
    first, second = SimpleTable.of({"a": 1}), SimpleTable.of({"a": 2})
    tables = TableMap("idSite", {"1": TableMap("date", {"x": first}), "2": TableMap("date", {"x": second})})
    assert list(table_leaves(tables)) == [first, second]
    assert tables.copy() == tables
    assert list(table_leaves(first)) == [first]
