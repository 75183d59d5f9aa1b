from types import SimpleNamespace

import pytest

from tidemark.model.hit import ReferrerType
from tidemark.model.table import SUMMARY_LABEL, DataTable, Row
from tidemark.plugins.referrers.channels import SEGMENT_VALUES, channel_name, stored_channel
from tidemark.plugins.referrers.filters import add_engine_url, keyword_name
from tidemark.plugins.referrers.reports import REPORTS


def test_channels_are_found_by_their_names_in_segments():
    assert stored_channel("website") == ReferrerType.WEBSITE
    assert stored_channel("pigeon") is None
    assert all(stored_channel(name) == number for number, name in SEGMENT_VALUES.items())


@pytest.mark.parametrize(("number", "name"), [("1", "Direct Entry"), (2, "Search Engines"), ("-1", "Others")])
def test_channels_have_names(number, name):
    assert channel_name(number) == name


def test_a_missing_keyword_is_said_to_be_missing():
    assert (keyword_name(""), keyword_name("shoes")) == ("Keyword not defined", "shoes")


def test_engines_get_their_address_and_the_rest_is_unknown():
    others = Row({"label": SUMMARY_LABEL})
    table = DataTable([Row({"label": "Google"}), Row({"label": "No Engine"})], summary_row=others)
    add_engine_url(table, None)

    assert table.rows[0].metadata["url"].startswith("http://google.")
    assert [row.metadata["url"] for row in (table.rows[1], others)] == ["URL unknown!"] * 2


@pytest.mark.parametrize(
    ("method", "own", "shown"),
    [
        ("getKeywords", "referrerKeyword==a", "referrerType==search;referrerKeyword==a"),
        ("getSearchEngines", "referrerName==a", "referrerType==search;referrerName==a"),
        ("getCampaigns", "referrerName==a", "referrerType==campaign;referrerName==a"),
        ("getSocials", "referrerName==a", "referrerType==social;referrerName==a"),
    ],
)
def test_channels_stand_in_segments_of_shown_rows_not_of_those_compared_with_them(method, own, shown):
    report = next(one for one in REPORTS if one.method == f"Referrers.{method}")
    context = SimpleNamespace(call=SimpleNamespace(params={}), report=report)
    table = DataTable([Row({"label": "a"})])
    found = []
    for filters in (report.filters, report.queued):
        for change in filters:
            change(table, context)
        found.append(table.rows[0].metadata["segment"])
    assert found == [own, shown]
