from tests.support.api_calls import Caller
from tidemark.model.goal import Goal
from tidemark.model.site import Site
from tidemark.plugins.goals.segments import converted_goals


def test_goals_are_suggested_by_how_often_visits_converted_them():
    caller = Caller()
    caller.registry.add_site(Site(1, "Site", "", 0))
    for name in ("basket", "contact", "never"):
        caller.registry.add_goal(Goal(1, 0, name, "manually"))
    visits = [
        {"visitConvertedGoalId__1": 1, "visitConvertedGoalId__2": 2},
        {"visitConvertedGoalId__1": "2", "visitConvertedGoalId__2": 9},
    ]
    assert converted_goals(caller, 1, visits) == ["contact", "basket"]
