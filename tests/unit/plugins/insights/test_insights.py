import pytest

from tests.support.api_calls import Caller
from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError, BadDate, BadParameter
from tidemark.model.site import Site
from tidemark.model.table import DataTable, Row, SimpleTable, TableMap
from tidemark.plugins.insights.growth import Thresholds, movers_and_shakers, relevant_total
from tidemark.plugins.insights.methods import (
    can_generate_insights,
    get_insights,
    get_insights_overview,
    get_movers_and_shakers,
    get_movers_and_shakers_overview,
)

NOW_ROWS = {"up": 10, "new": 5, "down": 13, "same": 20, "tiny": 2}
PAST_ROWS = {"up": 2, "down": 24, "same": 20, "gone": 9, "blip": 3}
TOTALS = {"2026-03-06": 50, "2026-03-05": 58}
PAGES = {"uniqueId": "Actions_getPageUrls", "name": "Page URLs", "module": "Actions", "action": "getPageUrls"}
DOWNLOADS = {"uniqueId": "Actions_getDownloads", "name": "Downloads", "module": "Actions", "action": "getDownloads"}


def table(rows):
    made = DataTable(Row({"label": label, "nb_visits": visits}) for label, visits in rows.items())
    made.totals = {"nb_visits": sum(rows.values())}
    return made


class Reports:
    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def processed(self, method, params):
        self.asked.append((method, params))
        return self.answers[params["date"]]


class ReportCaller(Caller):
    def call(self, method, **params):
        if method == "API.getReportMetadata":
            return [PAGES, DOWNLOADS]
        return SimpleTable.of({"nb_visits": TOTALS.get(params["date"], 0)})


@pytest.fixture
def caller():
    reports = Reports({"2026-03-06": table(NOW_ROWS), "2026-03-05": table(PAST_ROWS)})
    made = ReportCaller(services={Calls: reports})
    made.registry.add_site(Site(1, "Site", "", 0))
    return made


def insights(caller, **params):
    given = {"idSite": 1, "period": "day", "date": "2026-03-06", "reportUniqueId": "Actions_getPageUrls"}
    return get_insights(caller, **given | params)


def labels(found):
    return [row.label for row in found]


def test_rows_that_changed_much_come_by_growth_then_by_decline(caller):
    found = insights(caller)
    assert labels(found) == ["up", "new", "tiny", "down", "gone", "blip"]
    assert found.rows[0].columns == {
        "label": "up",
        "nb_visits": 10,
        "growth_percent": "400%",
        "growth_percent_numeric": "400",
        "grown": True,
        "value_old": 2,
        "value_new": 10,
        "difference": 8,
        "importance": 8,
        "isDisappeared": False,
        "isNew": False,
        "isMover": True,
        "isMoverAndShaker": True,
    }
    gone = found.row_by_label("gone").columns
    assert (gone["nb_visits"], gone["value_new"], gone["growth_percent"], gone["isDisappeared"]) == (
        9,
        0,
        "-100%",
        True,
    )
    assert found.row_by_label("down").columns["growth_percent"] == "-45.8%"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"filterBy": "movers"}, ["up", "down"]),
        ({"filterBy": "new"}, ["new", "tiny"]),
        ({"filterBy": "disappeared"}, ["gone", "blip"]),
        ({"limitIncreaser": 1, "limitDecreaser": 0}, ["up"]),
        ({"limitIncreaser": -1, "limitDecreaser": 2}, ["up", "new", "tiny", "down", "gone"]),
        ({"minImpactPercent": 10}, ["up", "new", "down", "gone"]),
        ({"minGrowthPercent": 50}, ["up", "new", "tiny", "gone", "blip"]),
        ({"minGrowthPercent": 0, "minImpactPercent": 0}, ["up", "new", "tiny", "same", "down", "gone", "blip"]),
        ({"orderBy": "relative"}, ["up", "new", "tiny", "gone", "blip", "down"]),
        ({"orderBy": "importance"}, ["down", "gone", "up", "new", "blip", "tiny"]),
    ],
)
def test_parameters_choose_order_and_number_of_rows(caller, params, expected):
    assert labels(insights(caller, **params)) == expected


def test_both_reports_are_asked_for_their_first_thousand_rows(caller):
    insights(caller, segment="countryCode==de")
    assert [(method, params["date"]) for method, params in caller.service(Calls).asked] == [
        ("Actions.getPageUrls", "2026-03-06"),
        ("Actions.getPageUrls", "2026-03-05"),
    ]
    assert caller.service(Calls).asked[0][1]["filter_limit"] == 1000
    assert caller.service(Calls).asked[0][1]["segment"] == "countryCode==de"


def test_movers_and_shakers_changed_more_than_the_site(caller):
    found = get_movers_and_shakers(caller, 1, "day", "2026-03-06", "Actions_getPageUrls")
    assert labels(found) == ["up", "new", "down", "gone"]
    assert "isMoverAndShaker" not in found.rows[0].columns


def test_overviews_are_told_by_the_names_of_reports(caller):
    found = get_movers_and_shakers_overview(caller, 1, "day", "2026-03-06")
    assert {name: labels(one) for name, one in found.tables.items()} == {
        "Page URLs": ["up", "new", "down", "gone"],
        "Downloads": ["up", "new", "down", "gone"],
    }
    found = get_insights_overview(caller, 1, "day", "2026-03-06")
    assert {name: len(one) for name, one in found.tables.items()} == {"Page URLs": 6, "Downloads": 6}
    marks = {name: one.metadata_cells("label1") == one.cells("label") for name, one in found.tables.items()}
    assert marks == {"Page URLs": False, "Downloads": True}


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"orderBy": "size"}, BadParameter),
        ({"date": "last7"}, BadDate),
        ({"reportUniqueId": "Actions_nothing"}, ApiError),
    ],
)
def test_what_cannot_be_compared_is_refused(caller, params, error):
    with pytest.raises(error):
        insights(caller, **params)


def test_reports_of_several_tables_are_refused(caller):
    caller.services[Calls].answers["2026-03-06"] = TableMap("date")
    with pytest.raises(ApiError):
        insights(caller)


@pytest.mark.parametrize(
    ("date", "period", "expected"),
    [("2026-03-06", "day", True), ("last7", "day", False), ("x", "day", False), ("today", "decade", False)],
)
def test_dates_that_can_be_compared(caller, date, period, expected):
    assert can_generate_insights(caller, date, period) is expected


@pytest.mark.parametrize(
    ("total", "past", "thresholds"),
    [
        (3000, 1000, Thresholds(240, -70, 1, 6, 8)),
        (1500, 1000, Thresholds(70, -70, 1, 5, 7)),
        (500, 1000, Thresholds(70, -70, 1, 5, 7)),
        (20, 20, Thresholds(20, -20, 10, 10, 10)),
        (0, 20, Thresholds(120, -120, 1, 5, 7)),
    ],
)
def test_thresholds_follow_the_change_of_the_site(total, past, thresholds):
    assert movers_and_shakers(total, past) == thresholds


@pytest.mark.parametrize(("report", "visits", "total"), [(10, 100, 10), (60, 100, 100), (120, 100, 120)])
def test_changes_are_measured_against_visits_or_the_report(report, visits, total):
    assert relevant_total(report, visits) == total
