"""API.getProcessedReport: a report with its metadata and readable numbers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError
from tidemark.model.registry import Registry
from tidemark.model.table import (
    COMPARISONS,
    LABEL,
    PERIOD_METADATA,
    DataTable,
    Row,
    SimpleTable,
    Table,
    TableMap,
    table_leaves,
)
from tidemark.plugin import Access, Context, Report, method
from tidemark.plugin.users import USERS, signs_in
from tidemark.plugins.api.metadata import (
    ECOMMERCE,
    Metadata,
    describe,
    find_report,
    first_site,
    hidden_names,
    lacking,
    shown_names,
)

NO_CHANGE = "+0%"
_NO_TOTALS = ("avg_",)
_NO_GOALS = ("0", "-1", "ecommerceOrder", "ecommerceAbandonedCart")
"""What stands for a goal besides the site's own: orders and carts."""
_NO_TOTAL_ENDINGS = ("_rate", "_evolution")
_PAGE_COLUMNS = {
    "Actions.getPageUrls": ("-3", "-5"),
    "Actions.getPageTitles": ("-3", "-5"),
    "Actions.getEntryPageUrls": ("-4", "-6"),
    "Actions.getEntryPageTitles": ("-4", "-6"),
}
"""The modes of goal columns that reports of pages have, without and with those of orders."""
_OF_GOAL = re.compile(r"goal_[0-9]+_")
"""Columns of one goal, which are shown though no metadata names them."""


@method("API.getProcessedReport", Access.VIEW)
def get_processed_report(
    context: Context,
    idSite: int | str,
    period: str,
    date: str,
    apiModule: str,
    apiAction: str,
    segment: str = "",
    apiParameters: dict[str, str] | None = None,
    idGoal: str = "",
    language: str = "",  # noqa: ARG001
    showTimer: bool = True,
    hideMetricsDoc: bool = False,
    idSubtable: int | None = None,
    showRawMetrics: bool = False,
    format_metrics: str = "",
    idDimension: str = "",
) -> dict[str, Any]:
    """Site name, readable date, metadata, column names, rows, metadata of rows, and totals; of several sites the first.

    Raises: ApiError for a report that does not exist, or as the report does.
    """
    started = time.monotonic()
    site = first_site(idSite)
    given = {
        **(apiParameters or {}),
        **{name: value for name, value in (("idGoal", idGoal), ("idDimension", idDimension)) if value not in {"", "0"}},
    }
    _check_goal(context, site, str(given.get("idGoal", "")))
    report = find_report(context, f"{apiModule}.{apiAction}", given, [site])
    metadata = describe(report, context, hides_documentation=hideMetricsDoc, lacks=lacking(report, context))
    calls = context.service(Calls)
    params = {**context.params, **given, **call_parameters(report, metadata)}
    params |= {"idSite": site, "period": period, "date": date, "segment": segment, "idSubtable": idSubtable}
    if context.params.get("filter_show_goal_columns_process_goals"):
        params["idGoal"] = goal_columns_of(report.method, idGoal)
    table = calls.processed(report.method, {name: value for name, value in params.items() if value is not None})
    columns = shown_columns(metadata)
    if LABEL in hidden_names(context):
        columns.pop(LABEL, None)
    is_pretty = format_metrics in {"", "bc"}
    has_users = partial(signs_in, calls, report.method, site, period, date)
    leave_out_empty(table, columns, metadata, report, has_users)
    rows, row_metadata = _readable(table, columns, calls, report, is_pretty=is_pretty, keeps_raw=showRawMetrics)
    answer = {
        "website": context.site(site).name,
        "prettyDate": calls.pretty_date(site, period, date),
        "metadata": metadata,
        "columns": columns,
        "reportData": rows,
        "reportMetadata": row_metadata,
        "reportTotal": _totals(table, metadata, shown_names(context)),
    }
    return answer | {"timerMillis": int((time.monotonic() - started) * 1000)} if showTimer else answer


def goal_columns_of(method: str, idGoal: str) -> str | None:
    """Which goal columns rows get, where columns of single goals are asked for: pages have their own.

    Source: Matomo 5.2, AddColumnsProcessedMetricsGoal.
    """
    if method not in _PAGE_COLUMNS:
        return idGoal or None
    plain, with_orders = _PAGE_COLUMNS[method]
    return with_orders if idGoal in {"ecommerceOrder", "ecommerceAbandonedCart"} else plain


def _check_goal(context: Context, idsite: int, goal: str) -> None:
    """Raises: ApiError for a goal that the site does not have."""
    if goal in {"", *_NO_GOALS}:
        return
    if goal not in {str(one.idgoal) for one in context.service(Registry).goals(idsite)}:
        raise ApiError(f"Site {idsite} has no goal {goal}.")


def shown_columns(metadata: Metadata) -> dict[str, str]:
    """Readable names of the columns of a report, in order."""
    columns: dict[str, str] = {LABEL: metadata["dimension"]} if "dimension" in metadata else {}
    columns |= metadata.get("metrics", {})
    columns |= metadata.get("processedMetrics", {})
    if "revenue" in metadata.get("metricsGoal", {}):
        columns["revenue"] = metadata["metricsGoal"]["revenue"]
    return {name: label[:1].upper() + label[1:] for name, label in columns.items()}


