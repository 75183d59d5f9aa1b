"""Which goals a hit converts, and with what revenue.

Source: Matomo 5.2, tracking behaviour, section 11.
"""

from __future__ import annotations

import re
from struct import Struct
from typing import Any, Final
from urllib.parse import unquote_plus

import orjson

from tidemark.model.errors import TrackingError
from tidemark.model.goal import EVENT_ATTRIBUTES, NUMERIC_ATTRIBUTES, Goal
from tidemark.model.hit import ActionType, MatchedGoal, Referrer
from tidemark.model.rounding import round_half_up
from tidemark.tracking.actions import NO_GOAL
from tidemark.tracking.draft import Draft
from tidemark.tracking.parameters import integer, leading_number, number, text, to_number
from tidemark.tracking.patterns import compiled
from tidemark.tracking.referrers import attribution

_NEEDED_ACTION: Final = {
    "url": ActionType.PAGE,
    "title": ActionType.PAGE,
    "file": ActionType.DOWNLOAD,
    "external_website": ActionType.OUTLINK,
    **dict.fromkeys(EVENT_ATTRIBUTES, ActionType.EVENT),
}
_SINGLE: Final = Struct("<f")
_LARGEST_SINGLE: Final = 3.4028234663852886e38


def put_goals(draft: Draft) -> None:
    """The goals of the hit: the one that it names, else those that match its action.

    Raises: TrackingError if it names a goal that does not exist.
    """
    idgoal = integer(draft.given, "idgoal", NO_GOAL)
    if integer(draft.given, "ping"):
        return
    if idgoal > 0:
        matched = [_named_goal(draft, idgoal)]
    elif draft.action is not ActionType.NONE:
        matched = matching_goals(draft)
    else:
        return
    if matched:
        draft.row["goals"] = orjson.dumps([_cells(goal) for goal in matched]).decode()
        put_conversion(draft)


def put_conversion(draft: Draft) -> None:
    """What every conversion needs: the page's URL, and to whom it is attributed."""
    draft.row["conversion_url"] = draft.url
    referrer = attribution(draft)
    if referrer is not None:
        draft.row["attribution"] = orjson.dumps(_referrer_cells(referrer)).decode()


def _cells(goal: MatchedGoal) -> list[Any]:
    return [goal.idgoal, goal.revenue, goal.allow_multiple, goal.more_than_minutes]


def _referrer_cells(referrer: Referrer) -> list[Any]:
    return [int(referrer.type), referrer.name, referrer.keyword, referrer.url]


def _named_goal(draft: Draft, idgoal: int) -> MatchedGoal:
    for goal in draft.rules.tracked.goals:
        if goal.idgoal == idgoal:
            return MatchedGoal(idgoal, _revenue(draft, goal), goal.allow_multiple)
    raise TrackingError(f"there is no goal {idgoal}", "unknown_goal")


def matching_goals(draft: Draft) -> list[MatchedGoal]:
    """The goals whose pattern the hit's action matches; those on the visit's duration are left to sessions."""
    matched = []
    for goal in draft.rules.goals:
        if goal.match_attribute in NUMERIC_ATTRIBUTES:
            minutes = to_number(goal.pattern)
            if goal.pattern_type == "greater_than" and minutes is not None:
                matched.append(MatchedGoal(goal.idgoal, _revenue(draft, goal), goal.allow_multiple, minutes))
        elif _NEEDED_ACTION.get(goal.match_attribute) is draft.action and matches(goal, _compared(draft, goal)):
            matched.append(MatchedGoal(goal.idgoal, _revenue(draft, goal), goal.allow_multiple))
    return matched


def _compared(draft: Draft, goal: Goal) -> str:
    match goal.match_attribute:
        case "title":
            return draft.title
        case "event_category":
            return text(draft.given, "e_c")
        case "event_action":
            return text(draft.given, "e_a")
        case "event_name":
            return text(draft.given, "e_n")
        case _:
            return draft.raw_url or ""


def matches(goal: Goal, value: str) -> bool:
    """Whether the value matches the goal's pattern, or its pattern URL-decoded."""
    if _matches(goal, goal.pattern, value):
        return True
    if "%" not in goal.pattern and "+" not in goal.pattern:
        return False
    decoded = unquote_plus(goal.pattern)
    return decoded != goal.pattern and _matches(goal, decoded, value)


def _matches(goal: Goal, pattern: str, value: str) -> bool:
    if goal.pattern_type == "regex":
        expression = compiled(pattern, 0 if goal.case_sensitive else int(re.IGNORECASE))
        return expression is not None and expression.search(value) is not None
    if not goal.case_sensitive:
        pattern, value = pattern.lower(), value.lower()
    if goal.pattern_type == "contains":
        return pattern in value
    return goal.pattern_type == "exact" and pattern == value


def _revenue(draft: Draft, goal: Goal) -> float:
    """The event's value, where the goal takes it; else the request's revenue; else the goal's own."""
    if goal.event_value_as_revenue and goal.match_attribute in EVENT_ATTRIBUTES:
        value = text(draft.given, "e_v").strip()
        if value:
            return leading_number(value)
    said = number(draft.given, "revenue")
    return revenue(goal.revenue if said is None else said)


def revenue(amount: float) -> float:
    """What a conversion brings, in cents and as exact as a number of single precision holds it (seven digits).

    Source: Matomo 5.2, column `revenue` of log_conversion (FLOAT; other amounts are DOUBLE).
    """
    cents = min(max(money(amount), -_LARGEST_SINGLE), _LARGEST_SINGLE)
    return money(_SINGLE.unpack(_SINGLE.pack(cents))[0])


def money(amount: float) -> float:
    """The amount, rounded to cents if it has a fraction, half a cent upwards."""
    return float(round_half_up(amount, 2))
