import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.model.natural_order import natural_key
from tidemark.model.table import TOTAL_ROWS_METADATA, DataTable, Row
from tidemark.plugin import Report
from tidemark.reporting.filters.cutting import exclude_low_population, limit, truncate
from tidemark.reporting.filters.generic import run_generic_filters
from tidemark.reporting.filters.pattern import keep_matching, keep_matching_records, keep_matching_recursive
from tidemark.reporting.filters.sorting import sort_table
from tidemark.reporting.parameters import Parameters


def table(*rows, others=None):
    made = DataTable(Row({"label": label, "nb_visits": visits}) for label, visits in rows)
    if others is not None:
        made.summary_row = Row({"label": -1, "nb_visits": others})
    return made


def labels(made):
    return [row.label for row in made]


ABC = (("a", 3), ("b", 1), ("c", 2))


@pytest.mark.parametrize(
    ("column", "is_descending", "expected"),
    [
        ("nb_visits", True, ["a", "c", "b", -1]),
        ("nb_visits", False, ["b", "c", "a", -1]),
        ("label", True, ["c", "b", "a", -1]),
        ("missing", True, ["a", "c", "b", -1]),
        ("", True, ["a", "b", "c", -1]),
    ],
)
def test_sort_keeps_others_last(column, is_descending, expected):
    made = table(*ABC, others=9)
    sort_table(made, column, is_descending=is_descending)
    assert labels(made) == expected


def test_sort_orders_ties_by_label_against_the_direction():
    made = table(("b2", 1), ("b10", 1), ("B1", 1), ("a", 2))
    sort_table(made, "nb_visits")
    assert labels(made) == ["a", "B1", "b2", "b10"]
    sort_table(made, "nb_visits", is_descending=False)
    assert labels(made) == ["b10", "b2", "B1", "a"]


def test_sort_by_another_number_orders_ties_by_visits():
    made = DataTable(
        Row({"label": label, "nb_visits": visits, "nb_hits": hits})
        for label, visits, hits in [("a", 1, 5), ("b", 2, 5), ("c", 3, 4)]
    )
    sort_table(made, "nb_hits")
    assert labels(made) == ["b", "a", "c"]


def test_sort_puts_rows_without_value_last_and_reads_numbers_in_text():
    made = DataTable(
        [
            Row({"label": "none"}),
            Row({"label": "x", "t": "0.9"}),
            Row({"label": "y", "t": "10"}),
            Row({"label": "map", "t": {}}),
        ]
    )
    sort_table(made, "t")
    assert labels(made)[:2] == ["y", "x"]
    assert set(labels(made)[2:]) == {"none", "map"}


def test_sort_reaches_loaded_subtables():
    made = DataTable([Row({"label": "p", "nb_visits": 1}, subtable_id=1, subtable=table(*ABC))])
    sort_table(made, "nb_visits")
    assert labels(made.rows[0].subtable) == ["a", "c", "b"]


@given(st.text(max_size=8), st.text(max_size=8))
def test_natural_keys_can_always_be_compared(first, second):
    assert (natural_key(first) < natural_key(second)) + (natural_key(second) < natural_key(first)) <= 1


def test_limit_counts_others_as_a_row_and_notes_the_total():
    made = table(*ABC, others=9)
    limit(made, 1, 2, keep_summary_row=False)
    assert labels(made) == ["b", "c"]
    assert made.metadata[TOTAL_ROWS_METADATA] == 4


@pytest.mark.parametrize(
    ("offset", "row_limit", "keeps", "expected"),
    [
        (0, -1, False, ["a", "b", "c", -1]),
        (0, 0, False, []),
        (0, 4, False, ["a", "b", "c", -1]),
        (0, 2, True, ["a", "b", -1]),
        (2, -1, False, ["c", -1]),
        (9, 5, False, []),
        (4, 5, False, []),
        (-3, 1, False, ["a"]),
    ],
)
def test_limit_and_offset(offset, row_limit, keeps, expected):
    made = table(*ABC, others=9)
    limit(made, offset, row_limit, keep_summary_row=keeps)
    assert labels(made) == expected


def test_truncate_sums_the_tail_and_leaves_short_tables():
    made = table(*ABC, others=9)
    truncate(made, 1)
    assert labels(made) == ["a", -1]
    assert made.summary_row.columns == {"label": -1, "nb_visits": 12}
    short = table(*ABC)
    truncate(short, 2)
    assert labels(short) == ["a", "b", "c"]


