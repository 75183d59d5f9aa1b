"""Generic parameters that have no test of their own elsewhere, called over HTTP."""

import json

import pytest

from tests.support.reporting import NOW, PAGES, Directory, TableArchives, ask, folders, make_api
from tidemark.clock import SettableClock
from tidemark.model.part_of_list import PartOfList
from tidemark.model.registry import Registry
from tidemark.plugin import Plugin, Plugins, ProcessedMetric, Report, load_plugins, method
from tidemark.plugins.api import PLUGIN as API_PLUGIN
from tidemark.reporting.service import Api

DAY = "idSite=1&period=day&date=2010-03-06"
OTHERS_LAST = ["/index", "blog", "docs", "Others"]


@method("More.getNames")
def names(_context) -> list:
    return PartOfList(["a", "b"], 17)


MORE = Plugin(
    "More",
    reports=(
        Report(
            "More.getPages",
            "Pages",
            "Actions",
            record=PAGES,
            dimension="Page",
            processed=(
                ProcessedMetric(
                    "hits_per_visit",
                    "Hits per visit",
                    ("nb_hits", "nb_visits"),
                    lambda row: row["nb_hits"] / row["nb_visits"],
                    temporary=("nb_hits",),
                ),
            ),
        ),
    ),
    functions=(names,),
)


class Watched(TableArchives):
    """Archives that remember how deep they were read."""

    def __init__(self, tables):
        super().__init__(tables)
        self.depths = []

    def table(self, *where, depth=None, **how):
        self.depths.append(depth)
        return super().table(*where, **how)


@pytest.fixture
def archives():
    return Watched(folders())


@pytest.fixture
def more(archives):
    directory = Directory()
    return Api(Plugins((MORE, API_PLUGIN)), archives, directory, SettableClock(NOW), {Registry: directory})


def value(query, api=None):
    return json.loads(ask(api or make_api(), f"module=API&format=json&{query}").body)


def labels(query):
    return [row["label"] for row in value(f"method=Demo.getPages&{DAY}&{query}")]


@pytest.mark.parametrize(
    "parameter",
    [
        "trigger=archivephp",
        "skipArchiveSegmentToday=1",
        "fetch_archive_state=1",
        "show_dimensions=1",
        "keep_totals_row=1&keep_totals_row_label=Sum",
        "viewDataTable=graphPie",
        "force_api_session=1",
    ],
)
@pytest.mark.parametrize("rest", ["", "&flat=1", "&expanded=1"])
def test_what_is_for_the_archiver_or_for_widgets_changes_no_answer(parameter, rest):
    query = f"method=Demo.getPages&{DAY}{rest}"
    assert value(f"{query}&{parameter}") == value(query)


@pytest.mark.parametrize("segment", ["browserCode==FF", "browserCode%3D%3DFF", "browserCode%253D%253DFF"])
def test_the_segment_reaches_the_archives_however_often_it_was_encoded(more, archives, segment):
    value(f"method=More.getPages&{DAY}&segment={segment}", more)
    assert set(archives.segments) == {"browserCode==FF"}


def test_steps_follow_one_another_in_order():
    found = value(
        f"method=Demo.getPages&{DAY}&flat=1&filter_pattern=docs&filter_sort_column=avg_time_on_site&filter_limit=1"
        "&showColumns=avg_time_on_site&format_metrics=1"
    )
    assert [(row["label"], row["avg_time_on_site"]) for row in found] == [("docs/a", "3s")]


def test_patterns_may_look_at_another_column_at_every_level():
    query = f"method=Demo.getPages&{DAY}&expanded=1&filter_column_recursive=nb_hits&filter_pattern_recursive=^6$"
    assert [(row["label"], [below["label"] for below in row["subtable"]]) for row in value(query)] == [("docs", ["/a"])]


