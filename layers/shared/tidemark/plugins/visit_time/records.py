"""Visits by hour. Source: Matomo 5.2, records."""

from __future__ import annotations

from tidemark.plugin import (
    GOAL_METRICS,
    UNLIMITED,
    VISIT_METRICS,
    Expression,
    Part,
    Record,
    Source,
    col,
    parameter,
)
from tidemark.plugins.visit_time.dimensions import DAY_SECONDS, LOCAL_HOUR

HOURS = tuple(range(24))


def site_hour(moment: Expression) -> Expression:
    """The hour in the site's time zone: the hour in UTC, moved by the offset of the archived day."""
    utc_hour = moment % DAY_SECONDS // 3600
    return (utc_hour * 3600 + parameter("utc_offset_seconds") + DAY_SECONDS) % DAY_SECONDS // 3600


def _by_hour(name: str, *parts: Part, goals: bool = False) -> Record:
    return Record(name, parts, always=HOURS, goal_sums=goals, limit=UNLIMITED, sort="label")


LOCAL_TIME = _by_hour("VisitTime_localTime", Part(Source.VISITS, (LOCAL_HOUR,), VISIT_METRICS))
SERVER_TIME = _by_hour(
    "VisitTime_serverTime",
    Part(Source.VISITS, (site_hour(col("visit_first_action_time")),), VISIT_METRICS),
    Part(Source.CONVERSIONS, (site_hour(col("server_time")),), GOAL_METRICS, per_goal=True),
    goals=True,
)
RECORDS: tuple[Record, ...] = (LOCAL_TIME, SERVER_TIME)
