"""The columns per goal that filter_update_columns_when_show_all_goals adds to tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tidemark.model.rounding import quotient
from tidemark.model.table import EXTRA_METRICS_METADATA, GOALS, DataTable
from tidemark.plugin import ProcessedMetric
from tidemark.plugin.report import MetricType
from tidemark.reporting.filters.goals import CART, ORDER
from tidemark.reporting.metrics import add_show_all_metrics
from tidemark.reporting.parameters import Parameters, read_integer
from tidemark.reporting.text import number_of

ALL_GOALS = 0
OVERVIEW = -1
MINIMAL = -2
PAGES = -3
ENTRY_PAGES = -4
PAGES_ECOMMERCE = -5
ENTRY_PAGES_ECOMMERCE = -6
_ECOMMERCE = (ORDER, CART)
_NUMBERS = {ORDER: "0", CART: "-1"}
_NAMES = {number: name for name, number in _NUMBERS.items()}

Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of one goal: its name after goal_<id>_, what it is computed from, and its type."""

    suffix: str
    label: str
    compute: Callable[[Columns, Columns], Any]
    type: MetricType = "number"
    keeps_nothing: bool = False


def _own(name: str) -> Callable[[Columns, Columns], Any]:
    return lambda goal, _row: number_of(goal.get(name))


def _known(name: str) -> Callable[[Columns, Columns], Any]:
    """A goal's number as it is; nothing where the row knows nothing of the goal."""
    return lambda goal, _row: None if goal.get(name) is None else number_of(goal[name])


def _per(name: str, whole: str, digits: int, fallback: str = "") -> Callable[[Columns, Columns], Any]:
    """A goal's number per number of its row; per the goal's own ``fallback`` where the row has none."""

    def compute(goal: Columns, row: Columns) -> float | int:
        divisor = number_of(row.get(whole)) or number_of(goal.get(fallback))
        return quotient(number_of(goal.get(name)), divisor, digits)

    return compute


_RATE = _Column("conversion_rate", "Conversion Rate", _per("nb_conversions", "nb_visits", 4), "percent")
_COMMON = (
    _Column("nb_conversions", "Conversions", _own("nb_conversions")),
    _Column("revenue_per_visit", "Revenue per Visit", _per("revenue", "nb_visits", 2, "nb_conversions"), "money"),
    _Column("revenue", "Revenue", _own("revenue"), "money"),
)
_OF_PAGES = (
    _Column("nb_conversions_attrib", "Conversions", _known("nb_conversions_attrib"), keeps_nothing=True),
    _Column("revenue_attrib", "Revenue", _own("revenue_attrib"), "money"),
    _Column(
        "nb_conversions_page_rate",
        "Viewed before conversion rate",
        _known("nb_conversions_page_rate"),
        "percent",
        keeps_nothing=True,
    ),
)
_OF_ENTRY_PAGES = (
    _Column("nb_conversions_entry", "Conversions", _own("nb_conversions_entry")),
    _Column("revenue_per_entry", "Revenue per Entry", _per("revenue", "entry_nb_visits", 2, "nb_conversions"), "money"),
    _Column("revenue_entry", "Revenue", _own("revenue_entry"), "money"),
    _Column(
        "nb_conversions_entry_rate", "Conversion Rate", _per("nb_conversions_entry", "entry_nb_visits", 3), "percent"
    ),
)
_OF_ORDERS = (
    _Column("avg_order_revenue", "Average Order Value", _per("revenue", "", 2, "nb_conversions"), "money"),
    _Column("items", "Purchased Products", _own("items")),
)


def add_goal_columns(tables: Iterable[DataTable], params: Parameters) -> None:
    """Announce the goal columns that the parameters ask for; they are computed with the other processed metrics.

    Source: Matomo 5.2, generic parameters, filter_update_columns_when_show_all_goals.
    """
    if not _is_asked_for(params.raw("filter_update_columns_when_show_all_goals")):
        return
    asked = params.words("filter_show_goal_columns_process_goals")
    default = asked[0] if len(asked) == 1 and asked[0] != "0" else str(OVERVIEW)
    chosen = params.raw("idGoal", default)
    for table in tables:
        add_show_all_metrics(table, drops_empty_rows=False)
        metrics = [_REVENUE_PER_VISIT]
        for goal in _goals(table, asked):
            metrics += (_metric(goal, column) for column in _columns(goal, chosen))
        table.metadata[EXTRA_METRICS_METADATA] = (*table.metadata[EXTRA_METRICS_METADATA], *metrics)


def _is_asked_for(value: str) -> bool:
    return value in _ECOMMERCE or read_integer(value) is not None


def _goals(table: DataTable, asked: list[str]) -> list[str]:
    """The goals in the table, as they come; with goals asked for, those of both in order."""
    found = dict.fromkeys(_goal_of(key) for row in table for key in row.columns.get(GOALS) or ())
    return sorted({*found, *asked}, key=_goal_order) if asked else list(found)


def _goal_order(goal: str) -> tuple[bool, int, str]:
    number = read_integer(goal)
    return number is None, number or 0, goal


def _goal_of(key: Any) -> str:
    name = str(key).removeprefix("idgoal=")
    return _NUMBERS.get(name, name)


def _columns(goal: str, chosen: str) -> tuple[_Column, ...]:
    """The columns of one goal for what idGoal asks for: a mode (0 and below), a goal, orders or carts."""
    mode = read_integer(chosen)
    is_ecommerce = chosen in _ECOMMERCE
    if mode == MINIMAL or ((is_ecommerce or (mode or 0) > 0) and chosen != goal):
        return ()
    if mode == OVERVIEW:
        return (_RATE,)
    columns: tuple[_Column, ...] = (_RATE, *_COMMON)
    if mode in {PAGES, PAGES_ECOMMERCE}:
        columns += _OF_PAGES
    if mode in {ENTRY_PAGES, ENTRY_PAGES_ECOMMERCE}:
        columns += _OF_ENTRY_PAGES
    return columns + (_OF_ORDERS if is_ecommerce or mode in {PAGES_ECOMMERCE, ENTRY_PAGES_ECOMMERCE} else ())


def _metric(goal: str, column: _Column) -> ProcessedMetric:
    keys = (f"idgoal={goal}", f"idgoal={_NAMES.get(goal, goal)}")

    def compute(row: Columns) -> Any:
        goals = row.get(GOALS) or {}
        own: Columns = next((goals[key] for key in keys if key in goals), {})
        return column.compute(own, row)

    return ProcessedMetric(
        f"goal_{goal}_{column.suffix}", column.label, (GOALS,), compute, column.type, keeps_nothing=column.keeps_nothing
    )


def _revenue_per_visit(row: Columns) -> float | int:
    """Revenue of all goals and orders per visit, in whole units of the currency; per conversion without visits."""
    goals = row.get(GOALS) or {}
    revenue = sum(int(number_of(goal.get("revenue"))) for key, goal in goals.items() if key != f"idgoal={CART}")
    divisor = int(number_of(row.get("nb_visits"))) or int(number_of(row.get("nb_conversions")))
    return quotient(revenue or int(number_of(row.get("revenue"))), divisor, 2)


_REVENUE_PER_VISIT = ProcessedMetric(
    "revenue_per_visit",
    "Revenue per Visit",
    ("revenue", "nb_visits", "nb_conversions", GOALS),
    _revenue_per_visit,
    "money",
)