def test_truncate_adds_by_the_columns_own_rules():
    made = DataTable(
        [
            Row({"label": "a", "max_actions": 5, "min_time": 3, "goals": {"idgoal=1": {"revenue": 2}}}),
            Row({"label": "b", "max_actions": 9, "min_time": None, "goals": {"idgoal=1": {"revenue": 3}}}),
            Row({"label": "c", "max_actions": 7, "min_time": 1}),
        ],
        metadata={"column_aggregation_ops": {"min_time": "min"}},
    )
    truncate(made, 0)
    assert made.summary_row.columns == {
        "label": -1,
        "max_actions": 9,
        "min_time": 1,
        "goals": {"idgoal=1": {"revenue": 5}},
    }


@pytest.mark.parametrize(("other", "smallest"), [(0, 0), (None, 3), ("", 3), (False, 3)])
def test_zero_is_a_value_when_the_smallest_is_kept(other, smallest):
    made = DataTable(
        [Row({"label": "a", "min_time": 3}), Row({"label": "b", "min_time": other})],
        metadata={"column_aggregation_ops": {"min_time": "min"}},
    )
    truncate(made, 0)
    assert made.summary_row.columns["min_time"] == smallest


def test_low_population_is_two_percent_unless_given():
    made = table(("a", 100), ("b", 2), ("c", 3))
    exclude_low_population(made, "nb_visits", 0)
    assert labels(made) == ["a", "c"]
    exclude_low_population(made, "nb_visits", 50)
    assert labels(made) == ["a"]
    empty = DataTable()
    exclude_low_population(empty, "nb_visits", 0)
    assert not len(empty)


def test_pattern_looks_at_columns_then_metadata_ignoring_case():
    made = DataTable([Row({"label": "Docs"}, {"url": "http://x/"}), Row({"label": "blog"})])
    keep_matching(made, "url", "^http://")
    assert labels(made) == ["Docs"]
    keep_matching(made, "label", "dOcS")
    assert labels(made) == ["Docs"]


@pytest.mark.parametrize("pattern", ["(", "*", "[a", "x" * 5000, "(?P<n>a)(?P<n>b)"])
def test_patterns_that_are_none_match_nothing(pattern):
    made = table(*ABC)
    keep_matching(made, "label", pattern)
    assert not len(made)


def test_recursive_pattern_keeps_parents_of_matches():
    made = DataTable(
        [
            Row({"label": "p"}, subtable_id=1, subtable=table(("hit", 1), ("miss", 1))),
            Row({"label": "q"}, subtable_id=2, subtable=table(("miss", 1))),
        ]
    )
    keep_matching_recursive(made, "label", "hit")
    assert labels(made) == ["p"]
    assert labels(made.rows[0].subtable) == ["hit"]


def test_records_match_in_any_of_the_columns():
    records = [{"a": "x1"}, {"b": "x2"}, {"c": "x3"}, 5]
    assert keep_matching_records(records, ["a", "b"], "X") == [{"a": "x1"}, {"b": "x2"}]


REPORT = Report("Demo.get", "Demo", "Demo", default_sort="label", default_order="asc")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["a", "b", "c"]),
        ({"filter_sort_column": "nb_visits"}, ["b", "c", "a"]),
        ({"filter_sort_column": "nb_visits", "filter_sort_order": "desc"}, ["a", "c", "b"]),
        ({"filter_limit": "2"}, ["a", "b"]),
        ({"filter_limit": "x"}, ["a", "b", "c"]),
        ({"filter_offset": "1", "filter_limit": "-1"}, ["b", "c"]),
        ({"filter_pattern": "[ab]"}, ["a", "b"]),
        ({"filter_excludelowpop": "nb_visits", "filter_excludelowpop_value": "2"}, ["a", "c"]),
        ({"filter_truncate": "1"}, ["a", -1]),
    ],
)
def test_generic_filters_follow_the_parameters(params, expected):
    made = table(*ABC)
    run_generic_filters([made], Parameters(params), REPORT, cuts=True)
    assert labels(made) == expected


def test_cutting_can_be_left_out():
    made = table(*ABC)
    run_generic_filters([made], Parameters({"filter_limit": "1", "filter_truncate": "1"}), REPORT, cuts=False)
    assert labels(made) == ["a", "b", "c"]
