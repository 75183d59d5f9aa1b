"""The API methods that read and change goals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tidemark.model.access import Role
from tidemark.model.errors import ApiError
from tidemark.model.goal import MANUALLY, Goal
from tidemark.model.registry import NotRegisteredError, Registry
from tidemark.plugin import Access, Context, method, with_parameters_of
from tidemark.plugins.goals_management.definition import definition

GoalAnswer = dict[str, Any]


def goal_answer(goal: Goal) -> GoalAnswer:
    """All attributes of the goal by Matomo's names; manual goals have no pattern."""
    answer: GoalAnswer = {
        "idsite": goal.idsite,
        "idgoal": goal.idgoal,
        "name": goal.name,
        "description": goal.description,
        "match_attribute": goal.match_attribute,
        "pattern": goal.pattern,
        "pattern_type": goal.pattern_type,
        "case_sensitive": int(goal.case_sensitive),
        "allow_multiple": int(goal.allow_multiple),
        "revenue": int(goal.revenue) if goal.revenue.is_integer() else goal.revenue,
        "deleted": int(goal.deleted),
        "event_value_as_revenue": int(goal.event_value_as_revenue),
    }
    if goal.match_attribute == MANUALLY:
        for name in ("pattern", "pattern_type", "case_sensitive"):
            del answer[name]
    return answer


@method("Goals.getGoal", Access.VIEW)
def get_goal(context: Context, idSite: str | int, idGoal: str | int) -> GoalAnswer | None:
    """One goal; nothing if there is none, also of several sites (a list, or all) and of the orders of a shop."""
    site, number = str(idSite), str(idGoal)
    if not site.isdecimal() or not number.isdecimal():
        return None
    goals = context.service(Registry).goals(int(site))
    return next((goal_answer(goal) for goal in goals if goal.idgoal == int(number)), None)


@method("Goals.getGoals", Access.VIEW)
def get_goals(context: Context, idSite: Any, orderByName: bool = False) -> dict[int, GoalAnswer]:
    """Goals by their numbers; of several sites (a list, or all) the last site's where numbers are equal."""
    goals = [goal for site in _sites(context, idSite) for goal in context.service(Registry).goals(site)]
    if orderByName:
        goals.sort(key=lambda goal: (goal.name.lower(), -goal.idgoal))
    return {goal.idgoal: goal_answer(goal) for goal in goals}


def _sites(context: Context, sent: Any) -> list[int]:
    """Numbers of the sites that the caller asked for; the rights were checked."""
    if sent == "all":
        known = context.service(Registry).sites()
        return [site.idsite for site in known if context.identity.may(Role.VIEW, site.idsite)]
    texts = sent if isinstance(sent, list) else str(sent).split(",")
    return [int(text) for text in texts if str(text).strip().isdigit()]


def _defined(context: Context, given: Mapping[str, Any]) -> Goal:
    """The goal that the arguments of a call define. Raises: ApiError."""
    return definition(
        context.site(given["idSite"]).idsite,
        given["name"],
        given["matchAttribute"],
        given["pattern"],
        given["patternType"],
        case_sensitive=given["caseSensitive"],
        revenue=given["revenue"],
        allow_multiple=given["allowMultipleConversionsPerVisit"],
        description=given["description"],
        event_value_as_revenue=given["useEventValueAsRevenue"],
    )


@method("Goals.addGoal", Access.WRITE, raw_strings=True)
def add_goal(
    context: Context,
    idSite: int,
    name: str,
    matchAttribute: str,
    pattern: str,
    patternType: str,
    caseSensitive: bool = False,
    revenue: float = 0.0,
    allowMultipleConversionsPerVisit: bool = False,
    description: str = "",
    useEventValueAsRevenue: bool = False,
) -> int:
    """Number of the new goal."""
    goal = _defined(context, locals())
    return context.service(Registry).add_goal(goal).idgoal


@method("Goals.updateGoal", Access.WRITE, raw_strings=True)
@with_parameters_of(add_goal)
def update_goal(context: Context, idSite: int, idGoal: int, **given: Any) -> None:
    """Replace a goal's definition, for visits from now on."""
    goal = _defined(context, {**given, "idSite": idSite})
    try:
        context.service(Registry).change_goal(idSite, idGoal, lambda _: goal)
    except NotRegisteredError as error:
        raise ApiError(f"Site {idSite} has no goal {idGoal}.") from error


@method("Goals.deleteGoal", Access.WRITE)
def delete_goal(context: Context, idSite: int, idGoal: int) -> None:
    """Delete a goal; one that is not there is as good as deleted."""
    if any(goal.idgoal == idGoal for goal in context.service(Registry).goals(idSite)):
        context.service(Registry).change_goal(idSite, idGoal, lambda goal: replace(goal, deleted=True))


METHODS = (get_goal, get_goals, add_goal, update_goal, delete_goal)
