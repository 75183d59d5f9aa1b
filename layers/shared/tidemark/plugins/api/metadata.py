"""What reports there are: names, dimensions and metrics, as clients read them before they ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from tidemark.model.errors import ApiError, BadParameter
from tidemark.plugin import Access, Context, Metric, Plugins, ProcessedMetric, Report, method, url_encoded
from tidemark.plugin.metrics import ACTIONS_PER_VISIT, AVG_TIME_ON_SITE, BOUNCE_RATE, CONVERSION_RATE
from tidemark.plugins.api.main_metrics import complete

Metadata = dict[str, Any]

CATEGORIES = ("All Websites", "Visitors", "Actions", "Referrers", "Ecommerce", "Goals", "API")
"""Categories in the order in which reports are listed; others come before the last one."""
DAY = "day"
OF_DAYS_ONLY = frozenset({"nb_uniq_visitors", "nb_users"})
"""Metrics that tables of longer periods cannot have."""
_ON_REQUEST = {metric.name: metric for metric in (ACTIONS_PER_VISIT, AVG_TIME_ON_SITE, BOUNCE_RATE, CONVERSION_RATE)}
_GOAL_METRICS = {"nb_conversions": "Conversions", "revenue": "Revenue"}
_GOAL_PROCESSED = {"revenue_per_visit": "Revenue per Visit"}
_GOAL_TYPES = {
    "revenue_per_visit": "money",
    "nb_conversions": "number",
    "conversion_rate": "percent",
    "revenue": "money",
}


@method("API.getReportMetadata", Access.VIEW)
def get_report_metadata(
    context: Context,
    idSites: list[int] | None = None,
    period: str = "",  # noqa: ARG001
    date: str = "",  # noqa: ARG001
    hideMetricsDoc: bool = False,
    showSubtableReports: bool = False,
    idSite: int | None = None,
) -> list[Metadata]:
    """All reports, by category.

    Raises: ApiError without a site.
    """
    sites = [idSite] if idSite else idSites
    if not sites:
        raise BadParameter("Name at least one site in idSite: reports differ from site to site.")
    if not idSite:
        context.call("API.getReportMetadata", idSite=sites[0])  # checks that the caller may see it
    return [
        describe(report, context, hides_documentation=hideMetricsDoc)
        for report in listed_reports(context)
        if showSubtableReports or not report.is_subtable
    ]


@method("API.getMetadata", Access.VIEW)
def get_metadata(
    context: Context,
    idSite: str,  # noqa: ARG001
    apiModule: str,
    apiAction: str,
    apiParameters: dict[str, str] | None = None,
    language: str = "",  # noqa: ARG001
    period: str = "",  # noqa: ARG001
    date: str = "",  # noqa: ARG001
    hideMetricsDoc: bool = False,
    showSubtableReports: bool = False,  # noqa: ARG001
) -> list[Metadata]:
    """The one report of that name, in a list.

    Raises: ApiError when there is none.
    """
    report = find_report(context, f"{apiModule}.{apiAction}", apiParameters or {})
    return [describe(report, context, hides_documentation=hideMetricsDoc)]


def find_report(context: Context, name: str, parameters: dict[str, Any]) -> Report:
    """The listed report of a method, with the fixed parameters that the call gives. Raises: ApiError."""
    for report in listed_reports(context):
        fixed = report.parameters or {}
        if report.method == name and all(str(parameters.get(key)) == value for key, value in fixed.items()):
            return report
    raise ApiError(f"There is no report {name}.")


def listed_reports(context: Context) -> list[Report]:
    """All reports that have metadata, by category and order."""
    reports = context.service(Plugins).reports()
    listed = (complete(report, reports) for report in reports if report.is_listed)
    return sorted(listed, key=_place)


def describe(report: Report, context: Context, *, hides_documentation: bool = False) -> Metadata:
    """A report's metadata, without what is empty. Source: Matomo 5.2, API.getReportMetadata."""
    shown = shown_names(context)
    if report.dimension and str(context.params.get("period") or DAY) != DAY:
        report = replace(report, metrics=tuple(name for name in report.metrics if name not in OF_DAYS_ONLY))
    known = _known_metrics(context)
    module, _, action = report.method.partition(".")
    processed = {name: metric for name, metric in processed_metrics(report).items() if shown(name)}
    listed = {name: metric.label for name, metric in processed.items()}
    if report.has_goal_metrics:
        listed.pop("conversion_rate", None)  # it would differ from the rates of the single goals
    metrics = {name: report.labels.get(name) or _label(known.get(name), name) for name in report.metrics if shown(name)}
    documented: dict[str, Metric | ProcessedMetric | None] = {
        **{name: known.get(name) for name in metrics},
        **processed,
    }
    metadata: Metadata = {
        "category": report.category,
        "subcategory": report.subcategory,
        "name": report.name,
        "module": module,
        "action": action,
        "parameters": dict(report.parameters or {}),
        "dimension": report.dimension,
        "documentation": report.documentation,
        "isSubtableReport": report.is_subtable,
        "metrics": metrics,
        "metricsDocumentation": {}
        if hides_documentation
        else {name: metric.documentation for name, metric in documented.items() if metric and metric.documentation},
        "processedMetrics": listed,
        "metricTypes": {name: metric.type if metric else "number" for name, metric in documented.items()},
        "actionToLoadSubTables": report.load_subtables.partition(".")[2] or report.load_subtables,
        "constantRowsCount": report.constant_rows,
        "metricsGoal": dict(_GOAL_METRICS) if report.has_goal_metrics else {},
        "processedMetricsGoal": dict(_GOAL_PROCESSED) if report.has_goal_metrics else {},
        "metricTypesGoal": dict(_GOAL_TYPES) if report.has_goal_metrics else {},
        "uniqueId": unique_id(report),
    }
    return {name: value for name, value in metadata.items() if value}


def processed_metrics(report: Report) -> dict[str, ProcessedMetric]:
    """Processed metrics by name: the report's own and those that it offers on request."""
    own = {
        metric.name: metric for metric in report.processed if metric.is_listed and metric.name not in report.unlisted
    }
    offered = {name: _ON_REQUEST[name] for name in report.on_request if name in _ON_REQUEST}
    return {**own, **offered}


def unique_id(report: Report) -> str:
    """Module_action, and the fixed parameters, as one name."""
    fixed = "".join(
        f"_{name}--{url_encoded(value).replace('%', '')}" for name, value in (report.parameters or {}).items()
    )
    return report.method.replace(".", "_", 1) + fixed


def _place(report: Report) -> tuple[int, int]:
    last = len(CATEGORIES) - 1
    position = CATEGORIES.index(report.category) if report.category in CATEGORIES else last - 1
    return position, report.order


def _known_metrics(context: Context) -> dict[str, Metric]:
    plugins = context.service(Plugins)
    return {metric.name: metric for plugin in plugins.all for metric in plugin.metrics}


def _label(metric: Metric | None, name: str) -> str:
    return metric.label if metric is not None else name


def shown_names(context: Context) -> Callable[[str], bool]:
    """Which metrics the parameters showColumns and hideColumns leave."""
    kept = _names(context.params.get("showColumns"))
    hidden = _names(context.params.get("hideColumns"))
    return lambda name: name not in hidden and (not kept or name in kept)


def _names(value: Any) -> set[str]:
    parts: Iterable[Any] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    return {str(part).strip() for part in parts if str(part).strip()}
