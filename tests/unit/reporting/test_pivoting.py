"""Rows of another dimension as columns."""

import json
from dataclasses import replace

import pytest

from tests.support.reporting import DEMO, NOW, Directory, TableArchives, ask, folders, make_api
from tidemark.clock import SettableClock
from tidemark.model.table import DataTable, Row
from tidemark.plugin import Plugins, Report, col, record
from tidemark.plugins.api import PLUGIN as API_PLUGIN
from tidemark.reporting.service import Api

DAY = "idSite=1&period=day&date=2010-03-06"
BY_SEGMENT = {"General.pivot_by_filter_enable_fetch_by_segment": True}


@pytest.fixture(scope="module")
def api():
    return make_api()


def value(api, query):
    return json.loads(ask(api, f"module=API&format=json&method=Demo.getPages&{DAY}&{query}").body)


def test_rows_of_subtables_become_numbered_columns_the_largest_first(api):
    rows = value(api, "pivotBy=Demo.PageUrl&pivotByColumn=nb_visits")
    assert {
        row["label"]: [row.get(f"{n}.\u00a0{name}") for n, name in ((1, "/x<y>"), (2, "/a"), (3, "/b"))] for row in rows
    } == {
        "/index": [False, False, False],
        "blog": [5, False, False],
        "docs": [False, 4, 3],
        "Others": [False, False, False],
    }


def test_columns_beyond_the_limit_are_summed(api):
    docs = next(row for row in value(api, "pivotBy=Demo.PageUrl&pivotByColumnLimit=2") if row["label"] == "docs")
    assert docs["Others"] == 7


def test_the_first_metric_is_shown_unless_one_is_named(api):
    docs = next(row for row in value(api, "pivotBy=Demo.PageUrl&pivotByColumn=nb_hits") if row["label"] == "docs")
    assert docs["1.\u00a0/a"] == 6


def test_names_of_columns_stay_bare_without_queued_filters(api):
    docs = next(row for row in value(api, "pivotBy=Demo.PageUrl&disable_queued_filters=1") if row["label"] == "docs")
    assert docs["/a"] == 4
    assert "segment" not in docs


@pytest.mark.parametrize("query", ["pivotBy=No.Dimension", "pivotBy=Demo."])
def test_an_unknown_dimension_is_refused(api, query):
    assert value(api, query)["result"] == "error"


def by_site_words(settings):
    """Words on the pages of folders: two dimensions, no subtables between them."""
    words = record("Demo_words", (col("word"),))
    reports = (
        Report(
            "Demo.getWords", "Words", "Actions", record=words, dimension="Word", dimension_id="Demo.Word", segment="w"
        ),
        *DEMO.reports,
    )
    tables = {("Demo_words", 1, "2010-03-06", None): DataTable([Row({"label": "a b", "nb_visits": 9})])}
    archives = TableArchives(folders() | tables)
    plugins = Plugins((replace(DEMO, reports=reports), API_PLUGIN))
    return Api(plugins, archives, Directory(settings), SettableClock(NOW)), archives


def test_a_row_s_segment_gives_its_columns_where_subtables_do_not():
    api, archives = by_site_words(BY_SEGMENT)
    query = f"module=API&format=json&method=Demo.getWords&{DAY}&pivotBy=Demo.PageUrl&segment=actions>1"
    (row,) = json.loads(ask(api, query).body)
    assert [name for name in row if name != "label"] == ["1.\u00a0/index", "2.\u00a0blog", "3.\u00a0docs", "Others"]
    assert archives.segments == ["actions>1", "actions>1;w==a+b"]


def test_other_dimensions_need_the_setting():
    api, _ = by_site_words({})
    query = f"module=API&format=json&method=Demo.getWords&{DAY}&pivotBy=Demo.PageUrl"
    assert json.loads(ask(api, query).body)["result"] == "error"


def test_maps_are_pivoted_table_by_table(api):
    answer = json.loads(
        ask(
            api,
            "module=API&format=json&method=Demo.getPages&idSite=1&period=day&date=2010-03-05,2010-03-06"
            "&pivotBy=Demo.PageUrl",
        ).body
    )
    assert [len(rows) for rows in answer.values()] == [0, 4]


def test_an_empty_table_stays_empty():
    api = make_api({("Demo_pages", 1, "2010-03-06", None): DataTable([])})
    assert value(api, "pivotBy=Demo.PageUrl") == []
    assert Row() == Row()
