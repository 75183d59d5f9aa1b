import pytest

from tests.support.api_calls import Caller
from tidemark.model.access import Role
from tidemark.model.errors import ApiError, BadParameter, UnknownSite
from tidemark.plugins.goals_management.methods import add_goal, delete_goal, get_goal, get_goals, update_goal
from tidemark.plugins.sites_manager.changes import add_site

NEWSLETTER = {"name": "Newsletter", "matchAttribute": "url", "pattern": "/newsletter", "patternType": "contains"}


@pytest.fixture
def call():
    call = Caller()
    call(add_site, siteName="Shop")
    call(add_site, siteName="Blog")
    return call


def test_a_goal_has_matomos_attributes(call):
    number = call(
        add_goal,
        idSite=1,
        name="Contact <form>",
        matchAttribute="title",
        pattern="Contact",
        patternType="exact",
        caseSensitive=True,
        revenue=12.5,
        allowMultipleConversionsPerVisit=True,
        description="a goal",
    )
    assert call(get_goal, idSite=1, idGoal=number) == {
        "idsite": 1,
        "idgoal": 1,
        "name": "Contact <form>",
        "description": "a goal",
        "match_attribute": "title",
        "pattern": "Contact",
        "pattern_type": "exact",
        "case_sensitive": 1,
        "allow_multiple": 1,
        "revenue": 12.5,
        "deleted": 0,
        "event_value_as_revenue": 0,
    }


def test_a_whole_revenue_is_a_whole_number(call):
    call(add_goal, idSite=1, **NEWSLETTER, revenue=3.0)
    assert repr(call(get_goal, idSite=1, idGoal=1)["revenue"]) == "3"


def test_a_manual_goal_has_no_pattern(call):
    call(add_goal, idSite=1, name="Script", matchAttribute="manually", pattern="none", patternType="contains")
    assert not {"pattern", "pattern_type", "case_sensitive"} & set(call(get_goal, idSite=1, idGoal=1))


@pytest.mark.parametrize(
    ("attribute", "pattern", "kind"),
    [
        ("url", "http://example.org/x", "exact"),
        ("file", r".*\.pdf$", "regex"),
        ("external_website", "example.net", "contains"),
        ("event_action", "play", "exact"),
        ("visit_duration", "5", "greater_than"),
        ("visit_duration", "2.5", "GREATER_THAN"),
    ],
)
def test_everything_that_can_match_is_accepted(call, attribute, pattern, kind):
    call(add_goal, idSite=1, name="n", matchAttribute=attribute, pattern=pattern, patternType=kind)
    assert call(get_goal, idSite=1, idGoal=1)["pattern_type"] == kind.lower()


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"pattern": "example.org/x", "patternType": "exact"}, "example.org/x"),
        ({"pattern": "(", "patternType": "regex"}, "regular expression"),
        ({"patternType": "greater_than"}, "greater_than"),
        ({"patternType": "sounds_like"}, "sounds_like"),
        ({"matchAttribute": "weather"}, "weather"),
        ({"matchAttribute": "visit_duration", "pattern": "long", "patternType": "greater_than"}, "long"),
        ({"matchAttribute": "visit_duration", "pattern": "5"}, "contains"),
        ({"useEventValueAsRevenue": True}, "useEventValueAsRevenue"),
    ],
)
def test_what_can_never_match_is_refused(call, changes, part):
    with pytest.raises(BadParameter, match=part):
        call(add_goal, idSite=1, **{**NEWSLETTER, **changes})
    assert call(get_goals, idSite=1) == {}


def test_the_value_of_an_event_may_be_the_revenue(call):
    event = {"matchAttribute": "event_name", "useEventValueAsRevenue": True}
    call(add_goal, idSite=1, **{**NEWSLETTER, **event})
    assert call(get_goal, idSite=1, idGoal=1)["event_value_as_revenue"] == 1


def test_texts_are_decoded_once_and_cut(call):
    call(add_goal, idSite=1, **{**NEWSLETTER, "name": "a%20b" + "c" * 60, "pattern": "%2Fx"}, description="d" * 300)
    goal = call(get_goal, idSite=1, idGoal=1)
    assert (goal["name"], goal["pattern"], len(goal["description"])) == ("a b" + "c" * 47, "/x", 255)


def test_goals_stand_under_their_numbers_and_numbers_are_not_reused(call):
    for _ in range(3):
        call(add_goal, idSite=1, **NEWSLETTER)
    call(delete_goal, idSite=1, idGoal=3)
    assert call(add_goal, idSite=1, **NEWSLETTER) == 4
    assert list(call(get_goals, idSite="1")) == [1, 2, 4]
    assert call(get_goal, idSite=1, idGoal=3) is None
    assert call(get_goal, idSite=1, idGoal="ecommerceOrder") is None
    assert call(get_goal, idSite="all", idGoal=1) is None


def test_goals_can_be_ordered_by_name(call):
    for name in ("b", "A", "c"):
        call(add_goal, idSite=1, **{**NEWSLETTER, "name": name})
    assert [goal["name"] for goal in call(get_goals, idSite=1, orderByName=True).values()] == ["A", "b", "c"]


@pytest.mark.parametrize("sites", ["1,2", ["1", "2"], "all"])
def test_goals_of_several_sites_come_together(call, sites):
    call(add_goal, idSite=1, **NEWSLETTER)
    call(add_goal, idSite=1, **NEWSLETTER)
    call(add_goal, idSite=2, **NEWSLETTER)
    assert {number: goal["idsite"] for number, goal in call(get_goals, idSite=sites).items()} == {1: 2, 2: 1}


def test_all_means_the_sites_that_one_may_see(call):
    call(add_goal, idSite=1, **NEWSLETTER)
    assert call.as_user("eve", roles={2: Role.VIEW})(get_goals, idSite="all") == {}


def test_updating_replaces_the_definition(call):
    call(add_goal, idSite=1, **NEWSLETTER, revenue=9.0, description="old")
    call(update_goal, idSite=1, idGoal=1, **{**NEWSLETTER, "name": "Letter", "pattern": "/letter"}, revenue=3.0)
    goal = call(get_goal, idSite=1, idGoal=1)
    assert (goal["name"], goal["pattern"], goal["revenue"], goal["description"]) == ("Letter", "/letter", 3, "")


def test_a_goal_that_is_not_there_cannot_be_updated(call):
    with pytest.raises(ApiError, match="no goal 7"):
        call(update_goal, idSite=1, idGoal=7, **NEWSLETTER)


def test_deleting_twice_is_like_deleting_once(call):
    call(add_goal, idSite=1, **NEWSLETTER)
    for _ in range(2):
        call(delete_goal, idSite=1, idGoal=1)
    assert call(get_goals, idSite=1) == {}


def test_a_goal_needs_a_site(call):
    with pytest.raises(UnknownSite):
        call(add_goal, idSite=9, **NEWSLETTER)