def leave_out_empty(
    table: Table, columns: dict[str, str], metadata: Metadata, report: Report, has_users: Callable[[], bool]
) -> None:
    """Columns that only some tables have are left out where a table with rows has none, users where nobody signs in.

    Source: Matomo 5.2, plugins/API/ProcessedReport (columns that a table tells to be empty), plugins/VisitsSummary.
    """
    leaves = list(table_leaves(table))
    sometimes = [metric.name for metric in report.processed if metric.only_with]
    absent = [name for name in sometimes if any(len(leaf) and not any(leaf.presence(name)) for leaf in leaves)]
    if USERS in report.numbers and not any(row.get(USERS) for leaf in leaves for row in leaf) and not has_users():
        absent.append(USERS)
    for part in (columns, metadata.get("metrics", {}), metadata.get("metricsDocumentation", {})):
        for name in absent:
            part.pop(name, None)


def call_parameters(report: Report, metadata: Metadata) -> dict[str, Any]:
    """Parameters of the inner call: totals, and the rates that reports over visits offer."""
    params: dict[str, Any] = {"totals": 1}
    is_of_visits = report.category != ECOMMERCE and not report.method.startswith("MultiSites.")
    if is_of_visits and metadata.get("processedMetrics") and "nb_visits" in metadata.get("metrics", {}):
        params["filter_add_columns_when_show_all_columns"] = 0 if report.constant_rows else 1
    return params


def _readable(
    table: Table, columns: dict[str, str], calls: Calls, report: Report, *, is_pretty: bool, keeps_raw: bool
) -> tuple[Table, Table]:
    """Rows with readable values, and the metadata of rows as rows of their own; maps by readable date."""
    if isinstance(table, TableMap):
        rows, metadata = TableMap("prettyDate"), TableMap("prettyDate")
        for leaf in table_leaves(table):
            key = calls.pretty_period(leaf.metadata[PERIOD_METADATA])
            rows.tables[key], metadata.tables[key] = _readable(
                leaf, columns, calls, report, is_pretty=is_pretty, keeps_raw=keeps_raw
            )
        return rows, metadata
    readable = [_readable_row(row, columns, calls, table, is_pretty=is_pretty, keeps_raw=keeps_raw) for row in table]
    _keep_metadata_of_compared(table, readable)
    facts = [
        {name: value for name, value in row.metadata.items() if name != COMPARISONS}
        | ({} if row.subtable_id is None else {"idsubdatatable": row.subtable_id})
        for row in table
    ]
    has_dimension = bool(report.dimension)
    shown = DataTable(readable) if has_dimension else SimpleTable(readable)
    return shown, DataTable.from_records(facts) if has_dimension and any(facts) else DataTable()


def _keep_metadata_of_compared(table: DataTable, readable: list[Row]) -> None:
    """Below the first compared row, rows have their metadata beside their values, too.

    Source: Matomo 5.2, plugins/API/ProcessedReport (handleSimpleDataTable).
    """
    is_kept = False
    for row, shown in zip(table, readable, strict=True):
        if is_kept:
            shown.metadata = row.metadata | shown.metadata
        is_kept = is_kept or COMPARISONS in row.metadata


def _readable_row(
    row: Row, columns: dict[str, str], calls: Calls, table: DataTable, *, is_pretty: bool, keeps_raw: bool
) -> Row:
    complete = row.columns | {name: 0 for name in columns if row.columns.get(name) is None}
    readable = Row(
        {
            name: calls.pretty_value(name, value, table)
            if is_pretty and (name in columns or _OF_GOAL.match(name))
            else value
            for name, value in complete.items()
            if name in columns or keeps_raw or _OF_GOAL.match(name)
        }
    )
    if COMPARISONS in row.metadata:
        readable.metadata[COMPARISONS] = DataTable(
            _readable_comparison(compared, columns, calls, table, is_pretty=is_pretty, keeps_raw=keeps_raw)
            for compared in row.metadata[COMPARISONS]
        )
    return readable


def _readable_comparison(
    row: Row, columns: dict[str, str], calls: Calls, table: DataTable, *, is_pretty: bool, keeps_raw: bool
) -> Row:
    """The same of a row of comparison, with its changes, which are texts already; it keeps its metadata."""
    changes = {f"{name}_change": NO_CHANGE if is_pretty else 0 for name in columns}
    metrics = {name: value for name, value in row.columns.items() if name not in changes}
    readable = _readable_row(Row(metrics), columns, calls, table, is_pretty=is_pretty, keeps_raw=keeps_raw).columns
    named = {
        name: readable.get(name, value) for name, value in row.columns.items() if name in readable or name in changes
    }
    return Row(named | readable | {name: none for name, none in changes.items() if name not in named}, row.metadata)


def _totals(table: Table, metadata: Metadata, is_shown: Callable[[str], bool]) -> dict[str, Any]:
    """Sums over all tables of what can be summed, for reports with rows."""
    totals: dict[str, Any] = {}
    for leaf in table_leaves(table):
        if leaf.totals is not None and "dimension" in metadata:
            _add_totals(totals, {name: value for name, value in leaf.totals.items() if is_shown(name)})
    return totals


def _add_totals(totals: dict[str, Any], added: dict[str, Any], *, in_goals: bool = False) -> None:
    for name, value in added.items():
        if not in_goals and (name.startswith(_NO_TOTALS) or name.endswith(_NO_TOTAL_ENDINGS)):
            continue
        if isinstance(value, dict):
            _add_totals(totals.setdefault(name, {}), value, in_goals=True)
        elif isinstance(value, int | float):
            totals[name] = _combined(name, totals.get(name), value)


def _combined(name: str, current: Any, added: float) -> Any:
    if current is None:
        return added
    if name.startswith("min_"):
        return min(current, added)
    return max(current, added) if name.startswith("max_") else current + added
