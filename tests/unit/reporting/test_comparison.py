"""Comparing answers with other segments and periods."""

import json

import pytest

from tests.support.reporting import ask, folders, make_api
from tidemark.model.table import DataTable, Row
from tidemark.reporting.comparison import segment_name
from tidemark.reporting.filters.compared_rows import change_text, combined

DAY = "idSite=1&period=day&date=2010-03-06"
BEFORE = "compare=1&comparePeriods[]=day&compareDates[]=2010-03-05"


def earlier():
    root = DataTable(
        [
            Row({"label": "docs", "nb_visits": 10, "nb_hits": 3, "sum_visit_length": 20}, subtable_id=7),
            Row({"label": "gone", "nb_visits": 1, "nb_hits": 1, "sum_visit_length": 1}),
        ]
    )
    below = DataTable([Row({"label": "/a", "nb_visits": 8, "nb_hits": 8, "sum_visit_length": 8})])
    key = ("Demo_pages", 1, "2010-03-05")
    return {(*key, None): root, (*key, 7): below}


@pytest.fixture(scope="module")
def api():
    return make_api(folders() | earlier())


def value(api, query):
    return json.loads(ask(api, f"module=API&format=json&{query}").body)


def by_label(api, query):
    return {row["label"]: row for row in value(api, f"method=Demo.getPages&{DAY}&{query}")}


def test_every_row_gets_its_rows_in_the_order_of_periods_and_then_segments(api):
    docs = by_label(api, f"{BEFORE}&compareSegments[]=browserCode%3D%3DFF")["docs"]
    assert [(row["compareDate"], row["compareSegment"], row["nb_visits"]) for row in docs["comparisons"]] == [
        ("2010-03-06", "", 5),
        ("2010-03-06", "browserCode==FF", 5),
        ("2010-03-05", "", 10),
        ("2010-03-05", "browserCode==FF", 10),
    ]


def test_changes_are_those_from_the_first_period_and_stand_only_at_later_ones(api):
    same, before = by_label(api, BEFORE)["docs"]["comparisons"]
    assert "nb_visits_change" not in same
    assert (before["nb_visits_change"], before["nb_visits_change_from"]) == ("+100%", "-50%")


def test_changes_are_turned_around_when_asked_for(api):
    same, before = by_label(api, f"{BEFORE}&invert_compare_change_compute=1")["docs"]["comparisons"]
    assert same["nb_visits_change"] == "-50%"
    assert "nb_visits_change" not in before


def test_trends_come_only_when_asked_for(api):
    before = by_label(api, f"{BEFORE}&include_trends=1")["docs"]["comparisons"][1]
    assert (before["nb_visits_trend"], before["nb_visits_trend_from"]) == (1, -1)


def test_a_row_without_counterpart_is_compared_with_zeros(api):
    before = by_label(api, BEFORE)["blog"]["comparisons"][1]
    assert (before["nb_visits"], before["nb_visits_change"], before["idsubdatatable"]) == (0, "-100%", -1)


def test_compared_rows_name_their_series_and_the_segment_of_their_row(api):
    rows = by_label(api, "compare=1&compareSegments[]=browserCode%3D%3DFF")["docs"]["comparisons"]
    assert [row["compareSeriesPretty"] for row in rows] == [
        "(Saturday, March 6, 2010) (All visits)",
        "(Saturday, March 6, 2010) (browserCode==FF)",
    ]
    assert [row["segment"] for row in rows] == ["pageUrl==docs", "browserCode==FF;pageUrl==docs"] or "segment" in rows[
        0
    ]


def test_loaded_subtables_are_compared_without_changes(api):
    pages = {row["label"]: row for row in by_label(api, f"{BEFORE}&expanded=1")["docs"]["subtable"]}
    assert [row["nb_visits"] for row in pages["/a"]["comparisons"]] == [4, 8]
    assert "nb_visits_change" not in pages["/a"]["comparisons"][1]


def test_flat_rows_are_compared_by_their_whole_labels(api):
    assert by_label(api, f"{BEFORE}&flat=1")["docs/a"]["comparisons"][1]["nb_visits"] == 8


def test_processed_metrics_are_compared_and_formatted(api):
    rows = value(api, f"method=Demo.get&{DAY}&{BEFORE}")["comparisons"]
    assert [(row["bounce_rate"], row.get("bounce_rate_change")) for row in rows] == [("50%", None), ("27%", "-46%")]


def test_overviews_of_several_dates_get_a_date_for_every_compared_one(api):
    answer = value(
        api,
        "method=Demo.get&idSite=1&period=day&date=2010-03-06,2010-03-06"
        "&compare=1&comparePeriods[]=day&compareDates[]=2010-03-05,2010-03-06",
    )
    assert list(answer) == ["2010-03-06", "2010-03-07"]
    assert [row["compareDate"] for row in answer["2010-03-07"]["comparisons"]] == ["2010-03-06"]


