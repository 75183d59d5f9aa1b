from tidemark.model.table import DataTable, Row, TableMap
from tidemark.plugin import and_segment, merge_first_rows, with_suffix


def one_row(**columns):
    return DataTable([Row(columns)])


def test_columns_get_a_suffix_in_every_table_of_a_map():
    found = with_suffix(TableMap("date", {"2024-01-01": one_row(nb_visits=1)}), "_new")

    assert found.tables["2024-01-01"].rows[0].columns == {"nb_visits_new": 1}


def test_rows_are_put_together_key_by_key():
    target = TableMap("date", {"a": one_row(x=1), "b": DataTable()})
    added = TableMap("date", {"a": one_row(y=2), "b": one_row(y=3), "c": one_row(y=4)})
    found = merge_first_rows(target, added)

    assert {key: table.first_row.columns for key, table in found.tables.items()} == {
        "a": {"x": 1, "y": 2},
        "b": {"y": 3},
        "c": {"y": 4},
    }


def test_an_empty_table_adds_nothing():
    assert merge_first_rows(one_row(x=1), DataTable()).rows[0].columns == {"x": 1}


def test_conditions_are_joined_only_where_there_are_two():
    assert and_segment("", "a==1") == "a==1"
    assert and_segment("a==1,b==2", "c==3") == "a==1,b==2;c==3"
