"""Rows of two tables compared: how much each grew, which changes count, in which order. Pure.

Source: Matomo 5.2, Insights API.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from tidemark.model.rounding import quotient, round_half_up
from tidemark.model.table import LABEL, DataTable, Row
from tidemark.plugin import number

METRIC: Final = "nb_visits"
ORDERS: Final = {
    "absolute": ("difference", "growth_percent_numeric"),
    "relative": ("growth_percent_numeric", "difference"),
    "importance": ("importance", "growth_percent_numeric"),
}
"""What `orderBy` may be, and the columns that it sorts by; those that tie are sorted by the metric."""
KINDS: Final = ("movers", "new", "disappeared")
UNLIMITED: Final = -1
_FEW_VISITS: Final = 200
_LEAST_CHANGE: Final = 2


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least growth in percent, and least change by kind of row in percent of a total; None leaves a kind out."""

    growth: float
    decline: float
    """Negative."""
    movers: float | None = None
    new: float | None = None
    disappeared: float | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Order and numbers of rows."""

    order: str = "absolute"
    growing: int = UNLIMITED
    declining: int = UNLIMITED


def compare(current: DataTable, past: DataTable, total: float, thresholds: Thresholds, shown: Shown) -> list[Row]:
    """The rows that changed enough, those that grew first; `total` is what changes are measured against."""
    before = {row.columns.get(LABEL): row for row in past}
    now = {row.columns.get(LABEL) for row in current}
    rows = [_changed(row, before.get(row.columns.get(LABEL))) for row in current]
    rows += [_disappeared(row) for row in past if row.columns.get(LABEL) not in now]
    kept = [row for row in rows if _counts(row.columns, total, thresholds)]
    kept.sort(key=lambda row: _place(row.columns, shown.order))
    return list(_limited(kept, shown))


def movers_and_shakers(total: float, past_total: float) -> Thresholds:
    """Thresholds for rows that changed much more than the whole site did."""
    change = round_half_up(quotient(100 * (total - past_total), past_total, 1), 1)
    movers, new, disappeared = 1.0, 5.0, 7.0
    if change >= 100:
        growth, decline = change + ceil(change / 500) * 40, -70.0
        new, disappeared = min(change / 100 * 3, 10), 8.0
    elif change >= 0:
        growth = change + 20
        decline = -growth
    else:
        decline = change - 20
        growth = -decline
    if 0 < total < _FEW_VISITS:
        movers = ceil(_LEAST_CHANGE / (total / 100))
        new, disappeared = max(new, movers), max(disappeared, movers)
    return Thresholds(growth, decline, movers, new, disappeared)


def relevant_total(report_total: float, total: float) -> float:
    """What changes in a report are measured against: all visits, or those of the report where they are far from it."""
    return report_total if report_total > total or report_total * 2 < total else total


def _changed(row: Row, past: Row | None) -> Row:
    value = number(row.columns, METRIC)
    old = 0 if past is None else number(past.columns, METRIC)
    difference = value - old
    growth = 100 if difference and not old else quotient(100 * difference, old, 1)
    return Row(row.columns | _facts(growth, old, value) | _kind(is_new=past is None, is_mover=past is not None))


def _disappeared(row: Row) -> Row:
    old = number(row.columns, METRIC)
    return Row(row.columns | _facts(-100 if old else 0, old, 0) | _kind(is_disappeared=True))


def _facts(growth: float, old: float, new: float) -> dict[str, Any]:
    return {
        "growth_percent": f"{growth}%",
        "growth_percent_numeric": str(growth),
        "grown": growth >= 0,
        "value_old": old,
        "value_new": new,
        "difference": new - old,
        "importance": abs(new - old),
    }


def _kind(*, is_disappeared: bool = False, is_new: bool = False, is_mover: bool = False) -> dict[str, Any]:
    return {"isDisappeared": is_disappeared, "isNew": is_new, "isMover": is_mover}


def _counts(columns: Mapping[str, Any], total: float, thresholds: Thresholds) -> bool:
    """Whether a row is of a kind that is wanted and changed enough."""
    share = thresholds.new if columns["isNew"] else thresholds.movers
    if columns["isDisappeared"]:
        share = thresholds.disappeared
    growth = float(columns["growth_percent_numeric"])
    has_grown = growth >= max(thresholds.growth, 0) if growth >= 0 else growth <= thresholds.decline
    return share is not None and has_grown and columns["importance"] >= _least_change(total, share)


def _least_change(total: float, percent: float) -> int:
    return ceil(total / 100 * percent) if percent > 0 else 0


def _place(columns: Mapping[str, Any], order: str) -> tuple[tuple[bool, float], ...]:
    """Growth comes before decline, in both the larger change first."""
    values = (float(columns[name]) for name in (*ORDERS[order], METRIC))
    return tuple((value < 0, -abs(value)) for value in values)


def _limited(rows: Iterable[Row], shown: Shown) -> Iterable[Row]:
    left = {True: shown.growing, False: shown.declining}
    for row in rows:
        has_grown = row.columns["grown"]
        if left[has_grown]:
            left[has_grown] -= 1
            yield row
