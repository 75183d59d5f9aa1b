import json
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from tests.support.api_calls import Caller
from tests.support.reporting import VIEWER, ask, make_api
from tidemark.model.custom_dimension import CustomDimension
from tidemark.model.errors import ApiError
from tidemark.model.registry import Registry
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.table import DataTable, Row
from tidemark.plugin import ProcessedMetric, Report, Segment, col
from tidemark.plugin.plugin import Plugin, Plugins
from tidemark.plugin.users import signs_in
from tidemark.plugins.api.main_metrics import MAIN_METRICS, complete
from tidemark.plugins.api.metadata import (
    describe,
    dimension_reports,
    find_report,
    goal_reports,
    lacking,
    listed_reports,
    unique_id,
)
from tidemark.plugins.api.processed_report import call_parameters, goal_columns_of, leave_out_empty
from tidemark.plugins.api.segments import get_segments_metadata
from tidemark.reporting.parameters import Parameters

DAY = "idSite=1&period=day&date=2010-03-06"
DAYS = "idSite=1&period=day&date=2010-03-05,2010-03-06"


def value(query, **how):
    return json.loads(ask(make_api(), f"module=API&format=json&{query}", **how).body)


def test_reports_are_listed_by_category_with_what_they_hold():
    reports = value("method=API.getReportMetadata&idSite=1")
    assert [report["uniqueId"] for report in reports] == ["Demo_get", "Demo_getPages", "Demo_getPage", "API_get"]
    assert reports[0]["metrics"]["nb_visits"] == "Visits"
    assert reports[0]["metricTypes"]["bounce_rate"] == "percent"
    assert reports[1]["dimension"] == "Page URL"
    assert reports[1]["actionToLoadSubTables"] == "getPages"
    assert list(reports[3]["metrics"]) == ["nb_visits", "nb_actions"]
    assert "metricsDocumentation" not in value("method=API.getReportMetadata&idSite=1&hideMetricsDoc=1")[0]


def test_metadata_needs_a_site_that_one_may_see():
    assert value("method=API.getReportMetadata")["result"] == "error"
    assert value("method=API.getReportMetadata&idSites=1")[0]["uniqueId"] == "Demo_get"
    assert "'view'" in value(f"method=API.getReportMetadata&idSites=2&token_auth={VIEWER}")["message"]


def test_one_report_is_found_by_module_and_action():
    assert value("method=API.getMetadata&idSite=1&apiModule=Demo&apiAction=getPages")[0]["name"] == "Pages"
    assert value("method=API.getMetadata&idSite=1&apiModule=Demo&apiAction=none") == {"value": False}


def test_a_report_that_is_about_no_goals_is_not_found_with_one():
    asked = "apiModule=Demo&apiAction=getPages&period=day&idSite=1"
    assert value(f"method=API.getMetadata&{asked}&apiParameters[idGoal]=1") == {"value": False}
    for call in (
        "API.getProcessedReport&date=2010-03-06&idGoal=1",
        "API.getRowEvolution&date=2010-03-05,2010-03-06&idGoal=1",
        "API.getRowEvolution&date=2010-03-05,2010-03-06&idDimension=1",
    ):
        found = value(f"method={call}&{asked}")
        assert found["result"] == "error"
        assert "Demo.getPages" in found["message"] or "no goal" in found["message"]
    assert "reportData" in value(f"method=API.getProcessedReport&date=2010-03-06&idGoal=0&{asked}")


def test_processed_report_has_names_readable_values_and_totals():
    found = value(f"method=API.getProcessedReport&apiModule=Demo&apiAction=getPages&{DAY}")
    assert found["website"] == "Shop & Blog"
    assert found["prettyDate"] == "Saturday, March 6, 2010"
    assert found["columns"]["label"] == "Page URL"
    assert found["reportData"][0] == {
        "label": "/index",
        "nb_visits": 7,
        "avg_time_on_site": "00:00:01",
        "nb_uniq_visitors": 0,
        "nb_actions": 0,
        "nb_users": 0,
    }
    assert found["reportMetadata"][1] == {"segment": "pageUrl==blog", "idsubdatatable": 2}
    assert found["reportTotal"]["nb_visits"] == 19
    assert "avg_time_on_site" not in found["reportTotal"]


