"""What the metadata of reports about pages names. Source: Matomo 5.2, plugins/Actions/Reports."""

from types import SimpleNamespace

import pytest

from tidemark.model.table import EXTRA_METRICS_METADATA, DataTable, Row, SimpleTable
from tidemark.plugin import ProcessedMetric
from tidemark.plugins.actions.filters import without_markup
from tidemark.plugins.actions.reports import ENTERED, REPORTS, keep_own_columns
from tidemark.plugins.api.metadata import processed_metrics
from tidemark.reporting.metrics import compute_metrics

BY_METHOD = {report.method: report for report in REPORTS}


@pytest.mark.parametrize(
    ("method", "rates"),
    [
        ("Actions.getPageUrls", ["avg_time_on_page", "bounce_rate", "exit_rate", "avg_time_generation"]),
        ("Actions.getEntryPageTitles", ["bounce_rate", "avg_time_generation"]),
        ("Actions.getExitPageUrls", ["exit_rate", "avg_time_generation"]),
        ("Actions.get", ["avg_time_generation"]),
    ],
)
def test_rates_are_named_where_they_say_something(method, rates):
    report = BY_METHOD[method]
    assert [name for name in processed_metrics(report) if name not in report.unlisted] == rates


def test_visits_of_a_page_have_a_name_of_their_own():
    assert BY_METHOD["Actions.getPageTitles"].labels["nb_visits"] == "Unique Pageviews"
    assert BY_METHOD["Actions.getOutlinks"].labels == {"nb_visits": "Unique Clicks", "nb_hits": "Clicks"}


def test_generation_time_is_computed_where_an_archive_has_it():
    (metric,) = BY_METHOD["Actions.get"].processed
    assert metric.only_with == "sum_time_generation"
    assert metric.compute({"sum_time_generation": 1.5, "nb_hits_with_time_generation": 3}) == 0.5


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        (["http://e.org/?a=1&b='2'", None], ["http://e.org/?a=1&b='2'", None]),
        (['http://e.org/?q=<b>"x"&y', None], ["http://e.org/?q=&lt;b&gt;&quot;x&quot;&y", None]),
        (['http://e.org/"a"?q="b"#"c"'], ['http://e.org/"a"?q=&quot;b&quot;#"c"']),
        (['http://e.org/"a"#"c"?"d"'], ['http://e.org/"a"#&quot;c&quot;?&quot;d&quot;']),
    ],
)
def test_segments_carry_page_urls_without_markup(urls, expected):
    assert list(without_markup(urls)) == expected


@pytest.mark.parametrize(("flat", "inside"), [(0, ["/a"]), (1, ["/a", "/b"])])
def test_pages_without_entries_are_left_out_of_folders_too(flat, inside):
    inner = DataTable([Row({"label": "/a", "entry_nb_visits": 1}), Row({"label": "/b", "nb_hits": 1})])
    table = DataTable([Row({"label": "dir", "entry_nb_visits": 1}, subtable=inner), Row({"label": "/c", "nb_hits": 1})])
    ENTERED(table, SimpleNamespace(call=SimpleNamespace(params={"flat": str(flat)})))
    assert [row.label for row in table] == ["dir"]
    assert [row.label for row in table.rows[0].subtable] == inside


def test_the_overview_has_its_own_columns_only():
    table = SimpleTable.of({"nb_pageviews": 3, "avg_time_generation": 1, "bounce_rate": 0, "revenue_per_visit": 2})
    keep_own_columns(table, SimpleNamespace(report=BY_METHOD["Actions.get"]))
    assert table.rows[0].columns == {"nb_pageviews": 3, "avg_time_generation": 1}


def test_the_row_of_one_page_has_its_own_rates_before_those_of_goals():
    goals = ProcessedMetric("conversion_rate", "Conversion rate", (), lambda _columns: 1)
    row = DataTable([Row({"label": "/a"})], metadata={EXTRA_METRICS_METADATA: (goals,)})
    compute_metrics([row], BY_METHOD["Actions.getPageUrl"].processed)
    names = list(row.rows[0].columns)
    assert names.index("bounce_rate") < names.index("exit_rate") < names.index("conversion_rate")
