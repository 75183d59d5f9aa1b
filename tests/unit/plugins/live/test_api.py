"""Live's methods over the whole in-process API, with visits given by the test."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from tests.support.reporting import NOW, SUPERUSER, VIEWER, Directory, TableArchives
from tidemark.clock import SettableClock
from tidemark.model.access import ANONYMOUS, Identity, Role
from tidemark.model.action_type import ActionType
from tidemark.model.goal import Goal
from tidemark.model.log import ACTION_COLUMNS, CONVERSION_COLUMNS, VISIT_COLUMNS
from tidemark.model.registry import Registry
from tidemark.model.visit_reader import ACTION_NUMBER, Activity, LoggedVisit, Neighbours, VisitReader
from tidemark.plugin.dimension import Scope
from tidemark.plugin.plugin import load_plugins
from tidemark.plugins.ecommerce.details import DETAILS, TOTALS
from tidemark.plugins.live.story import Storyteller
from tidemark.reporting.context import CallContext
from tidemark.reporting.parameters import Parameters
from tidemark.reporting.request import ApiRequest
from tidemark.reporting.service import Api

START = NOW - 3600


class GivenVisits:
    """Answers every query with the same visits, cut as asked for, and notes the queries."""

    def __init__(self, *visits):
        self.all = visits
        self.queries = []

    def visits(self, query):
        self.queries.append(query)
        found = [visit for visit in self.all if query.visitor_id in (None, visit.row["visitor_id"])]
        return found[query.offset :][: query.limit]

    def activity(self, idsites, since, segment=""):
        self.queries.append((tuple(idsites), since, segment))
        return Activity(visits=4, actions=9, visitors=3, conversions=1)

    def neighbours(self, idsite, visitor_id, moment, segment=""):
        return Neighbours(before=0xBEEF)

    def sales(self, idsite, visitor_ids):
        return {}


class Goals:
    """The registry's part that details read."""

    def goals(self, idsite):
        return [Goal(idsite, 1, "Signed up", "manually")]

    def custom_dimensions(self, idsite):
        return []

    def sites(self):
        return Directory().sites()

    def user(self, login):
        return None


def _row(columns, **given):
    return {column.name: None for column in columns} | given


def visit(idvisit=7, *, actions=(), conversions=(), **given):
    extra = {one.column: None for one in load_plugins().dimensions() if one.scope is Scope.VISIT}
    row = _row(
        VISIT_COLUMNS,
        idvisit=idvisit,
        idsite=1,
        visitor_id=0xABC,
        visit_first_action_time=START,
        visit_last_action_time=START + 60,
        visit_total_time=61,
        visit_total_actions=len(actions),
    )
    return LoggedVisit(row | extra | given, tuple(actions), tuple(conversions))


def action(number, kind=ActionType.PAGE, seconds=0, **given):
    return _row(
        ACTION_COLUMNS,
        idsite=1,
        sequence=number,
        action_type=int(kind),
        server_time=START + seconds,
        **{ACTION_NUMBER: number},
        **given,
    )


def page(number, name, seconds=0, spent_before=None):
    return action(
        number, seconds=seconds, url=f"example.org/{name}", url_prefix=2, title=name, time_spent_ref=spent_before
    )


def conversion(sequence, seconds=0, idgoal=1, **given):
    row = _row(CONVERSION_COLUMNS, idsite=1, sequence=sequence, server_time=START + seconds, idgoal=idgoal)
    return row | {"referer_type": 1} | given


@pytest.fixture
def ask():
    def call(visits, method, token=SUPERUSER, settings=None, **params):
        services = {VisitReader: visits, Registry: Goals()}
        api = Api(load_plugins(), TableArchives(), Directory(settings), SettableClock(NOW), services)
        query = {"module": "API", "method": f"Live.{method}", "idSite": 1, "format": "json", "token_auth": token}
        return json.loads(api.handle(ApiRequest(form=urlencode(query | params))).body)

    return call


def details(ask, *visits, **params):
    return ask(GivenVisits(*visits), "getLastVisitsDetails", **params)


def test_a_page_view_has_its_url_title_and_time_spent_until_the_next(ask):
    lines = details(ask, visit(actions=[page(1, "a"), page(2, "b", 40, spent_before=40)]))[0]["actionDetails"]
    assert [(line["url"], line["title"], line["timeSpent"], line["pageId"]) for line in lines] == [
        ("https://example.org/a", "a", 40, 1),
        ("https://example.org/b", "b", 21, 2),
    ]


