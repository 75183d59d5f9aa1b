from tidemark.model.table import DataTable, Row, SimpleTable
from tidemark.reporting.filters.flatten import Flattening, flatten


def tree():
    leaf = DataTable([Row({"label": "z", "nb_visits": 1})])
    inner = DataTable(
        [
            Row({"label": "/x", "nb_visits": 2}, {"url": "own"}),
            Row({"label": "y", "nb_visits": 1}, subtable=leaf, subtable_id=2),
        ],
        Row({"label": -1, "nb_visits": 1}),
    )
    return DataTable(
        [
            Row({"label": " p ", "nb_visits": 4}, {"url": "parent", "logo": "l"}, 1, inner),
            Row({"label": "q", "nb_visits": 3}),
        ],
        Row({"label": -1, "nb_visits": 2}, {"url": "gone"}),
    )


def test_leaves_have_the_whole_path_and_inherit_metadata():
    flat = flatten(tree(), Flattening(" - ", ("Demo.Main", "Demo.Sub")))
    assert [row.label for row in flat] == ["p - /x", "p - y - z", "p - Others", "q", "Others"]
    first = flat.rows[0]
    assert first.metadata == {"url": "own", "logo": "l", "Demo_Main": "p", "Demo_Sub": "/x"}
    assert flat.rows[1].metadata["url"] == "parent"
    assert all(row.subtable is None and row.subtable_id is None for row in flat)


def test_paths_do_not_double_the_slash_and_mark_others():
    flat = flatten(tree(), Flattening("/", ("Demo.Page", "Demo.Page")))
    assert [row.label for row in flat] == ["p/x", "p/y/z", "p/ - Others", "q", "Others"]
    assert flat.rows[0].metadata["Demo_Page"] == "p/x"
    assert flat.rows[1].metadata["Demo_Page"] == "p/y/z"
    assert flat.rows[2].metadata["is_summary"] is True
    assert "url" not in flat.rows[4].metadata


def test_parents_stay_when_asked_for():
    flat = flatten(tree(), Flattening(" - ", (), keep_parents=True))
    assert [(row.label, row.metadata["is_aggregate"]) for row in flat][:4] == [
        ("p", 1),
        ("p - /x", 0),
        ("p - y", 1),
        ("p - y - z", 0),
    ]
    assert flat.rows[1].metadata["label2"] == "/x"


def test_one_row_of_numbers_becomes_a_row_of_a_list():
    flat = flatten(SimpleTable.of({"nb_visits": 5}), Flattening(" - ", (), keep_parents=True))
    assert not flat.is_simple
    assert [(row.columns, row.metadata) for row in flat] == [({"nb_visits": 5}, {"is_aggregate": 0})]


def test_filters_queued_for_subtables_run_before_and_those_of_the_table_stay_queued():
    made = tree()
    made.queue(len)
    made.rows[0].subtable.queue(lambda table: table.rows[0].columns.update(label="renamed"))
    flat = flatten(made, Flattening(" - ", ()))
    assert flat.rows[0].label == "p - renamed"
    assert flat.queued == [len]


def test_subtables_that_are_not_loaded_are_asked_for():
    asked = []

    def load(_table, row):
        asked.append(row.subtable_id)
        return DataTable([Row({"label": "below"})]) if row.subtable_id else None

    flat = flatten(
        DataTable([Row({"label": "p"}, subtable_id=7), Row({"label": "q"})]), Flattening(" - ", (), load_subtable=load)
    )
    assert [row.label for row in flat] == ["p - below", "q"]
    assert asked == [7]
