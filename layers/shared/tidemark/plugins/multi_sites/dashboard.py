"""MultiSites.getAllWithGroups: the dashboard of all sites, those of a group under its name.

Source: Matomo 5.2, MultiSites API.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from tidemark.model.calls import Calls
from tidemark.model.errors import BadDate
from tidemark.model.natural_order import natural_key
from tidemark.model.past_dates import earlier_date
from tidemark.model.period import PeriodKind, local_date
from tidemark.model.period_query import is_multiple_date
from tidemark.model.rounding import round_half_up
from tidemark.model.table import LABEL, DataTable, Row
from tidemark.plugin import Access, Context, method, number
from tidemark.plugins.multi_sites.metrics import RATIO, SITE_METRICS, evolution, trend

GROUP: Final = "group"
_GROUPED_NUMBERS: Final = frozenset({"nb_visits", "nb_pageviews", "nb_actions"})
_TOTALS: Final = ("nb_pageviews", "nb_visits", "nb_actions", "revenue")
_PERCENT_DIGITS: Final = 4


@dataclass(slots=True)
class Entry:
    """A site, or a group with its sites below it."""

    row: Row
    sites: tuple[Row, ...] = ()

    def rows(self) -> tuple[Row, ...]:
        """The row and those below it."""
        return (self.row, *self.sites)


@method("MultiSites.getAllWithGroups", Access.SOME_VIEW)
def get_all_with_groups(
    context: Context, period: str, date: str, segment: str = "", pattern: str = "", filter_limit: int = 0
) -> dict[str, Any]:
    """How many sites there are, the sums of all, and the page of sites that is asked for, in order.

    `filter_limit` counts sites and groups; less than 1 shows none.

    Raises: BadDate for several dates.
    """
    if period != PeriodKind.RANGE and is_multiple_date(date):
        raise BadDate("The dashboard shows one period: several dates are not supported.")
    table = _all_sites(context, period, date, segment)
    totals = {name: sum(number(row.columns, name) for row in table.rows) for name in _TOTALS}
    before = sum(number(row.metadata, SITE_METRICS[0].previous) for row in table.rows)
    entries = _found(_grouped(table.rows, context), pattern.lower())
    shown = _page(entries, filter_limit, _offset(context))
    return {
        "numSites": sum(len(entry.rows()) for entry in entries),
        "totals": {name: _readable(name, value, "") for name, value in totals.items()} | {"nb_visits_lastdate": before},
        "lastDate": _last_date(context, period, date),
        "sites": [_answer(row, context) for row in shown],
    }


def _all_sites(context: Context, period: str, date: str, segment: str) -> DataTable:
    """Every site with all numbers, sorted as asked for, evolutions as numbers."""
    sorting = ("filter_sort_column", "filter_sort_order")
    params = {name: context.params[name] for name in sorting if name in context.params}
    params |= {"period": period, "date": date, "segment": segment, "enhanced": 1, "filter_limit": -1}
    table = context.service(Calls).processed("MultiSites.getAll", params)
    return table if isinstance(table, DataTable) else DataTable()


def _grouped(rows: Iterable[Row], context: Context) -> list[Entry]:
    """Sites without a group, and groups with theirs, sorted: sums of groups decide as those of sites do, then names."""
    groups: dict[str, list[Row]] = {}
    entries: list[Entry | str] = []
    for row in rows:
        group = row.metadata[GROUP]
        if not group:
            entries.append(Entry(row))
        elif group in groups:
            groups[group].append(row)
        else:
            groups[group] = [row]
            entries.append(group)
    made = [
        Entry(_sum(entry, groups[entry]), tuple(groups[entry])) if isinstance(entry, str) else entry
        for entry in entries
    ]
    column = str(context.params.get("filter_sort_column") or SITE_METRICS[0].column)
    is_descending = str(context.params.get("filter_sort_order", "")).lower() != "asc"
    if column != LABEL:
        made.sort(key=lambda entry: natural_key(str(entry.row.columns[LABEL])), reverse=not is_descending)
        made.sort(key=lambda entry: number(entry.row.columns, column), reverse=is_descending)
    return made


def _sum(group: str, sites: list[Row]) -> Row:
    """A group's row: sums, and evolutions from sums."""
    columns: dict[str, Any] = {LABEL: group}
    past: dict[str, Any] = {}
    for metric in SITE_METRICS:
        if any(metric.column in site.columns for site in sites):
            columns[metric.column] = sum(number(site.columns, metric.column) for site in sites)
        if any(metric.previous in site.metadata for site in sites):
            past[metric.previous] = sum(
                number(site.metadata, metric.previous) * site.metadata.get(RATIO, 1) for site in sites
            )
    changes = {metric.evolution: evolution(metric, columns | past) for metric in SITE_METRICS}
    for name, change in changes.items():
        if change is not None:
            columns |= {name: change, f"{name}_trend": trend(change)}
    return Row(columns, {"isGroup": 1})


def _found(entries: list[Entry], pattern: str) -> list[Entry]:
    """The sites whose name or group has the pattern in it, and the groups of these sites."""
    if not pattern:
        return entries
    kept = []
    for entry in entries:
        is_named = pattern in str(entry.row.columns[LABEL]).lower()
        sites = tuple(site for site in entry.sites if is_named or pattern in str(site.columns[LABEL]).lower())
        if is_named or sites:
            kept.append(Entry(entry.row, sites))
    return kept


def _page(entries: Iterable[Entry], limit: int, offset: int) -> list[Row]:
    """The rows of a page; when it begins inside a group, the group's row comes first, on top of the limit."""
    rows = [(row, entry) for entry in entries for row in entry.rows()]
    page = rows[offset : offset + max(limit, 0)]
    shown = [row for row, _ in page]
    if page and page[0][0] is not page[0][1].row:
        shown.insert(0, page[0][1].row)
    return shown


def _offset(context: Context) -> int:
    text = str(context.params.get("filter_offset", ""))
    return int(text) if text.isdecimal() else 0


def _answer(row: Row, context: Context) -> dict[str, Any]:
    """Columns, then metadata, with amounts and evolutions to be read by people; groups have no currency."""
    symbol = str(row.metadata.get("currencySymbol") or "")
    if not symbol and "idsite" in row.metadata:
        symbol = context.service(Calls).currency_symbol(row.metadata["idsite"])
    columns = {name: _readable(name, value, symbol) for name, value in row.columns.items()}
    return columns | row.metadata


def _readable(column: str, value: Any, symbol: str) -> Any:
    if column.endswith("_evolution"):
        return f"{_grouped_number(round_half_up(value * 100, _PERCENT_DIGITS))}%"
    if column == "revenue":
        return f"{symbol}{_grouped_number(round_half_up(value, 2), 2)}"
    return _grouped_number(value) if column in _GROUPED_NUMBERS else value


def _grouped_number(value: float, decimals: int | None = None) -> str:
    """With commas between thousands, and decimals only where there are some."""
    if isinstance(value, int) or value.is_integer():
        return f"{int(value):,}"
    return f"{value:,.{decimals}f}" if decimals else f"{value:,.4f}".rstrip("0")


def _last_date(context: Context, period: str, date: str) -> str:
    """The date of the same call one period before; empty if that is a range, or nothing is compared."""
    if period == PeriodKind.RANGE:
        return ""
    return earlier_date(period, date, local_date(context.now, UTC)) or ""
