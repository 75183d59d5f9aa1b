import json
from dataclasses import replace
from datetime import date

import pytest

from tests.support.reporting import NUMBERS, SITES, VIEWER, Directory, TableArchives, ask
from tidemark.clock import SettableClock
from tidemark.model.past_dates import period_before
from tidemark.model.period import Period
from tidemark.model.registry import Registry
from tidemark.model.site import Site
from tidemark.plugin import Plugins
from tidemark.plugins.api import PLUGIN as API_PLUGIN
from tidemark.plugins.multi_sites import PLUGIN
from tidemark.plugins.multi_sites.numbers import part_over
from tidemark.reporting.service import Api

NOW = 1_268_000_000  # 2010-03-07 22:13:20 UTC
DAY = "period=day&date=2010-03-06"
PAST = {(2, "2010-03-05"): {"nb_visits": 4, "Goal_revenue": 8}}


class Sites(Directory):
    def __init__(self, sites):
        super().__init__()
        self.by_id = sites

    def sites(self):
        return list(self.by_id.values())

    def site(self, idsite):
        return self.by_id.get(idsite)


def text(query, *, sites=SITES, numbers=NUMBERS | PAST, token="a" * 32):
    directory = Sites(sites)
    api = Api(
        Plugins((PLUGIN, API_PLUGIN)),
        TableArchives({}, numbers),
        directory,
        SettableClock(NOW),
        {Registry: directory},
    )
    return ask(api, f"module=API&format=json&{query}", token=token).body.decode()


def value(query, **options):
    return json.loads(text(query, **options))


def test_sites_are_told_with_the_change_since_the_period_before():
    assert value(f"method=MultiSites.getAll&{DAY}") == [
        {
            "label": "Shop & Blog",
            "nb_visits": 2,
            "nb_actions": 8,
            "nb_pageviews": 0,
            "revenue": 0,
            "visits_evolution": "-81.8%",
            "visits_evolution_trend": -1,
            "actions_evolution": "-81.4%",
            "actions_evolution_trend": -1,
            "pageviews_evolution": "0%",
            "pageviews_evolution_trend": 0,
            "revenue_evolution": "0%",
            "revenue_evolution_trend": 0,
            "idsite": 1,
            "ratio": 1,
            "currencySymbol": "€",
            "previous_nb_visits": 11,
            "periodName": "day",
            "previousRange": "Fri, Mar 5",
            "previous_nb_actions": 43,
            "previous_Actions_nb_pageviews": 0,
            "previous_Goal_revenue": 0,
            "group": "",
            "main_url": "http://example.org",
        },
        {
            "label": "Second",
            "nb_visits": 1,
            "nb_actions": 1,
            "nb_pageviews": 0,
            "revenue": 0,
            "visits_evolution": "-75%",
            "visits_evolution_trend": -1,
            "actions_evolution": "100%",
            "actions_evolution_trend": 1,
            "pageviews_evolution": "0%",
            "pageviews_evolution_trend": 0,
            "revenue_evolution": "-100%",
            "revenue_evolution_trend": -1,
            "idsite": 2,
            "ratio": 1,
            "currencySymbol": "$",
            "previous_nb_visits": 4,
            "periodName": "day",
            "previousRange": "Fri, Mar 5",
            "previous_nb_actions": 0,
            "previous_Actions_nb_pageviews": 0,
            "previous_Goal_revenue": 8,
            "group": "",
            "main_url": "http://example.com",
        },
    ]


def test_only_sites_that_the_caller_may_see_are_told():
    assert [row["idsite"] for row in value(f"method=MultiSites.getAll&{DAY}", token=VIEWER)] == [1]


def test_sites_without_visits_stand_in_the_enhanced_dashboard_only():
    assert value("method=MultiSites.getAll&period=day&date=2009-03-06") == []
    found = value("method=MultiSites.getAll&period=day&date=2009-03-06&enhanced=1")
    assert [(row["idsite"], row["nb_conversions"]) for row in found] == [(1, 0), (2, 0)]


def test_shops_have_orders_in_the_enhanced_dashboard():
    sites = {1: Site(1, "Shop", "", 0, ecommerce=True), 2: Site(2, "Blog", "", 0)}
    found = value(f"method=MultiSites.getAll&{DAY}&enhanced=1", sites=sites)
    assert [sorted(name for name in row if "orders" in name) for row in found] == [
        ["orders", "orders_evolution", "orders_evolution_trend"],
        [],
    ]


def test_several_dates_are_a_map_each_compared_with_the_one_before():
    found = value("method=MultiSites.getAll&period=day&date=2010-03-05,2010-03-06")
    assert {day: [row["previous_nb_visits"] for row in rows] for day, rows in found.items()} == {
        "2010-03-05": [0, 0],
        "2010-03-06": [11, 4],
    }


def test_relative_dates_are_not_compared():
    found = value("method=MultiSites.getAll&period=day&date=last3")
    assert found["2010-03-06"][0] == {
        "label": "Shop & Blog",
        "nb_visits": 2,
        "nb_actions": 8,
        "nb_pageviews": 0,
        "revenue": 0,
        "idsite": 1,
        "group": "",
        "main_url": "http://example.org",
    }


def test_chosen_columns_are_the_only_ones():
    found = value(f"method=MultiSites.getAll&{DAY}&showColumns=nb_visits")
    assert [(row["label"], row["nb_visits"], "nb_actions" in row) for row in found] == [
        ("Shop & Blog", 2, False),
        ("Second", 1, False),
    ]


