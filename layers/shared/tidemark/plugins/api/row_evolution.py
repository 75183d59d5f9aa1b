"""API.getRowEvolution: one row of a report, or several, over time."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote_plus

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError, BadDate
from tidemark.model.period_query import is_multiple_date
from tidemark.model.rounding import round_half_up
from tidemark.model.table import DataTable, Row, TableMap, table_leaves
from tidemark.plugin import Access, Context, Report, method
from tidemark.plugins.api.metadata import describe, find_report

INDEX = "label_index"
_SCHEME = re.compile(r"^https?://(www\.)?", re.IGNORECASE)
_LEVELS = re.compile(r"\s*>\s*")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@method("API.getRowEvolution", Access.VIEW, raw_strings=True)
def get_row_evolution(
    context: Context,
    idSite: int,
    period: str,
    date: str,
    apiModule: str,
    apiAction: str,
    label: list[str] | str | None = None,
    segment: str = "",
    column: str = "",
    language: str = "",  # noqa: ARG001
    idGoal: str = "",
    legendAppendMetric: bool = True,
    labelUseAbsoluteUrl: bool = True,
    idDimension: str = "",
) -> dict[str, Any]:
    """The row's metrics per date with smallest and largest value and change; several rows side by side.

    Raises: ApiError for a single date, or a report that has no rows.
    """
    period = "day" if period == "range" else period
    if not is_multiple_date(date):
        raise BadDate("A row's evolution needs several dates: lastN, previousN or two dates, and a period within them.")
    given = {name: value for name, value in (("idGoal", idGoal), ("idDimension", idDimension)) if value}
    report = find_report(context, f"{apiModule}.{apiAction}", given)
    if not report.dimension:
        raise ApiError(f"{report.method} has no rows, so none of them has an evolution.")
    metadata = describe(report, context)
    metrics = {**metadata.get("metrics", {}), **metadata.get("processedMetrics", {})}
    labels = _labels(label)
    params: dict[str, Any] = {
        **given,
        "idSite": idSite,
        "period": period,
        "date": date,
        "segment": segment,
        "label": [quote(text, safe="") for text in labels],
        "filter_limit": -1,
        "labelFilterAddLabelIndex": int(len(labels) > 1),
        "format_metrics": "bc",
    }
    if "nb_visits" in metrics:
        params["filter_add_columns_when_show_all_columns"] = 0
    table = context.service(Calls).processed(report.method, params)
    if not isinstance(table, TableMap):
        raise ApiError("A row's evolution is that of one site.")
    if not labels:
        labels = _number_labels(table, context.params.get("filter_limit"))
    facts = {"metrics": metrics, "dimension": report.dimension}
    if len(labels) == 1:
        return _one_row(table, report, facts, labels[0], context, id_site=idSite, uses_url=labelUseAbsoluteUrl)
    return _several_rows(
        table, report, facts, labels, column, names_metric=legendAppendMetric, uses_url=labelUseAbsoluteUrl
    )


def _labels(value: Any) -> list[str]:
    """The labels asked for, from a list or a text with commas, each once."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return list(dict.fromkeys(str(part).replace("&gt;", ">") for part in parts if str(part)))


def _number_labels(table: TableMap, limit: Any) -> list[str]:
    """All labels of all dates, numbered in the rows' metadata."""
    labels = list(dict.fromkeys(str(row.label) for leaf in table_leaves(table) for row in leaf))
    if str(limit or "").isdigit():
        labels = labels[: int(limit)]
    for leaf in table_leaves(table):
        for row in leaf:
            if str(row.label) in labels:
                row.metadata[INDEX] = labels.index(str(row.label))
    return labels


def _one_row(
    table: TableMap,
    report: Report,
    facts: dict[str, Any],
    label: str,
    context: Context,
    *,
    id_site: int,
    uses_url: bool,
) -> dict[str, Any]:
    address, logo = "", None
    for leaf in table_leaves(table):
        row = leaf.first_row
        if row is None:
            continue
        if not address:
            address = _address(row, report) if uses_url else ""
            logo = logo or row.metadata.get("logo")
        row.columns = {name: value for name, value in row.columns.items() if name in facts["metrics"]}
        row.metadata, row.subtable, row.subtable_id = {}, None, None
    answer: dict[str, Any] = {
        "label": address or unquote_plus(_display(label, report, context, id_site)),
        "reportData": table,
        "metadata": {"metrics": _spans(table, facts["metrics"]), "dimension": facts["dimension"]},
    }
    return answer | ({"logo": logo} if logo else {})


def _several_rows(
    table: TableMap,
    report: Report,
    facts: dict[str, Any],
    labels: list[str],
    column: str,
    *,
    names_metric: bool,
    uses_url: bool,
) -> dict[str, Any]:
    metrics = facts["metrics"]
    column = column if column in metrics else next(iter(metrics), "")
    names: dict[str, str] = {}
    for index, label in enumerate(labels):
        rows = [row for leaf in table_leaves(table) if (row := _numbered(leaf, index)) is not None]
        address = next((found for row in rows if uses_url and (found := _address(row, report))), "")
        name = address or unquote_plus(label.replace(">", " - "))
        names[f"{column}_{index}"] = f"{name} ({metrics[column]})" if names_metric and column else name
    compared = TableMap(table.key_name)
    for key, leaf in table.tables.items():
        values = {f"{column}_{index}": _value(_numbered(leaf, index), column) for index in range(len(labels))}
        compared.tables[key] = DataTable([Row(values)] if labels else [])
    return {
        "column": column,
        "reportData": compared,
        "metadata": {"metrics": _spans(compared, names), "dimension": facts["dimension"], "columns": metrics},
    }


def _numbered(table: Any, index: int) -> Row | None:
    return next((row for row in table if row.metadata.get(INDEX) == index), None)


def _value(row: Row | None, column: str) -> float | int:
    """A cell's number; that of a percentage is what stands before its sign."""
    cell = row.columns.get(column) if row is not None else None
    if isinstance(cell, str):
        found = _NUMBER.match(cell.replace(",", "."))
        return float(found[0]) if found else 0
    return cell if isinstance(cell, int | float) else 0


def _spans(table: TableMap, metrics: dict[str, str]) -> dict[str, Any]:
    """Name, smallest and largest value since the first one above 0, and change from first to last, of each metric."""
    rows = [leaf.first_row for leaf in table_leaves(table)]
    spans: dict[str, Any] = {}
    for metric, name in metrics.items():
        values = [_value(row, metric) for row in rows]
        span: dict[str, Any] = {"name": name}
        start = next((index for index, value in enumerate(values) if value > 0), None)
        if start is not None:
            span |= {"min": min(values[start:]), "max": max(values[start:])}
        if values and values[0]:
            change = round_half_up((values[-1] - values[0]) / values[0] * 100)
            span["change"] = f"{'+' if change >= 0 else ''}{change}%"
        spans[metric] = span
    return spans


def _address(row: Row, report: Report) -> str:
    """The row's link without its scheme, in reports whose rows are addresses or websites."""
    url = row.metadata.get("url")
    has_links = report.segment.endswith("Url") or report.dimension_id.endswith(".Website")
    return _SCHEME.sub("", url) if url and has_links else ""


def _display(label: str, report: Report, context: Context, id_site: int) -> str:
    """A label as asked for, readable: folders of a site as address, other levels with dashes."""
    if report.segment == "pageUrl":
        host = context.site(id_site).main_url.partition("://")[2].partition("/")[0]
        path = _LEVELS.sub("/", label)
        label = f"{host}/{path}/"
    return label.replace(">", " - ").replace("@", "")