def test_a_hidden_label_is_in_no_row_of_a_processed_report():
    found = value(f"method=API.getProcessedReport&apiModule=Demo&apiAction=getPages&{DAY}&hideColumns=label")
    assert "label" not in found["columns"]
    assert [next(iter(row)) for row in found["reportData"]] == ["nb_visits"] * 4


@pytest.mark.parametrize(
    ("category", "method", "asked"),
    [
        ("Visitors", "A.getRows", True),
        ("Ecommerce", "Goals.getRows", False),
        ("Actions", "MultiSites.getAll", False),
    ],
)
def test_rows_without_visits_stay_in_reports_about_products_and_sites(category, method, asked):
    about = Report(method, "Rows", category, metrics=("nb_visits",))
    params = call_parameters(about, {"metrics": {"nb_visits": "Visits"}, "processedMetrics": {"rate": "Rate"}})
    assert ("filter_add_columns_when_show_all_columns" in params) is asked


@pytest.mark.parametrize(("period", "is_listed"), [("day", True), ("month", True), ("year", False), ("range", False)])
def test_unique_visitors_are_listed_for_periods_in_which_they_are_counted(period, is_listed):
    about = Report("VisitsSummary.get", "Visits", "Visitors", metrics=("nb_uniq_visitors", "nb_visits"))
    params = Parameters({"period": period})
    found = describe(about, SimpleNamespace(params=params, settings=Settings(), service=lambda _kind: Plugins(())))
    assert ("nb_uniq_visitors" in found["metrics"], "nb_uniq_visitors" in found["metricTypes"]) == (is_listed,) * 2


def test_processed_report_of_one_row_and_of_several_dates():
    one = value(f"method=API.getProcessedReport&apiModule=Demo&apiAction=get&{DAY}&showColumns=nb_visits&showTimer=0")
    assert (one["reportData"], one["reportMetadata"], one["reportTotal"]) == ({"value": 2}, [], [])
    assert "timerMillis" not in one
    several = value(f"method=API.getProcessedReport&apiModule=Demo&apiAction=get&{DAYS}")
    assert several["reportData"]["Friday, March 5, 2010"]["bounce_rate"] == "27%"
    assert several["prettyDate"] == "March 5\u2009\u2013\u20096, 2010"


def test_totals_beside_the_rows_of_a_subtable_are_those_of_the_whole_table():
    found = value(f"method=API.getProcessedReport&apiModule=Demo&apiAction=getPages&idSubtable=1&{DAY}")
    assert [row["nb_visits"] for row in found["reportData"]] == [4, 3]
    assert (found["reportTotal"]["nb_visits"], found["reportTotal"]["sum_visit_length"]) == (19, 31)


def test_rows_below_the_first_compared_one_tell_their_metadata():
    query = "compare=1&comparePeriods[]=day&compareDates[]=2010-03-05"
    found = value(f"method=API.getProcessedReport&apiModule=Demo&apiAction=getPages&{DAY}&{query}")
    assert ["segment" in row for row in found["reportData"]] == [False, True, True, False]


@pytest.mark.parametrize(("asked", "change"), [("", "+0%"), ("&format_metrics=bc", "+0%"), ("&format_metrics=0", 0)])
def test_a_change_that_does_not_exist_is_none_written_like_the_other_numbers(asked, change):
    query = f"apiModule=Demo&apiAction=get&{DAY}&compare=1&compareSegments[]=browserCode%3D%3DFF{asked}"
    compared = value(f"method=API.getProcessedReport&{query}")["reportData"]["comparisons"]
    assert {row["nb_visits_change"] for row in compared} == {change}


def test_row_evolution_spans_values_and_names_the_change():
    found = value(f"method=API.getRowEvolution&apiModule=Demo&apiAction=getPages&label=docs&{DAYS}")
    assert found["label"] == "example.org/docs/"
    assert found["reportData"]["2010-03-06"] == [{"nb_visits": 5, "avg_time_on_site": 4}]
    assert found["metadata"]["metrics"]["nb_visits"] == {"name": "Visits", "min": 5, "max": 5}


