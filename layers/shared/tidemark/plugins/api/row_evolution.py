"""API.getRowEvolution: one row of a report, or several, over time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_plus, urlsplit

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError, BadDate, BadParameter
from tidemark.model.period_query import is_multiple_date
from tidemark.model.rounding import round_half_up
from tidemark.model.table import DataTable, Row, TableMap, table_leaves
from tidemark.plugin import Access, Context, Report, method
from tidemark.plugins.api.goal_evolution import GoalEvolution, goal_evolution
from tidemark.plugins.api.metadata import describe, find_report, first_site, lacking

INDEX = "label_index"
LOGO = "logo"
PRETTY_LABELS = "labelPretty"
_SCHEME = re.compile(r"^https?://(www\.)?", re.IGNORECASE)
_LEVELS = re.compile(r"\s*>\s*")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_ADDRESSES_OF_PAGES = frozenset({"pageUrl", "entryPageUrl", "exitPageUrl"})
_OWN_PARAMETERS = frozenset({"method", "module", "format", "apiModule", "apiAction", "column", "idGoal", "idDimension"})
"""Parameters that say something about the evolution; all others are passed on to the report."""


@dataclass(frozen=True, slots=True)
class _Evolution:
    """What is known before the rows are looked at: the report, its metrics by name, and how rows shall be called."""

    context: Context
    report: Report
    metrics: dict[str, str]
    uses_url: bool
    id_site: int

    def address(self, row: Row) -> str:
        """The row's link without its scheme, in reports whose rows are addresses or websites."""
        url = row.metadata.get("url")
        has_links = self.report.segment.endswith("Url") or self.report.dimension_id.endswith(".Website")
        return _SCHEME.sub("", url) if url and has_links and self.uses_url else ""

    def pretty_labels(self) -> list[str]:
        """How the call wants its labels to be shown, by their place."""
        return _parts(self.context.params.get(PRETTY_LABELS))


@method("API.getRowEvolution", Access.VIEW, raw_strings=True)
def get_row_evolution(
    context: Context,
    idSite: int | str,
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
    labelSeries: list[int] | None = None,
    showGoalMetricsForGoal: str = "",
) -> dict[str, Any]:
    """The row's metrics per date with smallest and largest value and change; several rows side by side.

    Of several sites the first is meant.

    Rows of compared series are chosen by ``labelSeries`` (the place of each label's series); with
    ``showGoalMetricsForGoal`` (a goal, ``ecommerceOrder``, 0 for all goals, -1 for their rates) the metrics are those
    of goals.

    Raises: ApiError for a single date, a report that has no rows, or a series that is not compared.
    """
    period = "day" if period == "range" else period
    if not is_multiple_date(date):
        raise BadDate("A row's evolution needs several dates: lastN, previousN or two dates, and a period within them.")
    given = {name: value for name, value in (("idGoal", idGoal), ("idDimension", idDimension)) if value}
    site = first_site(idSite)
    fixed = {name: value for name, value in given.items() if value.isdecimal()}
    report = find_report(context, f"{apiModule}.{apiAction}", fixed, [site])
    if not report.dimension:
        raise ApiError(f"{report.method} has no rows, so none of them has an evolution.")
    metadata = describe(report, context, lacks=lacking(report, context))
    metrics = {**metadata.get("metrics", {}), **metadata.get("processedMetrics", {})}
    goals = goal_evolution(context, site, showGoalMetricsForGoal, metrics) if showGoalMetricsForGoal else None
    metrics = metrics if goals is None else goals.metrics
    labels = _labels(label, is_unique=not labelSeries)
    params = _report_parameters(context, metrics, labels, goals, given) | {
        "idSite": site,
        "period": period,
        "date": date,
        "segment": segment,
    }
    calls = context.service(Calls)
    series = _series_names(calls.series_names(report.method, params), labelSeries) if labelSeries else []
    table = calls.processed(report.method, params)
    if not isinstance(table, TableMap):
        raise ApiError("A row's evolution is that of one site.")
    if not labels:
        labels = _number_labels(table, context.params.get("filter_limit"))
    evolution = _Evolution(context, report, metrics, labelUseAbsoluteUrl, site)
    if len(labels) == 1:
        return _one_row(table, evolution, labels[0])
    return _several_rows(table, evolution, labels, series, column, names_metric=legendAppendMetric)


def _report_parameters(
    context: Context, metrics: dict[str, str], labels: list[str], goals: GoalEvolution | None, given: dict[str, str]
) -> dict[str, Any]:
    """The parameters of the report's call: those of this one, for all rows with the labels."""
    inherited = {name: value for name, value in context.params.items() if name not in _OWN_PARAMETERS}
    params: dict[str, Any] = {
        "format_metrics": "bc",
        **inherited,
        **(goals.parameters if goals is not None else {}),
        **given,
        "label": [quote(text, safe="") for text in labels],
        "filter_limit": -1,
        "labelFilterAddLabelIndex": int(len(labels) > 1),
    }
    if "nb_visits" in metrics:
        params["filter_add_columns_when_show_all_columns"] = 0
    return params