def test_a_limit_of_minus_one_is_none():
    many = folders()
    root = many["Demo_pages", 1, "2010-03-06", None]
    root.rows.extend(type(root.rows[0])({"label": f"/{number}", "nb_visits": 1}) for number in range(200))
    api = make_api(many)
    counts = [len(value(f"method=Demo.getPages&{DAY}{limit}", api)) for limit in ("", "&filter_limit=-1")]
    assert counts == [100, 204]


def test_others_stay_behind_the_limit_when_they_are_kept():
    assert labels("filter_limit=1") == ["/index"]
    assert labels("filter_limit=1&keep_summary_row=1") == ["/index", "Others"]


def test_rates_of_visits_are_added_and_rows_without_visits_left_out():
    tables = folders()
    tables["Demo_pages", 1, "2010-03-06", None].rows[0].columns |= {"nb_visits": 0, "nb_actions": 0}
    api = make_api(tables)
    counts = {}
    for mode in "01":
        rows = value(f"method=Demo.getPages&{DAY}&filter_add_columns_when_show_all_columns={mode}", api)
        assert {"bounce_rate", "nb_actions_per_visit"} <= rows[0].keys()
        counts[mode] = len(rows)
    assert counts == {"0": 4, "1": 3}


@pytest.mark.parametrize(("query", "depth"), [("", None), ("&depth=1", 1), ("&depth=x", None)])
def test_the_depth_reaches_the_archives(more, archives, query, depth):
    value(f"method=More.getPages&{DAY}&expanded=1{query}", more)
    assert archives.depths[0] == depth


@pytest.mark.parametrize(
    ("query", "is_there"), [("", False), ("&showRawMetrics=1", True), ("&showColumns=nb_hits,hits_per_visit", True)]
)
def test_columns_that_only_serve_others_stay_when_asked_for(more, query, is_there):
    row = value(f"method=More.getPages&{DAY}{query}", more)[0]
    assert ("nb_hits" in row, "hits_per_visit" in row) == (is_there, True)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("xml", "text/xml; charset=utf-8"),
        ("json", "application/json; charset=utf-8"),
        ("json&callback=f", "application/javascript; charset=utf-8"),
        ("csv", "application/vnd.ms-excel"),
        ("tsv", "application/vnd.ms-excel"),
        ("html", "text/html; charset=utf-8"),
        ("rss", "text/xml; charset=utf-8"),
        ("original", "text/plain; charset=utf-8"),
        ("console", "text/plain; charset=utf-8"),
    ],
)
def test_every_format_has_its_content_type(name, content_type):
    days = DAY.replace("2010-03-06", "2010-03-05,2010-03-06")
    response = ask(make_api(), f"module=API&method=Demo.getPages&{days}&format={name}")
    assert (response.status, response.headers["content-type"]) == (200, content_type)


def test_lists_of_which_a_part_is_shown_tell_how_long_they_are(more):
    response = ask(more, "module=API&method=More.getNames&format=json&filter_limit=1")
    assert json.loads(response.body) == ["a"]
    assert response.headers["x-matomo-total-results"] == "17"
    assert "x-matomo-total-results" not in ask(more, f"module=API&method=More.getPages&format=json&{DAY}").headers


def test_segments_are_listed_by_category_and_name():
    directory = Directory()
    api = Api(load_plugins(), TableArchives(), directory, SettableClock(NOW), {Registry: directory})
    found = value("method=API.getSegmentsMetadata&idSites=1&filter_limit=-1", api)
    assert len(found) > 80
    categories = list(dict.fromkeys(segment["category"] for segment in found))
    assert categories[:5] == ["Visitors", "Visitor location", "Custom Variables", "Behaviour", "Acquisition"]
    for category in categories:
        own = [(one["type"] != "metric", one["name"]) for one in found if one["category"] == category]
        assert own == sorted(own)
    assert {segment["type"] for segment in found} == {"dimension", "metric"}
    assert all({"category", "name", "segment", "type"} <= segment.keys() for segment in found)