def test_a_page_without_url_and_title_is_not_a_page_view_for_the_time_on_pages(ask):
    nameless = action(2, ActionType.PAGE, 10, time_spent_ref=10)
    lines = details(ask, visit(actions=[page(1, "a"), nameless, page(3, "b", 30, spent_before=20)]))[0]["actionDetails"]
    assert [line.get("timeSpent") for line in lines] == [30, None, 31]
    assert (lines[1]["pageTitle"], lines[1]["idpageview"]) == (None, "")


def test_the_timestamp_of_a_line_is_the_clock_of_the_site(ask):
    """Source: Matomo 5.2, Live.getLastVisitsDetails of a site whose time zone is not UTC."""
    told = details(ask, visit(idsite=2, actions=[page(1, "a")]), idSite=2)[0]
    clock = datetime.fromtimestamp(told["firstActionTimestamp"], ZoneInfo("Pacific/Auckland")).replace(tzinfo=UTC)
    assert told["actionDetails"][0]["timestamp"] == clock.timestamp()


def test_places_and_referrers_are_told_as_the_database_of_matomo_has_them(ask):
    row = {"location_latitude": 48.1, "location_longitude": None, "referer_type": 3}
    told = details(ask, visit(**row, referer_name="com.app", referer_url="android-app://com.app/"))[0]
    assert (told["latitude"], told["longitude"]) == ("48.100000", None)
    assert told["referrerUrl"] == "android-app://com.app/"
    assert details(ask, visit(referer_url="javascript://x"))[0]["referrerUrl"] is None


def test_time_on_a_page_includes_that_of_events_on_it(ask):
    event = action(2, ActionType.EVENT, 10, event_category="c", event_action="a", time_spent_ref=10)
    lines = details(ask, visit(actions=[page(1, "a"), event, page(3, "b", 30, spent_before=20)]))[0]["actionDetails"]
    assert [line.get("timeSpent") for line in lines] == [30, None, 31]


def test_a_last_page_of_few_seconds_counts_as_unknown(ask):
    lines = details(ask, visit(actions=[page(1, "a", 55)]))[0]["actionDetails"]
    assert lines[0]["timeSpent"] == 0


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            action(1, ActionType.DOWNLOAD, url="http://example.org/a.pdf"),
            ("download", "Download", "http://example.org/a.pdf"),
        ),
        (
            action(1, ActionType.SEARCH, search_keyword="tea", search_category="food", search_count=3),
            ("search", "Site Search", "tea - Search Category: food - Search Results Count: 3"),
        ),
        (
            action(1, ActionType.EVENT, event_category="Film", event_action="Play", url="example.org/", url_prefix=0),
            ("event", "Event", 'Category: "Film\', Action: "Play"'),
        ),
        (
            action(
                1, ActionType.CONTENT, url="e.org/", content_name="Ad", content_piece="x", content_interaction="click"
            ),
            (13, "Content Interaction (click)", "Ad - x"),
        ),
        (action(1, ActionType.CONTENT, content_name="Ad"), ("action", None, None)),
        (action(1, ActionType.OUTLINK), ("action", None, None)),
        (action(1, ActionType.OUTLINK, url="//e.org/x"), ("outlink", "Outlink", "e.org/x")),
    ],
)
def test_every_kind_of_action_has_type_title_and_subtitle(ask, row, expected):
    line = details(ask, visit(actions=[row]))[0]["actionDetails"][0]
    assert (line["type"], line["title"], line["subtitle"]) == expected


def test_a_conversion_follows_the_action_that_converted_and_others_come_first(ask):
    converted = [conversion(1, revenue=1000.0), conversion(9, url="http://example.org/z")]
    lines = details(ask, visit(actions=[page(1, "a")], conversions=converted))[0]["actionDetails"]
    assert [(line["type"], line.get("goalPageId")) for line in lines] == [("goal", None), ("action", None), ("goal", 1)]
    assert lines[2]["subtitle"] == "Signed up (€1,000 revenue)"


def test_a_conversion_of_a_deleted_goal_has_no_name(ask):
    line = details(ask, visit(conversions=[conversion(1, idgoal=5)]))[0]["actionDetails"][0]
    assert (line["goalName"], line["goalId"]) == (None, None)