def test_further_dates_have_no_counterpart_to_change_from(api):
    answer = value(
        api,
        "method=Demo.get&idSite=1&period=day&date=2010-03-06,2010-03-06&invert_compare_change_compute=1"
        "&compare=1&comparePeriods[]=day&compareDates[]=2010-03-05,2010-03-06",
    )
    assert "nb_visits_change" not in answer["2010-03-07"]["comparisons"][0]


def test_a_series_of_a_label_replaces_its_row(api):
    query = f"{BEFORE}&label[]=docs&label[]=docs&labelSeries=0,1"
    rows = value(api, f"method=Demo.getPages&{DAY}&{query}")
    assert [(row["label"], row["nb_visits"]) for row in rows] == [
        ("docs (Saturday, March 6, 2010) (All visits)", 5),
        ("docs (Friday, March 5, 2010) (All visits)", 10),
    ]


def test_subtables_are_compared_by_the_numbers_that_the_call_gives(api):
    rows = by_label(api, f"{BEFORE}&idSubtable=1&comparisonIdSubtables=[1,7]")
    assert [row["nb_visits"] for row in rows["/a"]["comparisons"]] == [4, 8]
    assert [
        row["nb_visits"]
        for row in by_label(api, f"{BEFORE}&idSubtable=1&comparisonIdSubtables=[1,-1]")["/a"]["comparisons"]
    ] == [4, 0]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("comparePeriods[]=day", 400),
        ("&".join(f"compareSegments[]=actions>{number}" for number in range(6)), 400),
        ("&".join(["comparePeriods[]=day&compareDates[]=2010-03-05"] * 6), 400),
        ("compareSegments[]=actions>1&invert_compare_change_compute=1", 200),
        ("comparePeriods[]=day&compareDates[]=2010-03-01,2010-03-05", 200),
        ("compareSegments[]=actions>1&idSubtable=1", 200),
        ("compareSegments[]=actions>1&idSubtable=1&comparisonIdSubtables=[", 200),
        ("comparePeriods[]=decade&compareDates[]=2010-03-05", 200),
    ],
)
def test_what_cannot_be_compared_is_refused(api, query, status):
    response = ask(api, f"module=API&format=json&method=Demo.getPages&{DAY}&compare=1&{query}")
    assert (response.status, json.loads(response.body)["result"]) == (status, "error")


def test_a_comparison_with_nothing_leaves_the_answer_as_it_is(api):
    assert value(api, f"method=Demo.get&{DAY}&compare=1") == value(api, f"method=Demo.get&{DAY}")


@pytest.mark.parametrize(
    ("now", "past", "text"),
    [(5, 5, "+0%"), (5, 0, "+100%"), (0, 5, "-100%"), (11, 1, "+1,000%"), (2, 3, "-33.3%"), (99_999, 100_000, "+0%")],
)
def test_changes_are_percentages_with_a_sign(now, past, text):
    assert change_text(now, past) == text


def test_segments_are_combined_once():
    assert combined("", "pageUrl==a") == "pageUrl==a"
    assert combined("actions>1", "pageUrl==a") == "actions>1;pageUrl==a"
    assert combined("actions>1;pageUrl==a", "pageUrl==a") == "actions>1;pageUrl==a"
    assert combined("actions%3E1%3BpageUrl%3D%3Da", "pageUrl==a") == "actions%3E1%3BpageUrl%3D%3Da"


def test_saved_segments_are_called_by_their_names():
    saved = [{"definition": "browserCode==FF", "name": "Foxes"}]
    assert segment_name("browserCode%3D%3DFF", lambda: saved) == "Foxes"
    assert segment_name("browserCode%3D%3DIE", lambda: saved) == "browserCode==IE"
    assert segment_name("", lambda: saved) == "All visits"


def test_compared_rows_name_the_segment_of_the_call_as_it_was_sent(api):
    encoded, sent = "contentName%3D%3DA%2BB", f"method=Demo.getPages&{DAY}&compare=1&compareSegments[]=actions>1"
    rows = {row["label"]: row for row in value(api, f"{sent}&segment={encoded}")}["docs"]["comparisons"]
    assert [row["compareSegment"] for row in rows] == [encoded, "actions>1"]
    posted = ask(api, f"module=API&format=json&{sent}", form=f"segment={encoded}")
    rows = {row["label"]: row for row in json.loads(posted.body)}["docs"]["comparisons"]
    assert rows[0]["compareSegment"] == "contentName==A+B"
