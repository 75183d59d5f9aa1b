"""Which days of a site a Matomo database has, and what tells whether one of them changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo

from tidemark.importing.database import MatomoDatabase
from tidemark.model.period import ONE_DAY, local_date, midnight_utc

_DIGESTED = (
    (
        "log_visit",
        "visit_last_action_time",
        ("idvisit", "visit_total_actions", "visit_total_time", "visit_goal_converted"),
    ),
    ("log_link_visit_action", "server_time", ("idlink_va", "time_spent_ref_action")),
    ("log_conversion", "server_time", ("idvisit", "revenue")),
    ("log_conversion_item", "server_time", ("idvisit", "quantity", "deleted")),
)


def days_of(
    database: MatomoDatabase, idsite: int, zone: tzinfo, first: date | None = None, last: date | None = None
) -> list[date]:
    """The local days between the first and the last visit, within the days asked for."""
    what = "MIN(visit_first_action_time) AS since, MAX(visit_last_action_time) AS until"
    ends = database.aggregate("log_visit", what, "idsite = %s", [idsite])
    if ends["since"] is None:
        return []
    since, until = (local_date(ends[name].replace(tzinfo=UTC).timestamp(), zone) for name in ("since", "until"))
    return list(_span(max(since, first or since), min(until, last or until)))


def bounds(day: date, zone: tzinfo) -> tuple[str, str]:
    """Begin and end of a local day in UTC, as the database compares times."""
    begin, end = (datetime.fromtimestamp(midnight_utc(one, zone), UTC) for one in (day, day + ONE_DAY))
    return f"{begin:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}"


def digest_of(database: MatomoDatabase, idsite: int, day: date, zone: tzinfo) -> str:
    """Equal for a day of equal rows, as far as counts and sums can tell; empty for a day without rows."""
    first, end = bounds(day, zone)
    told: list[str] = []
    is_empty = True
    for table, time, columns in _DIGESTED:
        if not database.columns(table):
            continue
        sums = ", ".join(f"SUM({column}) AS sum_{column}" for column in columns if column in database.columns(table))
        where = f"idsite = %s AND {time} >= %s AND {time} < %s"
        row = database.aggregate(table, f"COUNT(*) AS rows_, {sums}", where, [idsite, first, end])
        is_empty = is_empty and not row["rows_"]
        told.append(f"{table} {sorted((name, str(value)) for name, value in row.items())}")
    return "" if is_empty else hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


def _span(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY
