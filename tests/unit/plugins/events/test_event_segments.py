from types import SimpleNamespace

import pytest

from tidemark.model.table import DataTable, Row
from tidemark.plugins.events import PLUGIN
from tidemark.plugins.events.records import NAME_NOT_SET
from tidemark.plugins.events.reports import NAME_NOT_DEFINED, prepare


def prepared(label, *, is_subtable=False, **params):
    table = DataTable([Row({"label": label})])
    report = SimpleNamespace(is_subtable=is_subtable)
    prepare(table, SimpleNamespace(call=SimpleNamespace(params=params), report=report))
    return table.rows[0]


@pytest.mark.parametrize(("label", "value"), [("play", "play"), ("l'eau", "l&#039;eau"), ("a & b", "a &amp; b")])
def test_segments_carry_labels_with_html_entities(label, value):
    assert prepared(label).metadata["segmentValue"] == value


def test_events_without_name_say_so_and_have_no_segment():
    row = prepared(NAME_NOT_SET)

    assert (row.label, row.metadata) == (NAME_NOT_DEFINED, {})


def test_flat_answers_have_no_segments():
    assert prepared("play", flat="1").metadata == {}
    assert prepared("play", flat="1", is_subtable=True).metadata == {"segmentValue": "play"}


def test_names_within_a_category_have_no_average_of_their_own():
    averages = {report.method: [metric.name for metric in report.processed] for report in PLUGIN.reports}
    assert averages.pop("Events.getNameFromCategoryId") == []
    assert set(map(tuple, averages.values())) == {("avg_event_value",)}


def test_a_segment_taken_from_a_row_finds_the_stored_label():
    segment = next(one for one in PLUGIN.segments if one.segment == "eventName")

    assert segment.to_stored(prepared("l'eau").metadata["segmentValue"]) == "l'eau"
