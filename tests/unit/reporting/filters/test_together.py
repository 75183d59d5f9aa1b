"""Small tables of several periods, worked on as one."""

from tidemark.model.row import Row
from tidemark.model.table import EXTRA_METRICS_METADATA, DataTable
from tidemark.plugin import ProcessedMetric
from tidemark.reporting.filters.together import subtables_of, together
from tidemark.reporting.metrics import compute_metrics


def metric(name: str, times: int, only_with: str = "") -> ProcessedMetric:
    return ProcessedMetric(name, name, ("n",), lambda columns: columns["n"] * times, only_with=only_with)


def test_rows_are_those_of_the_tables_when_cells_change_in_the_common_one():
    tables = [DataTable.from_records([{"n": 1}, {"n": 2}]), DataTable([Row({"n": 3})], Row({"n": 4})), DataTable()]
    (common,) = together(tables)
    common.change_cells("n", lambda cell: cell * 10)
    assert [table.column("n") for table in tables] == [[10, 20], [30, 40], []]


def test_a_single_table_stays_itself_when_nothing_is_beside_it():
    table = DataTable.from_records([{"n": 1}])
    assert together([table]) == [table]
    assert together([table])[0] is table
    assert together([]) == []


def test_subtables_of_all_tables_are_found_when_some_have_none():
    inner = DataTable.from_records([{"n": 1}])
    assert subtables_of(
        [DataTable(), DataTable([Row(subtable=inner)]), DataTable(summary_row=Row(subtable=inner))]
    ) == [
        inner,
        inner,
    ]


def test_each_table_gets_its_own_metrics_when_they_differ():
    tables = [DataTable.from_records([{"n": n}]) for n in (1, 2, 3)]
    tables[1].metadata[EXTRA_METRICS_METADATA] = (metric("double", 2),)
    compute_metrics(tables, (metric("triple", 3),))
    assert [table.rows[0].columns for table in tables] == [
        {"n": 1, "triple": 3},
        {"n": 2, "double": 4, "triple": 6},
        {"n": 3, "triple": 9},
    ]


def test_a_metric_is_left_out_of_the_tables_when_only_those_lack_what_it_needs():
    tables = [DataTable.from_records([{"n": 1, "time": time}]) for time in (0, 5)]
    compute_metrics(tables, (metric("double", 2, only_with="time"),))
    assert [table.rows[0].columns for table in tables] == [{"n": 1}, {"n": 1, "time": 5, "double": 2}]
