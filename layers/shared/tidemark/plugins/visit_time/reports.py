"""Reports about the times of visits."""

from __future__ import annotations

from calendar import day_name
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from tidemark.model.errors import ApiError
from tidemark.model.period import Period, PeriodKind, local_date
from tidemark.model.table import LABEL, PERIOD_METADATA, DataTable, Row, TableMap, table_leaves
from tidemark.model.time_zone import time_zone
from tidemark.plugin import VISIT_RATES, Access, Context, Report, TableContext, method, relabel, segment_value
from tidemark.plugin.filters import merge_row
from tidemark.plugins.visit_time.records import LOCAL_TIME, SERVER_TIME

DAY_COLUMNS = (
    "nb_uniq_visitors",
    "nb_visits",
    "nb_actions",
    "nb_users",
    "sum_visit_length",
    "bounce_count",
    "nb_visits_converted",
)


def hour_name(hour: Any) -> str:
    """Two digits on a clock of 24 hours."""
    return f"{int(hour):02d}"


def by_hour(table: DataTable, _context: TableContext) -> None:
    """From midnight to midnight."""
    table.rows.sort(key=lambda row: int(row.label))


def segment_in_utc(table: DataTable, context: TableContext) -> None:
    """Segments know hours in UTC: each hour of the site's last day of the period, converted."""
    zone = time_zone(context.call.site(context.idsite).timezone)
    for row in table.rows:
        row.metadata["segmentValue"] = _utc_hour(context.period.last, int(row.label), zone)


def hide_future(table: DataTable, context: TableContext) -> None:
    """With hideFutureHoursWhenToday, today ends with the current hour; without visits all its hours are shown."""
    if str(context.call.params.get("hideFutureHoursWhenToday", "0")) != "1":
        return
    zone = time_zone(context.call.site(context.idsite).timezone)
    if context.period != Period.day(local_date(context.call.now, zone)):
        return
    current = datetime.fromtimestamp(context.call.now, tz=zone).hour
    table.rows = [row for row in table.rows if int(row.label) <= current] or [
        Row({LABEL: hour, "nb_visits": 0}) for hour in range(current + 1)
    ]


def _utc_hour(day: date, hour: int, zone: tzinfo) -> int:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC).hour


@method("VisitTime.getByDayOfWeek", Access.VIEW)
def get_by_day_of_week(ctx: Context, idSite: str, period: str, date: str, segment: str = "") -> DataTable:
    """The days of a period by their place in the week; empty when there were no visits.

    Raises: ApiError for several sites or dates.
    """
    whole = ctx.number_table({"nb_visits": "nb_visits"}, idSite, period, date, segment)
    if isinstance(whole, TableMap):
        raise ApiError("VisitTime.getByDayOfWeek answers for one site and one date.")
    days = _days(ctx, idSite, whole.metadata[PERIOD_METADATA], segment)
    table = DataTable(metadata=dict(whole.metadata))
    if not any(row.get("nb_visits") for row in days.values()):
        return table
    weekdays = {number: Row({LABEL: day_name[number - 1], "nb_visits": 0}) for number in range(1, 8)}
    for day, row in days.items():
        merge_row(weekdays[day.isoweekday()], row, {})
    for number, row in weekdays.items():
        row.metadata = {"day_of_week": number}
    table.rows = list(weekdays.values())
    return table


def _days(ctx: Context, idSite: str, period: Period, segment: str) -> dict[date, Row]:
    """The numbers of every day that has any."""
    columns = {name: name for name in DAY_COLUMNS}
    table = ctx.number_table(columns, idSite, PeriodKind.DAY, period.range_text, segment)
    return {
        leaf.metadata[PERIOD_METADATA].first: row
        for leaf in table_leaves(table)
        if (row := leaf.first_row) is not None and row.get("nb_visits")
    }


REPORTS: tuple[Report, ...] = (
    Report(
        "VisitTime.getVisitInformationPerLocalTime",
        "Visits per local time",
        "Visitors",
        "Times",
        record=LOCAL_TIME,
        dimension="Local time — hour (start of visit)",
        dimension_id="VisitTime.LocalTime",
        segment="visitLocalHour",
        on_request=VISIT_RATES,
        filters=(by_hour, segment_value()),
        queued=(relabel(hour_name),),
        default_sort="",
        order=15,
        related=("VisitTime.getByDayOfWeek",),
        constant_rows=True,
        documentation="At which hour of the visitor's clock visits began.",
    ),
    Report(
        "VisitTime.getVisitInformationPerServerTime",
        "Visits per hour in the site's timezone",
        "Visitors",
        "Times",
        record=SERVER_TIME,
        dimension="Site time — hour (start of visit)",
        dimension_id="CoreHome.VisitFirstActionTime",
        segment="visitStartServerHour",
        on_request=VISIT_RATES,
        filters=(by_hour, segment_in_utc, hide_future),
        queued=(relabel(hour_name),),
        default_sort="",
        order=20,
        has_goal_metrics=True,
        constant_rows=True,
        documentation="At which hour of the site's clock visits began.",
    ),
    Report(
        "VisitTime.getByDayOfWeek",
        "Visits by day of the week",
        "Visitors",
        "Times",
        dimension="Day of the week",
        dimension_id="VisitTime.DayOfTheWeek",
        is_named_at_once=True,
        on_request=VISIT_RATES,
        default_sort="",
        order=25,
        related=("VisitTime.getVisitInformationPerLocalTime",),
        constant_rows=True,
        documentation="On which days of the week visits took place.",
    ),
)
