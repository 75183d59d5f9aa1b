import pytest

from tests.support.api_calls import Caller
from tidemark.model.action_type import ActionType, ReferrerType
from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.site import Site
from tidemark.model.transitions import PageKey, PageSteps, Transitions
from tidemark.plugin import Plugins
from tidemark.plugins.actions import PLUGIN as ACTIONS
from tidemark.plugins.transitions.methods import (
    get_transitions_for_action,
    get_transitions_for_page_title,
    get_transitions_for_page_url,
    get_translations,
    is_period_allowed,
)

PAGE, SEARCH = ActionType.PAGE, ActionType.SEARCH
STEPS = PageSteps(
    before={
        (ActionType.NONE, ""): 4,
        (PAGE, "a.org/x"): 2,
        (PAGE, "a.org/b"): 3,
        (PAGE, "a.org/a"): 3,
        (SEARCH, "s"): 1,
    },
    after={
        **{(PAGE, f"a.org/{number}"): 1 for number in range(7)},
        (SEARCH, "t"): 2,
        (ActionType.OUTLINK, "http://o.example/"): 1,
    },
    loops_after=2,
    entries={
        (ReferrerType.WEBSITE, "w.example", "", "http://w.example/p"): 2,
        (ReferrerType.CAMPAIGN, "spring", "shoes", ""): 1,
        (ReferrerType.SEARCH_ENGINE, "", "", ""): 1,
        (ReferrerType.DIRECT, "", "", ""): 3,
    },
)


class Followed:
    def __init__(self, steps):
        self.found = steps
        self.queries = []

    def steps(self, query):
        self.queries.append(query)
        return self.found


class ShortPeriods:
    def short_period(self, period):
        return period.key


@pytest.fixture
def caller():
    services = {Transitions: Followed(STEPS), Plugins: Plugins((ACTIONS,)), Calls: ShortPeriods()}
    made = Caller(services=services)
    made.registry.add_site(Site(1, "Site", "http://a.org", 0))
    return made


def ask(caller, **params):
    given = {"actionName": "http://a.org/x", "actionType": "url", "idSite": 1, "period": "day", "date": "2026-03-05"}
    return get_transitions_for_action(caller, **given | params)


def test_the_answer_tells_the_ways_to_and_from_a_page(caller):
    assert ask(caller) == {
        "date": "2026-03-05",
        "previousPages": [{"label": "a.org/a", "referrals": 3}, {"label": "a.org/b", "referrals": 3}],
        "previousSiteSearches": [{"label": "s", "referrals": 1}],
        "pageMetrics": {"loops": 2, "pageviews": 13, "entries": 7, "exits": 2},
        "followingPages": [
            *({"label": f"a.org/{number}", "referrals": 1} for number in range(5)),
            {"label": "Others", "referrals": 2},
        ],
        "followingSiteSearches": [{"label": "t", "referrals": 2}],
        "outlinks": [{"label": "http://o.example/", "referrals": 1}],
        "downloads": [],
        "referrers": [
            {"label": "Direct entries", "shortName": "direct", "visits": 3, "details": []},
            {
                "label": "From search engines",
                "shortName": "search",
                "visits": 1,
                "details": [{"label": "Unknown", "referrals": 1}],
            },
            {
                "label": "From websites",
                "shortName": "website",
                "visits": 2,
                "details": [{"label": "http://w.example/p", "referrals": 2}],
            },
            {
                "label": "From campaigns",
                "shortName": "campaign",
                "visits": 1,
                "details": [{"label": "spring shoes", "referrals": 1}],
            },
        ],
    }


def test_the_ways_are_named_in_the_language_of_the_call(caller):
    caller.language = "de"
    answer = ask(caller, limitBeforeGrouping=1)
    assert [row["label"] for row in answer["previousPages"]] == ["a.org/a", "Sonstige"]
    assert [row["label"] for row in answer["referrers"]][:2] == ["Direkte Zugriffe", "Von Suchmaschinen"]
    assert [row["shortName"] for row in answer["referrers"]][:2] == ["direct", "search"]
    assert get_translations(caller)["fromWebsitesInline"] == "%s von Websites"


