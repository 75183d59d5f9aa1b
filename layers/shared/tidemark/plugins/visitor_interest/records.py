"""Visits by ranges of duration, pages, visit number and days since the last visit. Source: Matomo 5.2, records.

A range's label is "from-to"; the last one has no end and is "from%2B". Bounds belong to both neighbours where a range
begins with the end of the one before it.
"""

from __future__ import annotations

from tidemark.plugin import Bucket, Expression, Record, Segment, buckets, call, col

NEW_VISITS = "General_NewVisits"
OPEN_END = "%2B"
DAY_SECONDS = 86_400

SECONDS = ((0, 10), (11, 30), (31, 60), (60, 120), (120, 240), (240, 420), (420, 600), (600, 900), (900, 1800), (1800,))
PAGES = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 7), (8, 10), (11, 14), (15, 20), (20,))
VISIT_NUMBERS = (
    *((number, number) for number in range(1, 9)),
    (9, 14),
    (15, 25),
    (26, 50),
    (51, 100),
    (101, 200),
    (200,),
)
DAYS = (*((number, number) for number in range(8)), (8, 14), (15, 30), (31, 60), (61, 120), (121, 364), (364,))


def ranges(
    value: Expression, bounds: tuple[tuple[int, ...], ...], where: Expression | None = None
) -> tuple[Bucket, ...]:
    """A bucket per pair of inclusive bounds; a single bound opens a range above it."""
    return tuple(
        Bucket(
            f"{low}-{high[0]}" if high else f"{low + 1}{OPEN_END}",
            _and(((value >= low) & (value <= high[0])) if high else value > low, where),
        )
        for low, *high in bounds
    )


def _and(first: Expression, second: Expression | None) -> Expression:
    return first if second is None else first & second


DAYS_SINCE_LAST = call("floor", col("visitor_seconds_since_last") / DAY_SECONDS)

DURATIONS = buckets("VisitorInterest_timeGap", ranges(col("visit_total_time"), SECONDS))
PAGES_PER_VISIT = buckets("VisitorInterest_pageGap", ranges(col("visit_total_actions"), PAGES))
BY_VISIT_NUMBER = buckets("VisitorInterest_visitsByVisitCount", ranges(col("visitor_count_visits"), VISIT_NUMBERS))
BY_DAYS_SINCE_LAST = buckets(
    "VisitorInterest_daysSinceLastVisit",
    (
        Bucket(NEW_VISITS, col("visitor_returning").eq(0)),
        *ranges(DAYS_SINCE_LAST, DAYS, col("visitor_returning").eq(1)),
    ),
)
RECORDS: tuple[Record, ...] = (DURATIONS, PAGES_PER_VISIT, BY_VISIT_NUMBER, BY_DAYS_SINCE_LAST)

SEGMENTS: tuple[Segment, ...] = (
    Segment("daysSinceLastVisit", "Days since last visit", "Visitors", DAYS_SINCE_LAST, type="metric"),
    Segment(
        "secondsSinceLastVisit",
        "Seconds since last visit",
        "Visitors",
        col("visitor_seconds_since_last"),
        type="metric",
    ),
)
