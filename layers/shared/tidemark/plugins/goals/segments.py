"""Segments on conversions. Source: Matomo 5.2, segments."""

from __future__ import annotations

from tidemark.plugin import Segment, col

SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "visitConvertedGoalId",
        "Visit converted a specific Goal Id",
        "Visitors",
        col("idgoal"),
        "conversions",
        accepted_values="the id of a goal",
    ),
)
