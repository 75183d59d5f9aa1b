"""Conversions as numbers, and by visits and days until them. Source: Matomo 5.2, records.

Goal 0 stands for orders, -1 for open carts; the overview counts orders, never carts.
"""

from __future__ import annotations

from dataclasses import replace

from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin import (
    GOAL_METRICS,
    Bucket,
    Measure,
    Numeric,
    Record,
    Source,
    buckets,
    call,
    col,
    count,
    ranges,
    total,
)

DAY_SECONDS = 86_400
VISITS = (*((number, number) for number in range(1, 9)), (9, 14), (15, 25), (26, 50), (51, 100), (100,))
DAYS = (*((number, number) for number in range(8)), (8, 14), (15, 30), (31, 60), (61, 120), (121, 364), (364,))

NB_CONVERSIONS: tuple[Measure, ...] = (count("nb_conversions"),)


def has_conversions(site: TrackedSite) -> bool:
    """Whether conversions of the site are counted: only where there is a goal, or e-commerce.

    Source: Matomo 5.2, plugins/Goals/RecordBuilders.
    """
    return bool(site.goals) or site.site.ecommerce


def _until(name: str, rows: tuple[Bucket, ...]) -> tuple[Record, Record]:
    """A table over all goals, orders left out, and one per goal."""
    overview = buckets(f"Goal_{name}", rows, NB_CONVERSIONS, source=Source.CONVERSIONS, where=col("idgoal") > 0)
    of_goal = buckets(f"Goal_{{idgoal}}_{name}", rows, NB_CONVERSIONS, source=Source.CONVERSIONS, per_goal=True)
    return replace(overview, needs=has_conversions), replace(of_goal, needs=has_conversions)


RECORDS: tuple[Record, ...] = (
    *_until("visits_until_conv", ranges(col("visitor_count_visits"), VISITS)),
    *_until("days_until_conv", ranges(call("floor", col("visitor_seconds_since_first") / DAY_SECONDS), DAYS)),
)

NUMBERS: tuple[Numeric, ...] = (
    Numeric(
        "Goal_nb_conversions", Source.CONVERSIONS, count("nb_conversions"), col("idgoal") >= 0, needs=has_conversions
    ),
    Numeric("Goal_nb_visits_converted", Source.VISITS, total("nb_visits_converted", col("visit_goal_converted"))),
    Numeric(
        "Goal_revenue",
        Source.CONVERSIONS,
        total("revenue", col("revenue"), decimals=2),
        col("idgoal") >= 0,
        needs=has_conversions,
    ),
    *(
        Numeric(f"Goal_{{idgoal}}_{measure.name}", Source.CONVERSIONS, measure, per_goal=True, needs=has_conversions)
        for measure in GOAL_METRICS
    ),
)
