"""Visits by ranges of duration, pages, visit number and days since the last visit. Source: Matomo 5.2, records.

Bounds belong to both neighbours where a range begins with the end of the one before it.
"""

from __future__ import annotations

from tidemark.plugin import Bucket, Record, Segment, buckets, call, col, ranges

NEW_VISITS = "General_NewVisits"
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
