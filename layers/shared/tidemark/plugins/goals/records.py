"""Conversions as numbers, and by visits and days until them. Source: Matomo 5.2, records.

Goal 0 stands for orders, -1 for open carts; the overview counts orders, never carts.
"""

from __future__ import annotations

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


def _until(name: str, rows: tuple[Bucket, ...]) -> tuple[Record, Record]:
    """A table over all goals, orders left out, and one per goal."""
    return (
        buckets(f"Goal_{name}", rows, NB_CONVERSIONS, source=Source.CONVERSIONS, where=col("idgoal") > 0),
        buckets(f"Goal_{{idgoal}}_{name}", rows, NB_CONVERSIONS, source=Source.CONVERSIONS, per_goal=True),
    )


RECORDS: tuple[Record, ...] = (
    *_until("visits_until_conv", ranges(col("visitor_count_visits"), VISITS)),
    *_until("days_until_conv", ranges(call("floor", col("visitor_seconds_since_first") / DAY_SECONDS), DAYS)),
)

NUMBERS: tuple[Numeric, ...] = (
    Numeric("Goal_nb_conversions", Source.CONVERSIONS, count("nb_conversions"), col("idgoal") >= 0),
    Numeric("Goal_nb_visits_converted", Source.VISITS, total("nb_visits_converted", col("visit_goal_converted"))),
    Numeric("Goal_revenue", Source.CONVERSIONS, total("revenue", col("revenue"), decimals=2), col("idgoal") >= 0),
    *(
        Numeric(f"Goal_{{idgoal}}_{measure.name}", Source.CONVERSIONS, measure, per_goal=True)
        for measure in GOAL_METRICS
    ),
)
