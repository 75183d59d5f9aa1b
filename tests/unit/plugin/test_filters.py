from types import SimpleNamespace

import pytest

from tidemark.model.table import DataTable, Row
from tidemark.plugin import (
    VISIT_METRICS,
    Report,
    col,
    drop_columns,
    drop_subtables,
    group_by_label,
    keep_rows,
    metadata_from,
    metadata_from_label,
    prepend_segment,
    record,
    relabel,
    segment_by_label,
    segment_by_mapping,
)

CONTEXT = SimpleNamespace(report=Report("Demo.get", "Demo", "Visitors", record=record("Demo", col("x"), VISIT_METRICS)))


def table(*rows, others=None):
    return DataTable([Row(dict(columns)) for columns in rows], summary_row=Row(dict(others)) if others else None)


def applied(change, given):
    change(given, CONTEXT)
    return given


def test_relabel_leaves_the_summary_row_alone():
    found = applied(relabel(str.upper), table({"label": "a"}, others={"label": "others"}))

    assert [row.label for row in found] == ["A", "others"]


def test_rows_that_share_a_label_are_merged_as_the_record_says():
    rows = ({"label": "x1", "nb_visits": 2, "max_actions": 5}, {"label": "x2", "nb_visits": 3, "max_actions": 4})
    found = applied(group_by_label(lambda label: label[0]), table(*rows))

    assert [row.columns for row in found] == [{"label": "x", "nb_visits": 5, "max_actions": 5}]


def test_keep_rows_keeps_those_that_hold():
    rows = ({"label": "a", "nb_visits": 0}, {"label": "b", "nb_visits": 1})
    found = applied(keep_rows(lambda row: row.columns["nb_visits"] > 0), table(*rows))

    assert [row.label for row in found.rows] == ["b"]


def test_dropped_columns_leave_the_summary_row_too():
    found = applied(drop_columns("n"), table({"label": "a", "n": 1}, others={"label": -1, "n": 2}))

    assert all("n" not in row.columns for row in found)


def test_subtables_can_be_dropped():
    given = table({"label": "a"})
    given.rows[0].subtable_id, given.rows[0].subtable = 3, table({"label": "b"})
    row = applied(drop_subtables, given).rows[0]

    assert (row.subtable_id, row.subtable) == (None, None)


def test_metadata_is_made_of_labels_and_of_other_metadata():
    given = applied(metadata_from_label("code", lambda label: label or None), table({"label": "de"}, {"label": ""}))
    found = applied(metadata_from("code", "flag", lambda code: f"{code}.png"), given)

    assert [row.metadata for row in found.rows] == [{"code": "de", "flag": "de.png"}, {}]


@pytest.mark.parametrize(
    ("segments", "separator", "label", "expected"),
    [
        (("city",), "", "São Paulo", "city==S%C3%A3o+Paulo"),
        (("city", "countryCode"), "|", "Rome|it", "city==Rome;countryCode==it"),
        (("", "countryCode"), "|", "Rome|it", "countryCode==it"),
        (("city", "countryCode"), "|", "Rome", None),
        (("city",), "", "", None),
    ],
)
def test_segments_are_made_of_labels(segments, separator, label, expected):
    found = applied(segment_by_label(*segments, separator=separator), table({"label": label}))

    assert found.rows[0].metadata.get("segment") == expected


def test_segments_of_known_labels_can_be_given_a_condition_in_front():
    given = applied(segment_by_mapping("kind", {1: "a b"}), table({"label": 1}, {"label": 2}))
    found = applied(prepend_segment("x==1;"), given)

    assert [row.metadata.get("segment") for row in found.rows] == ["x==1;kind==a+b", None]
