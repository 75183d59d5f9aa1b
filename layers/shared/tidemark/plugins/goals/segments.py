"""Segments on conversions. Source: Matomo 5.2, segments."""

from __future__ import annotations

from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin import Expression, Segment, case, col


def goal_name(site: TrackedSite) -> Expression:
    """The name that the converted goal has now; none for orders, carts and deleted goals."""
    names = [(col("idgoal").eq(goal.idgoal), goal.name) for goal in site.goals]
    return case((col("idgoal").is_null(), ""), *names)


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
    ),
)