def test_the_limit_says_how_many_are_told_apart(caller):
    assert ask(caller, limitBeforeGrouping=1)["previousPages"] == [
        {"label": "a.org/a", "referrals": 3},
        {"label": "Others", "referrals": 3},
    ]


@pytest.mark.parametrize(
    ("parts", "names", "metrics"),
    [
        ("internalReferrers", {"previousPages", "previousSiteSearches"}, {"loops": 2, "pageviews": 13}),
        ("followingActions", {"followingPages", "followingSiteSearches", "outlinks", "downloads"}, None),
        ("externalReferrers", {"referrers"}, {"entries": 7}),
    ],
)
def test_parts_can_be_asked_for_one_by_one(caller, parts, names, metrics):
    found = ask(caller, parts=parts)
    assert set(found) - {"date", "pageMetrics"} == names
    assert found.get("pageMetrics") == metrics


def test_loops_are_among_the_following_pages_where_nothing_else_tells_them(caller):
    assert ask(caller, parts="followingActions")["followingPages"][0] == {"label": "a.org/x", "referrals": 2}


def test_urls_and_titles_are_looked_up_as_logs_hold_them(caller):
    get_transitions_for_page_url(caller, "https://www.a.org/x", 1, "day", "2026-03-05")
    get_transitions_for_page_title(caller, "A &amp; B", 1, "day", "2026-03-05")
    get_transitions_for_page_title(caller, "Page Name not defined", 1, "day", "2026-03-05")
    found = [(query.key, query.value) for query in caller.service(Transitions).queries]
    assert found == [(PageKey.URL, "a.org/x"), (PageKey.TITLE, "A & B"), (PageKey.TITLE, "")]


def test_a_page_that_nobody_saw_is_an_error(caller):
    caller.services[Transitions] = Followed(PageSteps())
    with pytest.raises(ApiError, match="NoDataForAction"):
        ask(caller)


def test_where_no_visit_began_nobody_came_directly(caller):
    caller.services[Transitions] = Followed(PageSteps(before={(PAGE, "a.org/y"): 1}))
    found = ask(caller)
    assert found["referrers"] == [{"label": "Direct entries", "shortName": "Direct Entry", "visits": 0}]


def test_an_unknown_type_of_action_is_refused(caller):
    with pytest.raises(BadParameter):
        ask(caller, actionType="event")


@pytest.mark.parametrize(
    ("period", "date", "span"),
    [
        ("day", "2026-03-05,2026-03-06", ("2026-03-05", "2026-03-06")),
        ("week", "2026-03-05,2026-03-10", ("2026-03-02", "2026-03-15")),
        ("range", "2026-03-05,2026-03-10", ("2026-03-05", "2026-03-10")),
    ],
)
def test_several_dates_are_one_range_of_all_their_days(caller, period, date, span):
    ask(caller, period=period, date=date)
    (query,) = caller.service(Transitions).queries
    assert (str(query.first), str(query.last)) == span


@pytest.mark.parametrize(
    ("longest", "period", "date", "is_allowed"),
    [
        ("all", "year", "2026-03-05", True),
        ("week", "week", "2026-03-05", True),
        ("week", "month", "2026-03-05", False),
        ("month", "range", "2026-03-01,2026-03-31", True),
        ("week", "range", "2026-03-01,2026-03-31", False),
        ("week", "day", "2026-03-01,2026-03-31", False),
        ("month", "day", "2026-03-01,2026-03-31", True),
        ("never", "day", "2026-03-05", False),
    ],
)
def test_the_instance_may_refuse_long_periods(caller, longest, period, date, is_allowed):
    caller.registry.set_settings({"Transitions.max_period_allowed": longest})
    assert is_period_allowed(caller, 1, period, date) is is_allowed
    if not is_allowed:
        with pytest.raises(ApiError, match="PeriodNotAllowed"):
            ask(caller, period=period, date=date)


def test_clients_get_the_texts(caller):
    assert get_translations(caller)["directEntries"] == "Direct entries"


def test_the_answer_names_the_days_asked_for_and_not_whole_months(caller):
    for period in ("day", "week", "month"):
        assert ask(caller, period=period, date="2026-03-05,2026-03-10")["date"] == "2026-03-05,2026-03-10"
    assert ask(caller, period="month")["date"] == "2026-03"
