import json
from types import SimpleNamespace

import pytest

from tests.support.reporting import ask, folders, make_api
from tidemark.model.registry import Registry
from tidemark.plugins.api.goal_evolution import goal_evolution

EVOLUTION = "module=API&format=json&method=API.getRowEvolution&apiModule=Demo&apiAction=getPages&idSite=1&period=day"
DAYS = "&date=2010-03-05,2010-03-06"
BEFORE = "&compare=1&comparePeriods[]=day&compareDates[]=2010-03-04,2010-03-05"
OLD, NEW = "March 4\u2009–\u20095, 2010", "March 5\u2009–\u20096, 2010"


def evolution(query, api=None):
    return json.loads(ask(api or make_api(), EVOLUTION + query).body)


def test_the_rows_of_several_sites_are_those_of_the_first():
    assert evolution(f"&label=blog{DAYS}&idSite=1,2") == evolution(f"&label=blog{DAYS}&idSite=1")


def test_a_goal_that_is_no_number_names_no_other_report():
    assert evolution(f"&label=blog{DAYS}&idGoal=ecommerceOrder")["label"] == "example.org/blog/"
    assert evolution(f"&label=blog{DAYS}&idGoal=1")["result"] == "error"


def on_two_days():
    """The same tables on the day before, with other numbers."""
    tables = folders()
    earlier = {
        (record, site, "2010-03-05", number): table.copy() for (record, site, _, number), table in tables.items()
    }
    for table in earlier.values():
        for row in table:
            row.columns["nb_visits"] *= 2
    return make_api(tables | earlier)


def test_the_series_of_a_label_is_chosen_and_named():
    found = evolution(f"&label=blog,blog&labelSeries=0,1{DAYS}{BEFORE}", on_two_days())
    metrics = found["metadata"]["metrics"]
    assert [metrics[name]["name"] for name in ("nb_visits_0", "nb_visits_1")] == [
        f"blog ({NEW}) (All visits) (Visits)",
        f"blog ({OLD}) (All visits) (Visits)",
    ]
    assert found["reportData"] == {
        "2010-03-05": [{"nb_visits_0": 10, "nb_visits_1": 0}],
        "2010-03-06": [{"nb_visits_0": 5, "nb_visits_1": 10}],
    }
    assert metrics["nb_visits_0"]["change"] == "-50%"


def test_one_label_of_another_series_is_followed_alone():
    found = evolution(f"&label=blog&labelSeries=1{DAYS}{BEFORE}", on_two_days())
    assert found["label"] == "example.org/blog/"
    assert found["reportData"]["2010-03-06"][0]["nb_visits"] == 10


def test_a_series_of_segments_stands_beside_that_of_all_visits():
    query = f"&label=blog,docs&labelSeries=0,1{DAYS}&compare=1&compareSegments[]=pageUrl%3D%3Dx&legendAppendMetric=0"
    names = [metric["name"] for metric in evolution(query)["metadata"]["metrics"].values()]
    assert names == [f"blog ({NEW}) (All visits)", f"docs ({NEW}) (pageUrl==x)"]


@pytest.mark.parametrize("series", ["2,0", "-1,0"])
def test_a_series_that_is_not_compared_is_refused(series):
    assert "labelSeries" in evolution(f"&label=blog,docs&labelSeries={series}{DAYS}{BEFORE}")["message"]


def test_the_reports_own_parameters_hold_for_its_evolution():
    flat = evolution(f"&label=docs/a&flat=1{DAYS}")
    assert flat["reportData"]["2010-03-06"][0]["nb_visits"] == 4
    hidden = evolution(f"&label=docs&hideColumns=avg_time_on_site{DAYS}")
    assert "avg_time_on_site" not in hidden["metadata"]["metrics"]


def test_labels_are_shown_as_the_call_wants_them():
    several = evolution(f"&label=docs,blog&labelPretty=Handbook,&legendAppendMetric=0{DAYS}")
    assert [one["name"] for one in several["metadata"]["metrics"].values()] == ["Handbook", "blog"]
    assert evolution(f"&label=docs&labelPretty=Handbook{DAYS}")["label"] == "example.org/Handbook/"


def test_labels_keep_commas_and_percent_signs_when_they_come_as_list():
    found = evolution(f"&label[]=docs&label[]=no%2C%20such&legendAppendMetric=0{DAYS}")
    assert [one["name"] for one in found["metadata"]["metrics"].values()] == ["docs", "no, such"]


def test_addresses_are_named_by_their_url_only_when_wanted():
    by_url = evolution(f"&label=docs>/a{DAYS}")
    by_label = evolution(f"&label=docs>/a&labelUseAbsoluteUrl=0{DAYS}")
    assert (by_url["label"], by_label["label"]) == ("e.org/docs/a", "example.org/docs//a/")


def test_a_range_is_followed_day_by_day():
    query = f"&label=docs{DAYS}".replace("&label", "&period=range&label")
    assert list(evolution(query)["reportData"]) == ["2010-03-05", "2010-03-06"]


def test_a_metric_that_the_report_has_not_got_is_replaced_by_its_first_one():
    found = evolution(f"&label=docs,blog&column=nothing{DAYS}")
    assert found["column"] == "nb_visits"
    other = evolution(f"&label=docs,blog&column=avg_time_on_site{DAYS}")
    assert other["reportData"]["2010-03-06"] == [{"avg_time_on_site_0": 4, "avg_time_on_site_1": 0}]


def test_nothing_is_named_where_no_row_ever_was():
    found = evolution("&date=2010-03-01,2010-03-02")
    assert found["metadata"]["metrics"] == []
    assert found["reportData"] == {"2010-03-01": [], "2010-03-02": []}


def goals_of(shown, *, ecommerce=True):
    site = SimpleNamespace(ecommerce=ecommerce)
    goals = [SimpleNamespace(idgoal=1, name="Sign-up"), SimpleNamespace(idgoal=4, name="50% off")]
    services = {Registry: SimpleNamespace(goals=lambda _site: goals)}
    context = SimpleNamespace(
        site=lambda _site: site,
        service=services.get,
        translate=lambda text, *values: text % values if values else text,
    )
    return goal_evolution(context, 1, shown, {"nb_visits": "Visits", "nb_actions": "Actions"})


def test_metrics_of_a_goal_take_the_place_of_the_reports_own():
    found = goals_of("4")
    assert found.metrics == {
        "nb_visits": "Visits",
        "goal_4_conversion_rate": "50% off conversion rate",
        "goal_4_nb_conversions": "50% off conversions",
        "goal_4_revenue": "50% off Revenue",
        "goal_4_revenue_per_visit": "50% off Revenue per Visit",
        "revenue_per_visit": "Revenue per Visit",
    }
    assert (found.parameters["idGoal"], found.parameters["filter_show_goal_columns_process_goals"]) == ("4", "4")


def test_the_overview_has_the_rates_of_all_goals():
    assert list(goals_of("-1").metrics) == [
        "nb_visits",
        "goal_ecommerceOrder_conversion_rate",
        "goal_1_conversion_rate",
        "goal_4_conversion_rate",
        "revenue_per_visit",
    ]
    assert "goal_ecommerceOrder_conversion_rate" not in goals_of("-1", ecommerce=False).metrics


def test_all_goals_have_all_metrics_and_orders_their_own():
    assert len(goals_of("0").metrics) == 2 + 3 * 4
    assert list(goals_of("ecommerceOrder").metrics)[-2:] == [
        "goal_ecommerceOrder_items",
        "goal_ecommerceOrder_revenue_per_visit",
    ]