def test_an_order_lists_its_items_and_a_cart_what_is_in_it(ask):
    item = {"sku": "S", "name": "Tea", "categories": ["Food", ""], "price": 2.0, "quantity": 3, "is_deleted": False}
    items = ({**item, "order_id": "A1"}, {**item, "order_id": "0"}, {**item, "order_id": "0", "is_deleted": True})
    sales = [
        conversion(1, idgoal=0, order_id="A1", revenue=6.0, items=3),
        conversion(2, 5, idgoal=-1, revenue=6.5, items=3),
    ]
    shopped = replace(visit(conversions=sales), items=items)
    order, cart = details(ask, shopped)[0]["actionDetails"]
    assert order["title"] == "Ordered (A1)"
    assert order["itemDetails"][0] | {"price": 2} == {
        "itemSKU": "S",
        "itemName": "Tea",
        "itemCategory": "Food",
        "price": 2,
        "quantity": 3,
        "categories": ["Food"],
    }
    assert cart["subtitle"] == "€6.50 revenue - 3 items: Tea)"
    assert len(cart["itemDetails"]) == 1


def test_lines_beyond_the_setting_are_cut_and_counted(ask):
    told = details(
        ask,
        visit(actions=[page(number, "a", number) for number in range(1, 6)]),
        settings={"General.visitor_log_maximum_actions_per_visit": 2},
    )[0]
    assert (len(told["actionDetails"]), told["truncatedActionsCount"]) == (2, 3)


def test_actions_that_were_not_read_are_counted_as_cut(ask):
    long = replace(visit(actions=[page(number, "a", number) for number in range(1, 4)]), actions_left_out=7)
    visits = GivenVisits(long)
    (told,) = ask(visits, "getLastVisitsDetails", settings={"General.visitor_log_maximum_actions_per_visit": 2})
    assert (len(told["actionDetails"]), told["truncatedActionsCount"]) == (2, 8)
    assert visits.queries[0].most_actions > 2


def test_without_actions_the_visit_alone_is_told(ask):
    visits = GivenVisits(visit(actions=[page(1, "a")]))
    assert ask(visits, "getLastVisitsDetails", doNotFetchActions=1)[0]["actionDetails"] == []
    assert not visits.queries[0].with_actions


def test_limit_offset_and_order_are_those_of_the_log(ask):
    visits = GivenVisits(*(visit(number) for number in range(6)))
    told = ask(visits, "getLastVisitsDetails", filter_limit=2, filter_offset=3, filter_sort_column="idVisit")
    assert [one["idVisit"] for one in told] == [3, 4]
    assert (visits.queries[0].limit, visits.queries[0].offset) == (2, 3)
    ask(visits, "getLastVisitsDetails", filter_limit=-1, filter_sort_order="asc", minTimestamp=5)
    assert visits.queries[1].limit is None
    assert visits.queries[1].is_ascending
    assert visits.queries[1].newer_than == 5


def test_hidden_columns_are_hidden_inside_actions_too(ask):
    told = details(ask, visit(actions=[page(1, "a")]), hideColumns="pageTitle,country")[0]
    assert "country" not in told
    assert "pageTitle" not in told["actionDetails"][0]


def test_flat_answers_carry_the_fields_of_actions(ask):
    variables = {"custom_variables_visit": json.dumps({"2": ["Type", "new"]})}
    lines = [page(1, "a"), action(2, ActionType.OUTLINK, 5, url="http://o.example"), page(3, "b", 9)]
    told = details(ask, visit(actions=lines, conversions=[conversion(1)], **variables), flat=1)[0]
    assert told["pageUrl__1"] == "https://example.org/a"
    assert told["outlinkUrl__3"] == "http://o.example"
    assert told["visitConvertedGoalId__1"] == 1
    assert (told["entryPageTitle"], told["exitPageTitle"]) == ("a", "b")
    assert told["customVariableValue2"] == "new"


def test_callers_without_login_see_neither_ids_nor_addresses():
    services = {VisitReader: GivenVisits(), Registry: Goals()}
    api = Api(load_plugins(), TableArchives(), Directory(), SettableClock(NOW), services)
    caller = Identity(ANONYMOUS, roles={1: Role.VIEW})
    call = CallContext(api._dispatcher, caller, Parameters({}), NOW)
    told = Storyteller(call, [visit(user_id="ann", location_ip="1.2.3.4", fingerprint=5)]).told()[0]
    assert (told["visitorId"], told["fingerprint"], told["visitIp"], told["userId"]) == (False, False, None, None)