def test_row_evolution_of_several_rows_puts_them_side_by_side():
    found = value(f"method=API.getRowEvolution&apiModule=Demo&apiAction=getPages&label=docs>/a,blog&{DAYS}")
    assert found["reportData"]["2010-03-06"] == [{"nb_visits_0": 4, "nb_visits_1": 5}]
    assert found["metadata"]["metrics"]["nb_visits_0"]["name"] == "e.org/docs/a (Visits)"
    every = value(f"method=API.getRowEvolution&apiModule=Demo&apiAction=getPages&filter_limit=2&{DAYS}")
    assert list(every["metadata"]["metrics"]) == ["nb_visits_0", "nb_visits_1"]


@pytest.mark.parametrize(
    "query",
    [
        f"apiModule=Demo&apiAction=getPages&{DAY}",
        f"apiModule=Demo&apiAction=get&{DAYS}",
        f"apiModule=Demo&apiAction=none&{DAYS}",
        "apiModule=Demo&apiAction=getPages&idSite=1&period=day&date=bad",
    ],
)
def test_row_evolution_refuses(query):
    assert value(f"method=API.getRowEvolution&{query}")["result"] == "error"


def test_segments_are_listed():
    assert value("method=API.getSegmentsMetadata&idSites=1") == []


@pytest.mark.parametrize(("sites", "named"), [([1], ["Author", "Plan"]), ([1, 2], []), ([], [])])
def test_dimensions_of_the_one_site_asked_for_are_listed_among_segments_under_their_names(sites, named):
    asked = Caller()
    asked.registry.add_site(Site(0, "Shop", "", 0))
    for name, scope, active in (("Plan", "visit", True), ("Author", "action", True), ("Old", "visit", False)):
        asked.registry.add_custom_dimension(CustomDimension(1, 0, name, 1, scope, active=active))
    found = get_segments_metadata(asked, sites)
    assert sorted(row["name"] for row in found) == named
    if named:
        assert [(row["category"], row["segment"]) for row in found] == [
            ("Visitors", "dimension1"),
            ("Behaviour", "dimension2"),
        ]


@pytest.mark.parametrize("asked", ["1,2", "all"])
def test_reports_of_several_sites_are_those_that_every_site_has(asked):
    about = [
        Report(f"Demo.get{name}", name, category, subcategory, metrics=("nb_visits",))
        for name, category, subcategory in (
            ("Orders", "Ecommerce", ""),
            ("Searches", "Actions", "Site Search"),
            ("Conversions", "Goals", ""),
        )
    ]
    api = make_api(plugins=(Plugin("Sales", reports=tuple(about)),))
    found = json.loads(ask(api, f"module=API&format=json&method=API.getReportMetadata&idSites={asked}").body)
    names = [report["uniqueId"] for report in found if report["name"] not in ("Orders", "Searches")]
    assert names == [report["uniqueId"] for report in found]
    assert "Demo_getConversions_idGoal--0" in names


@pytest.mark.parametrize("asked", ["1", "1,2", "1, 2"])
def test_a_report_of_several_sites_is_that_of_the_first(asked):
    query = "method=API.getProcessedReport&apiModule=Demo&apiAction=getPages&period=day&date=2010-03-06"
    found = value(f"{query}&idSite={asked}")
    assert (found["website"], len(found["reportData"])) == ("Shop & Blog", 4)


@pytest.mark.parametrize("asked", ["all", "x", ""])
def test_a_report_of_no_certain_site_is_refused(asked):
    query = "method=API.getProcessedReport&apiModule=Demo&apiAction=getPages&period=day&date=2010-03-06"
    assert value(f"{query}&idSite={asked}")["result"] == "error"


def test_the_main_metrics_list_what_the_overviews_list():
    overviews = (
        Report("A.get", "A", "Visitors", metrics=("one", "two"), listed=("one", "rate"), unlisted=("rate",)),
        Report("B.get", "B", "Visitors", metrics=("three",)),
    )
    found = complete(MAIN_METRICS, overviews)
    assert (found.metrics, found.unlisted) == (("one", "rate", "three"), ("rate",))


def test_parts_of_segments_are_not_listed():
    segments = (Segment("whole", "Whole", "Visitors", col("x")), Segment("part", "", "", col("x"), is_listed=False))
    asked = Caller(services={Plugins: Plugins((Plugin("Demo", segments=segments),))})
    assert [row["segment"] for row in get_segments_metadata(asked)] == ["whole"]


