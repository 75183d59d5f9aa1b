"""Methods about conversions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tidemark.model.calls import Calls
from tidemark.model.table import EXTRA_METRICS_METADATA, DataTable, Table, table_leaves
from tidemark.plugin import Access, Context, and_segment, merge_first_rows, method, with_suffix
from tidemark.plugins.goals.columns import SPECIAL, columns_of, goal_number, record_name
from tidemark.plugins.goals.rates import copied, rate_name, rate_of_goal

KINDS = {
    "": "",
    "_new_visit": "visitorType==new",
    "_returning_visit": "visitorType==returning,visitorType==returningCustomer",
}
"""Suffix of the columns and the segment of the visits."""


@method("Goals.get", Access.VIEW)
def get(
    ctx: Context,
    idSite: str,
    period: str,
    date: str,
    segment: str = "",
    idGoal: str = "",
    columns: list[str] | None = None,
    showAllGoalSpecificMetrics: bool = False,
) -> Table | None:
    """The numbers of a goal or of all goals: of all visits, of new ones and of returning ones."""
    answer: Table | None = None
    for suffix, kind in KINDS.items():
        params = {
            "idSite": idSite,
            "period": period,
            "date": date,
            "segment": and_segment(segment, kind) if kind else segment,
            "idGoal": idGoal,
            "columns": ",".join(columns or ()),
            "showAllGoalSpecificMetrics": int(showAllGoalSpecificMetrics),
            "format_metrics": 0,
        }
        table = with_suffix(ctx.service(Calls).processed("Goals.getMetrics", params), suffix)
        answer = table if answer is None else merge_first_rows(answer, table)
    if answer is not None and showAllGoalSpecificMetrics:
        _declare_rates(answer, _goals_of(ctx, idSite))
    return answer


def _declare_rates(table: Table, goals: list[int]) -> None:
    """Rates of single goals are there already; what is declared is how they are written."""
    rates = tuple(copied(rate_of_goal(goal), suffix) for suffix in KINDS for goal in goals)
    for leaf in table_leaves(table):
        leaf.metadata[EXTRA_METRICS_METADATA] = rates


@method("Goals.getMetrics", Access.VIEW)
def get_metrics(
    ctx: Context,
    idSite: str,
    period: str,
    date: str,
    segment: str = "",
    idGoal: str = "",
    columns: list[str] | None = None,
    showAllGoalSpecificMetrics: bool = False,
) -> Table:
    """The numbers of a goal or of all goals; with showAllGoalSpecificMetrics also those of every goal."""
    goal = goal_number(idGoal)
    shown = list(columns_of(goal))
    records = {"nb_visits": "nb_visits"} | {name: record_name(name, goal) for name in shown}
    single = _goals_of(ctx, idSite) if showAllGoalSpecificMetrics and goal is None else []
    if single:
        own = {f"goal_{one}_{column}": record_name(column, one) for one in single for column in columns_of(one)}
        records |= own
        shown += [*own, *(rate_name(one) for one in single), "nb_visits"]
    table = ctx.number_table(records, idSite, period, date, segment)
    rates = (
        ("conversion_rate", "avg_order_revenue")
        if idGoal in SPECIAL or goal in SPECIAL.values()
        else ("conversion_rate",)
    )
    keep = _keeps(tuple(columns) if columns else (*shown, *rates))
    for leaf in table_leaves(table):
        leaf.metadata[EXTRA_METRICS_METADATA] = tuple(rate_of_goal(one) for one in single)
        leaf.queue(keep)
    return table


def _goals_of(ctx: Context, idSite: str) -> list[int]:
    """The numbers of a site's goals."""
    goals = ctx.call("Goals.getGoals", idSite=idSite, filter_limit=-1)
    return [int(goal["idgoal"]) for goal in (goals.values() if isinstance(goals, dict) else goals)]


def _keeps(names: tuple[str, ...]) -> Callable[[DataTable], None]:
    """A filter that leaves only these columns."""

    def apply(table: DataTable) -> None:
        for row in table:
            row.columns = {name: value for name, value in row.columns.items() if name in names}

    return apply


def _single(name: str, column: str) -> Callable[..., Any]:
    @method(f"Goals.{name}", Access.VIEW)
    def single(ctx: Context, idSite: str, period: str, date: str, segment: str = "", idGoal: str = "") -> Table:
        record = record_name(column, goal_number(idGoal))
        return ctx.number_table({record: record}, idSite, period, date, segment)

    return single


@method("Goals.getConversionRate", Access.VIEW)
def get_conversion_rate(
    ctx: Context, idSite: str, period: str, date: str, segment: str = "", idGoal: str = ""
) -> Table:
    """The rate of all, new and returning visits that converted."""
    table: Table = ctx.call(
        "Goals.get",
        idSite=idSite,
        period=period,
        date=date,
        segment=segment,
        idGoal=idGoal,
        columns="conversion_rate",
    )
    return table


def _until(name: str, record: str) -> Callable[..., Any]:
    @method(f"Goals.{name}", Access.VIEW)
    def until(ctx: Context, idSite: str, period: str, date: str, segment: str = "", idGoal: str = "") -> Table:
        return ctx.record_table(record_name(record, goal_number(idGoal)), idSite, period, date, segment)

    return until


FUNCTIONS: tuple[Callable[..., Any], ...] = (
    get,
    get_metrics,
    _single("getConversions", "nb_conversions"),
    _single("getNbVisitsConverted", "nb_visits_converted"),
    _single("getRevenue", "revenue"),
    get_conversion_rate,
    _until("getDaysToConversion", "days_until_conv"),
    _until("getVisitsUntilConversion", "visits_until_conv"),
)