def test_sites_keep_their_names_in_flat_answers_without_generic_filters():
    found = value(f"method=MultiSites.getAll&{DAY}&flat=1&disable_generic_filters=1")
    assert sorted(row["label"] for row in found) == ["Second", "Shop & Blog"]


def test_others_are_compared_with_nothing():
    (row,) = value(f"method=MultiSites.getAll&{DAY}&filter_truncate=0")
    assert (row["label"], row["nb_visits"], row["visits_evolution"]) == ("Others", 3, "100%")
    assert (row["previous_nb_visits"], row["currencySymbol"], "idsite" in row) == (0, "USD", False)


def test_one_site_is_one_row_of_numbers():
    assert value(f"method=MultiSites.getOne&idSite=1&{DAY}") == {
        "nb_visits": 2,
        "nb_actions": 8,
        "visits_evolution": "-81.8%",
        "visits_evolution_trend": -1,
        "actions_evolution": "-81.4%",
        "actions_evolution_trend": -1,
        "pageviews_evolution": "0%",
        "pageviews_evolution_trend": 0,
        "revenue_evolution": "0%",
        "revenue_evolution_trend": 0,
        "nb_pageviews": 0,
        "revenue": 0,
    }


def test_formats_that_show_metadata_tell_with_what_one_site_is_compared():
    header = text(f"method=MultiSites.getOne&idSite=1&{DAY}&format=csv&convertToUnicode=0").split("\n")[0]
    assert header.split(",")[12:] == [
        "metadata_idsite",
        "metadata_ratio",
        "metadata_currencySymbol",
        "metadata_previous_nb_visits",
        "metadata_periodName",
        "metadata_previousRange",
        "metadata_previous_nb_actions",
        "metadata_previous_Actions_nb_pageviews",
        "metadata_previous_Goal_revenue",
        "metadata_group",
        "metadata_main_url",
    ]


GROUPED = {
    1: Site(1, "Alpha", "http://a.example", 0, group="Shops"),
    2: Site(2, "Beta", "http://b.example", 0, currency="EUR"),
    3: Site(3, "Gamma", "http://c.example", 0, group="Shops"),
}
GROUPED_NUMBERS = {
    (1, "2010-03-06"): {"nb_visits": 3, "Goal_revenue": 2.5},
    (2, "2010-03-06"): {"nb_visits": 1200, "Goal_revenue": 7},
    (3, "2010-03-06"): {"nb_visits": 2000},
    (1, "2010-03-05"): {"nb_visits": 1000},
    (3, "2010-03-05"): {"nb_visits": 1},
}


def dashboard(query=""):
    return value(f"method=MultiSites.getAllWithGroups&{DAY}{query}", sites=GROUPED, numbers=GROUPED_NUMBERS)


def test_the_dashboard_tells_sums_and_the_sites_of_groups_below_them():
    found = dashboard()
    assert (found["numSites"], found["lastDate"]) == (4, "2010-03-05")
    assert found["totals"] == {
        "nb_pageviews": "0",
        "nb_visits": "3,203",
        "nb_actions": "0",
        "revenue": "9.50",
        "nb_visits_lastdate": 1001,
    }
    shown = [(row["label"], row["nb_visits"], row["revenue"], row["visits_evolution"]) for row in found["sites"]]
    assert shown == [
        ("Shops", "2,003", "2.50", "100.1%"),
        ("Gamma", "2,000", "$0", "199,900%"),
        ("Alpha", "3", "$2.50", "-99.7%"),
        ("Beta", "1,200", "€7", "100%"),
    ]
    assert [row.get("isGroup") for row in found["sites"]] == [1, None, None, None]


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("&filter_limit=2", ["Shops", "Gamma"]),
        ("&filter_limit=1&filter_offset=2", ["Shops", "Alpha"]),
        ("&filter_offset=3", ["Beta"]),
        ("&filter_limit=-1", []),
        ("&pattern=alp", ["Shops", "Alpha"]),
        ("&pattern=SHOP", ["Shops", "Gamma", "Alpha"]),
        ("&pattern=nothing", []),
        ("&filter_sort_column=nb_visits&filter_sort_order=asc", ["Beta", "Shops", "Alpha", "Gamma"]),
    ],
)
def test_the_dashboard_can_be_searched_sorted_and_cut(query, labels):
    assert [row["label"] for row in dashboard(query)["sites"]] == labels


def test_sites_with_equal_numbers_stand_in_the_order_of_their_names():
    sites = {1: Site(1, "b2", "", 0), 2: Site(2, "b10", "", 0), 3: Site(3, "A", "", 0)}
    found = value(f"method=MultiSites.getAllWithGroups&{DAY}", sites=sites, numbers={})
    assert [row["label"] for row in found["sites"]] == ["A", "b2", "b10"]


def test_the_dashboard_refuses_several_dates():
    found = value("method=MultiSites.getAllWithGroups&period=day&date=2010-03-05,2010-03-06")
    assert found["result"] == "error"


def test_past_numbers_count_as_far_as_the_present_period_is_over():
    today, yesterday = Period.day(date(2010, 3, 7)), Period.day(date(2010, 3, 6))
    assert part_over(today, yesterday, NOW) == 0.926
    assert part_over(yesterday, period_before(yesterday), NOW) == 1


def test_amounts_are_in_the_currency_of_the_site_that_the_call_names():
    sites = {idsite: replace(site, currency="EUR") for idsite, site in SITES.items()}
    query = f"method=MultiSites.getAll&{DAY}&format_metrics=all"
    assert {row["revenue"][0] for row in value(f"{query}&idSite=2", sites=sites)} == {"€"}
    assert {row["revenue"][0] for row in value(query, sites=sites)} == {"$"}