def test_counters_are_one_row_of_what_is_asked_for(ask):
    visits = GivenVisits()
    assert ask(visits, "getCounters", lastMinutes=30) == [
        {"visits": 4, "actions": 9, "visitors": 3, "visitsConverted": 1}
    ]
    assert visits.queries == [((1,), NOW - 1800, "")]
    assert ask(visits, "getCounters", lastMinutes=30, showColumns="visits,actions", hideColumns="actions") == [
        {"visits": 4}
    ]


@pytest.mark.parametrize("minutes", [0, 2881])
def test_counters_reach_back_two_days_at_most(ask, minutes):
    assert ask(GivenVisits(), "getCounters", lastMinutes=minutes)["result"] == "error"


def test_a_profile_sums_up_the_visits(ask):
    visits = GivenVisits(
        visit(2, actions=[page(3, "a")], visit_first_action_time=START),
        visit(1, actions=[page(1, "a"), page(2, "b", 5, 5)], conversions=[conversion(1, revenue=4.0)]),
    )
    profile = ask(visits, "getVisitorProfile", limitVisits=1)
    assert profile["visitorId"] == "0000000000000abc"
    assert (profile["totalVisits"], profile["totalActions"], profile["totalPageViews"]) == (2, 3, 3)
    assert profile["visitedPages"][0] == {"url": "https://example.org/a", "count": 2}
    assert profile["totalConversionsByGoal"] == {"idgoal=1": 1}
    assert profile["totalRevenueByGoal"] == {"idgoal=1": 4}
    assert len(profile["lastVisits"]) == 1
    assert (profile["nextVisitorId"], profile["previousVisitorId"]) == ("000000000000beef", False)


def test_a_profile_tells_how_many_carts_were_left_before_what_was_in_them():
    totals = DETAILS.totals([dict.fromkeys(TOTALS, 1)], None)
    assert list(totals)[3:] == ["totalAbandonedCarts", "totalAbandonedCartsRevenue", "totalAbandonedCartsItems"]
    assert set(totals) == set(TOTALS)


def test_nobody_has_no_profile(ask):
    assert ask(GivenVisits(), "getVisitorProfile") == []
    assert ask(GivenVisits(), "getVisitorProfile", visitorId="nonsense") == []
    assert ask(GivenVisits(), "getMostRecentVisitorId") == {"value": False}


def test_the_latest_visitor_and_time_are_told(ask):
    visits = GivenVisits(visit(visit_last_action_time=1_268_000_000))
    assert ask(visits, "getMostRecentVisitorId") == {"value": "0000000000000abc"}
    assert ask(visits, "getMostRecentVisitsDateTime") == {"value": "2010-03-07 22:13:20"}
    assert ask(GivenVisits(), "getMostRecentVisitsDateTime") == {"value": ""}


def test_the_first_visit_of_a_visitor_is_asked_for_in_order_of_time(ask):
    visits = GivenVisits(visit())
    assert ask(visits, "getFirstVisitForVisitorId", visitorId="abc")[0]["idVisit"] == 7
    assert visits.queries[0].is_ascending


@pytest.mark.parametrize("method", ["getLastVisitsDetails", "getMostRecentVisitorId", "getFirstVisitForVisitorId"])
def test_other_sites_are_closed_to_viewers(ask, method):
    assert ask(GivenVisits(visit()), method, token=VIEWER, idSite=2, visitorId="abc")["result"] == "error"


def test_the_log_and_profiles_can_be_switched_off(ask):
    no_log, no_profile = {"Live.disable_visitor_log": True}, {"Live.disable_visitor_profile": True}
    assert ask(GivenVisits(visit()), "getLastVisitsDetails", settings=no_log)["result"] == "error"
    assert ask(GivenVisits(visit()), "getVisitorProfile", settings=no_profile)["result"] == "error"
    assert ask(GivenVisits(visit()), "isVisitorProfileEnabled", settings=no_profile) == {"value": False}
    assert ask(GivenVisits(visit()), "isVisitorProfileEnabled") == {"value": True}
