"""Segments on conversions. Source: Matomo 5.2, segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from tidemark.model.registry import Registry
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin import Context, Details, Expression, Segment, case, col

CONVERTED: Final = "visitConvertedGoalId__"
"""Fields of a visit's flat details with the numbers of its goals begin with it."""


def goal_name(site: TrackedSite) -> Expression:
    """The name that the converted goal has now; none for orders, carts and deleted goals."""
    names = [(col("idgoal").eq(goal.idgoal), goal.name) for goal in site.goals]
    return case((col("idgoal").is_null(), ""), *names)


def converted_goals(context: Context, id_site: int, visits: Sequence[Details]) -> list[str]:
    """Names of the goals that visits converted, the most often converted first."""
    names = {str(goal.idgoal): goal.name for goal in context.service(Registry).goals(id_site)}
    found = [str(value) for visit in visits for key, value in visit.items() if key.startswith(CONVERTED)]
    counts = Counter(names[number] for number in found if number in names)
    return sorted(counts, key=lambda name: (-counts[name], name))


SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "visitConvertedGoalId",
        "Visit converted a specific Goal Id",
        "Visitors",
        col("idgoal"),
        "conversions",
        accepted_values="the id of a goal",
    ),
    Segment(
        "visitConvertedGoalName",
        "Visit converted a specific Goal Name",
        "Visitors",
        col("idgoal"),
        "conversions",
        accepted_values="the name of a goal",
        of_site=goal_name,
        suggest=converted_goals,
    ),
)