def report(method, name, **more):
    return Report(method, name, more.pop("category", "Goals"), metrics=("nb_conversions",), **more)


def test_reports_about_goals_are_listed_for_every_goal():
    overall = [report("Goals.get", "Goals", order=1), report("Goals.getDays", "Days", order=2, dimension="Days")]
    orders = report("Goals.get", "Orders", parameters={"idGoal": "ecommerceOrder"}, category="Ecommerce")
    found = goal_reports([*overall, orders], [(4, "Signed up")])
    assert [(unique_id(one), one.name, one.order) for one in found] == [
        ("Goals_get_idGoal--0", "Goals Overview", 50),
        ("Goals_getDays_idGoal--0", "Goals Overview - Days", 51),
        ("Goals_get_idGoal--4", "Goal Signed up", 52),
        ("Goals_getDays_idGoal--4", "Signed up - Days", 53),
    ]


def test_related_reports_and_dimensions_of_subtables_are_named():
    first = report("A.get", "First", dimension="Name", dimension_id="A.Name", load_subtables="A.below",
                   related=("A.below", "A.gone"))  # fmt: skip
    below = report("A.below", "Below", dimension="Value", dimension_id="A.Value")
    context = SimpleNamespace(params={}, service=lambda _kind: Plugins((Plugin("A", reports=(first, below)),)))
    found = describe(first, context)
    assert found["relatedReports"] == [{"name": "Below", "module": "A", "action": "below"}]
    assert found["dimensions"] == {"A_Name": "Name", "A_Value": "Value"}
    assert "dimensions" not in describe(below, context)


def test_rates_of_conversion_are_named_when_goal_columns_are_asked_for():
    visits = report("A.get", "First", has_goal_metrics=True, on_request=("conversion_rate",))
    plugins = Plugins((Plugin("A", reports=(visits,)),))
    plain = describe(visits, SimpleNamespace(params={}, service=lambda _kind: plugins))
    params = {"filter_update_columns_when_show_all_goals": "1"}
    asked = describe(visits, SimpleNamespace(params=params, service=lambda _kind: plugins))
    assert ("processedMetrics" in plain, asked["processedMetrics"]) == (False, {"conversion_rate": "Conversion Rate"})
    assert list(asked["metricsGoal"]) == ["nb_conversions", "conversion_rate", "revenue"]


@pytest.mark.parametrize(
    ("method", "goal", "mode"),
    [
        ("Actions.getPageUrls", "", "-3"),
        ("Actions.getPageTitles", "ecommerceOrder", "-5"),
        ("Actions.getEntryPageTitles", "1", "-4"),
        ("DevicesDetection.getBrowsers", "1", "1"),
        ("DevicesDetection.getBrowsers", "", None),
    ],
)
def test_pages_have_goal_columns_of_their_own(method, goal, mode):
    assert goal_columns_of(method, goal) == mode


@pytest.mark.parametrize(
    ("method", "period", "named"),
    [
        ("A.getKinds", "day", ["nb_visits", "nb_users"]),
        ("A.getKinds", "month", ["nb_visits"]),
        ("VisitsSummary.get", "month", ["nb_visits", "nb_users"]),
    ],
)
def test_numbers_of_people_are_no_metrics_of_longer_periods_but_have_types(method, period, named):
    kinds = Report(method, "Kinds", "Visitors", dimension="Kind", metrics=("nb_visits", "nb_users"))
    plugins = Plugins((Plugin("A", reports=(kinds,)),))
    context = SimpleNamespace(params={"period": period}, service=lambda _kind: plugins)
    found = describe(kinds, context, lacks=lacking(kinds, context))
    assert (list(found["metrics"]), list(found["metricTypes"])) == (named, ["nb_visits", "nb_users"])
    assert list(describe(kinds, context)["metrics"]) == ["nb_visits", "nb_users"]


@pytest.mark.parametrize(
    ("users", "signs_in", "is_named"), [(0, False, False), (3, False, True), (0, True, True), (3, True, True)]
)
def test_users_are_left_out_when_nobody_is_known(users, signs_in, is_named):
    plugins = Plugins((Plugin("A", reports=(report("A.get", "First", numbers={"nb_users": "nb_users"}),)),))
    columns, metadata = {"nb_users": "Users"}, {"metrics": {"nb_users": "Users"}}
    leave_out_empty(DataTable([Row({"nb_users": users})]), columns, metadata, plugins.reports()[0], lambda: signs_in)
    assert ("nb_users" in columns, "nb_users" in metadata["metrics"]) == (is_named, is_named)


