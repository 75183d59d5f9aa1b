from tidemark.model.table import DataTable, Row
from tidemark.reporting.filters.columns import hide_columns, restrict_records, show_columns


def table():
    below = DataTable([Row({"label": "s", "a": 1, "b": 2})])
    return DataTable(
        [Row({"label": "x", "a": 1, "b": 2, "b__1": 3, "goals": {"idgoal=1": {"a": 1}}}, subtable=below)],
        Row({"label": -1, "a": 4}),
    )


def test_hide_reaches_subtables_and_nested_values_only_when_asked():
    made = table()
    hide_columns(made, ["a"], is_recursive=False)
    assert made.rows[0].columns == {"label": "x", "b": 2, "b__1": 3, "goals": {"idgoal=1": {"a": 1}}}
    assert made.rows[0].subtable.rows[0].columns == {"label": "s", "b": 2}
    assert made.summary_row.columns == {"label": -1}
    hide_columns(made, ["a"], is_recursive=True)
    assert made.rows[0].columns["goals"] == {"idgoal=1": {}}


def test_hide_can_take_the_label():
    made = table()
    hide_columns(made, ["label"], is_recursive=False)
    assert "label" not in made.rows[0].columns


def test_show_keeps_the_label_and_a_columns_family():
    made = table()
    show_columns(made, {"b"})
    assert made.rows[0].columns == {"label": "x", "b": 2, "b__1": 3}
    assert made.rows[0].subtable.rows[0].columns == {"label": "s", "b": 2}


def test_records_are_restricted_alike():
    records = [{"label": "x", "a": 1, "b": 2}, 5]
    assert restrict_records(records, ["a"], []) == [{"label": "x", "b": 2}, 5]
    assert restrict_records({"k": records[0]}, [], ["b"]) == {"k": {"label": "x", "b": 2}}