def _series_names(names: Sequence[str], series: Sequence[int]) -> list[str]:
    """The names of the series at these places. Raises: BadParameter."""
    if not all(0 <= number < len(names) for number in series):
        raise BadParameter(f"'labelSeries' takes the places of compared series, 0 to {len(names) - 1} here.")
    return [names[number] for number in series]


def _parts(value: Any) -> list[str]:
    """The texts in a list or in a text with commas."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return [str(part) for part in parts]


def _labels(value: Any, *, is_unique: bool) -> list[str]:
    """The labels asked for, from a list or a text with commas; each once unless each has a series of its own."""
    labels = [part.replace("&gt;", ">") for part in _parts(value) if part]
    return list(dict.fromkeys(labels)) if is_unique else labels


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


def _one_row(table: TableMap, evolution: _Evolution, label: str) -> dict[str, Any]:
    address, logo = "", None
    for leaf in table_leaves(table):
        row = leaf.first_row
        if row is None:
            continue
        if not address:
            address = evolution.address(row)
            logo = logo or row.metadata.get(LOGO)
        row.columns = {name: value for name, value in row.columns.items() if name in evolution.metrics}
        row.metadata, row.subtable, row.subtable_id = {}, None, None
    shown = str(evolution.context.params.get(PRETTY_LABELS) or label)
    answer: dict[str, Any] = {
        "label": address or unquote_plus(_display(shown, evolution)),
        "reportData": table,
        "metadata": {"metrics": _spans(table, evolution.metrics, {}), "dimension": evolution.report.dimension},
    }
    return answer | ({LOGO: logo} if logo else {})


def _several_rows(
    table: TableMap, evolution: _Evolution, labels: list[str], series: list[str], column: str, *, names_metric: bool
) -> dict[str, Any]:
    metrics = evolution.metrics
    column = column if column in metrics else next(iter(metrics), "")
    names: dict[str, str] = {}
    logos: dict[str, Any] = {}
    pretty = evolution.pretty_labels()
    for index, label in enumerate(labels):
        rows = [row for leaf in table_leaves(table) if (row := _numbered(leaf, index)) is not None]
        address = next((found for row in rows if (found := evolution.address(row))), "")
        wanted = pretty[index] if index < len(pretty) else ""
        name = wanted or address or unquote_plus(label.replace(">", " - "))
        name = f"{name} {series[index]}" if index < len(series) else name
        names[f"{column}_{index}"] = f"{name} ({metrics[column]})" if names_metric and column else name
        logos[f"{column}_{index}"] = next((row.metadata[LOGO] for row in rows if row.metadata.get(LOGO)), None)
    compared = TableMap(table.key_name)
    for key, leaf in table.tables.items():
        values = {f"{column}_{index}": _value(_numbered(leaf, index), column) for index in range(len(labels))}
        compared.tables[key] = DataTable([Row(values)] if labels else [])
    return {
        "column": column,
        "reportData": compared,
        "metadata": {
            "metrics": _spans(compared, names, logos),
            "dimension": evolution.report.dimension,
            "columns": metrics,
        },
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


def _spans(table: TableMap, metrics: dict[str, str], logos: dict[str, Any]) -> dict[str, Any]:
    """Name, smallest and largest value since the first one above 0, and change from first to last, of each metric."""
    rows = [leaf.first_row for leaf in table_leaves(table)]
    spans: dict[str, Any] = {}
    for metric, name in metrics.items():
        values = [_value(row, metric) for row in rows]
        span: dict[str, Any] = {"name": name} | ({LOGO: logos[metric]} if logos.get(metric) else {})
        start = next((index for index, value in enumerate(values) if value > 0), None)
        if start is not None:
            span |= {"min": min(values[start:]), "max": max(values[start:])}
        if values and values[0]:
            change = round_half_up((values[-1] - values[0]) / values[0] * 100)
            span["change"] = f"{'+' if change >= 0 else ''}{change}%"
        spans[metric] = span
    return spans


def _display(label: str, evolution: _Evolution) -> str:
    """A label as asked for, readable: folders of a site as address, other levels with dashes."""
    if evolution.report.segment in _ADDRESSES_OF_PAGES:
        host = urlsplit(evolution.context.site(evolution.id_site).main_url).hostname or ""
        label = f"{host}/{_LEVELS.sub('/', label)}/"
    return label.replace(">", " - ").replace("@", "")