@pytest.mark.parametrize(
    ("period", "asked", "users", "answer"),
    [("day", "month", 2, True), ("week", "month", 0, False), ("range", "day", 1, True), ("year", "year", 0, False)],
)
def test_users_are_looked_for_in_the_month_of_short_periods_and_whatever_the_segment(period, asked, users, answer):
    def processed(method, params):
        assert (method, params["idSite"], params["segment"], params["columns"]) == ("A.get", 1, "", "nb_users")
        assert (params["period"], params["date"]) == (asked, "2015-01-02")
        return DataTable([Row({"nb_users": users})])

    assert signs_in(SimpleNamespace(processed=processed), "A.get", 1, period, "2015-01-02") is answer


def test_nobody_signs_in_where_months_are_not_offered():
    def refuse(*_args):
        raise ApiError("no months")

    assert signs_in(SimpleNamespace(processed=refuse), "A.get", 1, "day", "2015-01-02") is False


@pytest.mark.parametrize(
    ("ecommerce", "sitesearch", "names"),
    [(True, True, ["Searches", "Sales"]), (False, True, ["Searches"]), (True, False, ["Sales"]), (False, False, [])],
)
def test_reports_that_a_site_has_no_use_for_are_not_listed(ecommerce, sitesearch, names):
    reports = (
        report("A.getSales", "Sales", category="Ecommerce"),
        report("A.getSearches", "Searches", category="Actions", subcategory="Site Search"),
    )
    services = {
        Plugins: Plugins((Plugin("A", reports=reports),)),
        Registry: SimpleNamespace(goals=lambda _site: [], custom_dimensions=lambda _site: []),
    }
    site = SimpleNamespace(ecommerce=ecommerce, sitesearch=sitesearch)
    context = SimpleNamespace(params={}, site=lambda _idsite: site, service=services.get)
    assert [one.name for one in listed_reports(context, [1])] == names
    for name in ("Sales", "Searches"):
        with nullcontext() if name in names else pytest.raises(ApiError):
            assert find_report(context, f"A.get{name}", {}, [1]).name == name


def test_a_report_may_keep_the_method_of_its_subtables_to_itself():
    context = SimpleNamespace(params={}, service=lambda _kind: Plugins(()))
    told, kept = (
        describe(report("A.get", "A", load_subtables="A.getBelow", tells_subtables=tells), context)
        for tells in (True, False)
    )
    assert (told["actionToLoadSubTables"], "actionToLoadSubTables" in kept) == ("getBelow", False)


def test_a_label_is_named_among_the_metrics_but_has_no_type():
    context = SimpleNamespace(params={}, service=lambda _kind: Plugins(()))
    found = describe(report("A.get", "A", listed=("label", "nb_visits"), labels={"label": "Label"}), context)
    assert found["metrics"]["label"] == "Label"
    assert list(found["metricTypes"]) == ["nb_visits"]


def test_every_dimension_of_a_site_has_a_report():
    names = ("avg_time_on_site", "exit_rate", "avg_time_generation")
    rates = tuple(ProcessedMetric(name, name, (), lambda _columns: None) for name in names)
    about = report("CustomDimensions.getCustomDimension", "Dimensions", processed=rates, is_listed=False)
    visit, action = dimension_reports(
        [about], [CustomDimension(1, 3, "Plan", 1, "visit"), CustomDimension(1, 4, "Author", 1, "action")]
    )
    assert (visit.category, visit.name, visit.dimension, visit.is_listed) == ("Visitors", "Plan", "Plan", True)
    assert [metric.name for metric in visit.processed] == ["avg_time_on_site"]
    assert unique_id(action) == "CustomDimensions_getCustomDimension_idDimension--4"
    assert (action.category, action.metrics) == ("Actions", ("nb_hits", "nb_visits"))
    assert [metric.name for metric in action.processed] == ["exit_rate", "avg_time_generation"]
    assert (visit.labels, action.labels) == ({}, {"nb_hits": "Actions", "nb_visits": "Unique Actions"})
