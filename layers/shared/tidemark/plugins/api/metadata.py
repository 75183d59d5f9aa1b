"""What reports there are: names, dimensions and metrics, as clients read them before they ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tidemark.model.access import Role
from tidemark.model.custom_dimension import ACTION_SCOPE, CustomDimension
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.registry import Registry
from tidemark.model.table import LABEL
from tidemark.plugin import Access, Context, GoalNames, Metric, Plugins, ProcessedMetric, Report, method, url_encoded
from tidemark.plugin.metrics import ACTIONS_PER_VISIT, AVG_TIME_ON_SITE, BOUNCE_RATE, CONVERSION_RATE
from tidemark.plugins.api.main_metrics import complete

Metadata = dict[str, Any]

CATEGORIES = ("All Websites", "Visitors", "Actions", "Referrers", "Ecommerce", "Goals", "API")
"""Categories in the order in which reports are listed; others come before the last one."""
SUBCATEGORIES = (
    *("Overview", "Locations", "Devices", "Software", "Times", "User IDs", "Custom Variables"),
    *("Pages", "Entry pages", "Exit pages", "Page titles", "Site Search", "Outlinks", "Downloads", "Events"),
    *("Contents", "Engagement", "Performance"),
    *("All Channels", "Search Engines & Keywords", "Websites", "Social Networks", "Campaigns"),
    "Products",
)
"""Subcategories in the order in which those of one category are listed; reports without one stand before them.

Source: Matomo 5.2, order of subcategories.
"""
ECOMMERCE = "Ecommerce"
SITE_SEARCH = "Site Search"
GOALS = "Goals"
GOALS_OVERVIEW = "Goals Overview"
_GOALS_FROM = 50
OF_DIMENSION = "CustomDimensions.getCustomDimension"
_RATES_OF_VISITS = frozenset({"avg_time_on_site", "bounce_rate", "nb_actions_per_visit"})
_RATES_OF_ACTIONS = frozenset({"avg_time_on_dimension", "bounce_rate", "exit_rate", "avg_time_generation"})
_LABELS_OF_ACTIONS = {"nb_hits": "Actions", "nb_visits": "Unique Actions"}
"""What counts of a dimension of actions are called in its report."""
DAY = "day"
ALL_SITES = "all"
OF_DAYS_ONLY = frozenset({"nb_uniq_visitors", "nb_users"})
"""Metrics that tables of longer periods cannot have."""
OF_ALL_VISITS = "VisitsSummary.get"
"""The report that has them for every period."""
_ON_REQUEST = {metric.name: metric for metric in (ACTIONS_PER_VISIT, AVG_TIME_ON_SITE, BOUNCE_RATE, CONVERSION_RATE)}
_RATES = {"exit_rate": ProcessedMetric("exit_rate", "Exit rate", (), lambda _columns: None, "percent")}
"""Metrics that only their type is known of."""
_OF_VISITS = GoalNames(
    {"nb_conversions": "Conversions", "revenue": "Revenue"},
    {"revenue_per_visit": "Revenue per Visit"},
    {"revenue_per_visit": "money", "nb_conversions": "number", "conversion_rate": "percent", "revenue": "money"},
)
_TYPES = {"float": "number"}
"""Types that clients know by another name."""


@method("API.getReportMetadata", Access.VIEW)
def get_report_metadata(
    context: Context,
    idSites: list[str] | None = None,
    period: str = "",  # noqa: ARG001
    date: str = "",  # noqa: ARG001
    hideMetricsDoc: bool = False,
    showSubtableReports: bool = False,
    idSite: int | None = None,
) -> list[Metadata]:
    """All reports, by category; of several sites, or all, those that every site has.

    Raises: ApiError without a site.
    """
    sites = [idSite] if idSite else _sites(context, idSites or [])
    if not sites:
        raise BadParameter("Name at least one site in idSite: reports differ from site to site.")
    if not idSite:
        for site in sites:
            context.call("API.getReportMetadata", idSite=site)  # checks that the caller may see it
    names = Names.of(context)
    return [
        describe(report, context, names, hides_documentation=hideMetricsDoc)
        for report in listed_reports(context, sites)
        if showSubtableReports or not report.is_subtable
    ]


def _sites(context: Context, asked: Sequence[str]) -> list[int]:
    if list(asked) == [ALL_SITES]:
        return [one.idsite for one in context.service(Registry).sites() if context.identity.may(Role.VIEW, one.idsite)]
    return [int(one) for one in asked if str(one).isdecimal()]


@method("API.getMetadata", Access.VIEW)
def get_metadata(
    context: Context,
    idSite: str,
    apiModule: str,
    apiAction: str,
    apiParameters: dict[str, str] | None = None,
    language: str = "",  # noqa: ARG001
    period: str = "",  # noqa: ARG001
    date: str = "",  # noqa: ARG001
    hideMetricsDoc: bool = False,
    showSubtableReports: bool = False,  # noqa: ARG001
) -> list[Metadata] | bool:
    """The one report of that name, in a list; false when there is none."""
    try:
        report = find_report(context, f"{apiModule}.{apiAction}", apiParameters or {}, _numbers(idSite))
    except ApiError:
        return False
    return [describe(report, context, hides_documentation=hideMetricsDoc, lacks=lacking(report, context))]


def lacking(report: Report, context: Context) -> frozenset[str]:
    """The metrics that the one report of a call cannot have for its period."""
    is_of_days = str(context.params.get("period") or DAY) == DAY
    return frozenset() if is_of_days or report.method == OF_ALL_VISITS else OF_DAYS_ONLY


def _is_counted(name: str, report: Report, context: Context) -> bool:
    """Whether the report of all visits has the metric: unique visitors are not counted in periods of every kind."""
    if report.method != OF_ALL_VISITS or name != "nb_uniq_visitors":
        return True
    period = str(context.params.get("period") or DAY)
    return context.settings.flag(f"General.enable_processing_unique_visitors_{period}", default=True)


def find_report(context: Context, name: str, parameters: dict[str, Any], sites: Sequence[int] = ()) -> Report:
    """The listed report of a method: without parameters the one that has none fixed, else one that has all its own.

    Raises: ApiError when there is none, as for a goal of a report that is about no goals.
    Source: Matomo 5.2, API.getMetadata.
    """
    found = [
        report
        for report in _useful(_all_reports(context, sites), context, sites)
        if report.method == name
        and bool(report.parameters) == bool(parameters)
        and all(str(parameters.get(key)) == value for key, value in (report.parameters or {}).items())
    ]
    if not found:
        given = ", ".join(f"{key}={value}" for key, value in parameters.items())
        raise ApiError(f"There is no report {name}{given and f' with {given}'}.")
    return max(found, key=lambda report: len(report.parameters or {}))


def listed_reports(context: Context, sites: Sequence[int] = ()) -> list[Report]:
    """All reports that have metadata, by category, subcategory and order; those that a site has no use for left out."""
    return sorted(_useful(_all_reports(context, sites), context, sites), key=_place)


def _useful(reports: Iterable[Report], context: Context, sites: Sequence[int]) -> Iterator[Report]:
    """Those that the site has a use for: one that sells nothing has no orders, one without searches none of them.

    Several sites together have neither.
    """
    site = context.site(sites[0]) if len(sites) == 1 else None
    useless = {ECOMMERCE, SITE_SEARCH} if sites else set()
    if site is not None:
        useless -= {name for name, has in ((ECOMMERCE, site.ecommerce), (SITE_SEARCH, site.sitesearch)) if has}
    return (one for one in reports if not useless & {one.category, one.subcategory})


def _all_reports(context: Context, sites: Sequence[int]) -> list[Report]:
    """All listed reports, with those of every goal if there is one site."""
    reports = context.service(Plugins).reports()
    listed = [complete(report, reports) for report in reports if report.is_listed]
    if len(sites) != 1:
        return [*listed, *(goal_reports(listed, []) if sites else ())]
    registry = context.service(Registry)
    goals = [(goal.idgoal, goal.name) for goal in registry.goals(sites[0])]
    dimensions = [one for one in registry.custom_dimensions(sites[0]) if one.active]
    return [*listed, *goal_reports(listed, goals), *dimension_reports(reports, dimensions)]


def _numbers(idSite: str) -> list[int]:
    parts = [part.strip() for part in idSite.split(",")]
    return [int(part) for part in parts] if all(part.isdecimal() for part in parts) else []


def first_site(idSite: int | str) -> int:
    """The site of a report that is about one: of several, the first.

    Raises: BadParameter without any, as for all of them.
    Source: Matomo 5.2, API.getProcessedReport and getRowEvolution.
    """
    sites = _numbers(str(idSite))
    if not sites:
        raise BadParameter(f"Name one site in idSite, by its number: '{idSite}' is none.")
    return sites[0]


@dataclass(frozen=True, slots=True)
class Names:
    """What metadata call metrics and other reports, found once for all reports of a call."""

    metrics: Mapping[str, Metric]
    reports: Mapping[str, Report]
    """By method; of several with one name the first."""
    listed: Mapping[str, str]
    """Names of the reports that have metadata, by method."""

    @classmethod
    def of(cls, context: Context) -> Names:
        """The names that the instance's plugins give."""
        plugins = context.service(Plugins)
        reports = plugins.reports()
        return cls(
            {metric.name: metric for plugin in plugins.all for metric in plugin.metrics},
            {report.method: report for report in reversed(reports)},
            {report.method: report.name for report in reports if report.is_listed},
        )


def describe(
    report: Report,
    context: Context,
    names: Names | None = None,
    *,
    hides_documentation: bool = False,
    lacks: Collection[str] = (),
) -> Metadata:
    """A report's metadata, without what is empty; what it lacks is documented, but no metric of it.

    Source: Matomo 5.2, API.getReportMetadata and getMetadata.
    """
    shown = shown_names(context)
    names = names or Names.of(context)
    known = names.metrics
    module, _, action = report.method.partition(".")
    processed = {name: metric for name, metric in processed_metrics(report).items() if shown(name)}
    listed = {name: report.labels.get(name) or metric.label for name, metric in processed.items()}
    listed = {name: label for name, label in listed.items() if name not in report.unlisted}
    goals = (report.goal_metrics or _OF_VISITS) if report.has_goal_metrics else GoalNames({}, {}, {})
    goal_metrics = dict(goals.metrics)
    if report.has_goal_metrics and context.params.get("filter_update_columns_when_show_all_goals"):
        goal_metrics = {"nb_conversions": "", "conversion_rate": CONVERSION_RATE.label} | goal_metrics
    elif report.has_goal_metrics:
        listed.pop("conversion_rate", None)  # it would differ from the rates of the single goals
    chosen = [name for name in report.listed or report.metrics if shown(name) and _is_counted(name, report, context)]
    metrics = {name: report.labels.get(name) or _label(known.get(name) or processed.get(name), name) for name in chosen}
    documented: dict[str, Metric | ProcessedMetric | None] = {
        **{name: known.get(name) or _ON_REQUEST.get(name) or _RATES.get(name) for name in metrics if name != LABEL},
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
        "dimensions": _dimensions(report, names.reports),
        "metrics": {name: label for name, label in metrics.items() if name not in lacks},
        "metricsDocumentation": {}
        if hides_documentation
        else {name: metric.documentation for name, metric in documented.items() if metric and metric.documentation},
        "processedMetrics": listed,
        "metricTypes": {
            name: _TYPES.get(metric.type, metric.type) if metric else "number" for name, metric in documented.items()
        },
        "actionToLoadSubTables": report.load_subtables.rpartition(".")[2] if report.tells_subtables else "",
        "constantRowsCount": report.constant_rows,
        "relatedReports": _related(report, names.listed),
        "metricsGoal": goal_metrics,
        "processedMetricsGoal": dict(goals.processed),
        "metricTypesGoal": dict(goals.types),
        "uniqueId": unique_id(report),
    }
    return {name: value for name, value in metadata.items() if value}


def processed_metrics(report: Report) -> dict[str, ProcessedMetric]:
    """Processed metrics by name: the report's own and those that it offers on request."""
    own = {metric.name: metric for metric in report.processed if metric.is_listed}
    offered = {name: _ON_REQUEST[name] for name in report.on_request if name in _ON_REQUEST}
    return {**own, **offered}


def unique_id(report: Report) -> str:
    """Module_action, and the fixed parameters, as one name."""
    fixed = "".join(
        f"_{name}--{url_encoded(value).replace('%', '')}" for name, value in (report.parameters or {}).items()
    )
    return report.method.replace(".", "_", 1) + fixed


def goal_reports(reports: Iterable[Report], goals: Iterable[tuple[int, str]]) -> list[Report]:
    """The reports about all goals, once more for orders and for every goal of a site.

    Source: Matomo 5.2, plugins/Goals/Reports/Base.
    """
    overall = [report for report in reports if report.category == GOALS and not report.parameters]
    found = []
    for place, (idgoal, name) in enumerate([(0, GOALS_OVERVIEW), *goals]):
        for report in overall:
            is_rows = bool(report.dimension)
            own_name = f"{name} - {report.name}" if is_rows else f"Goal {name}" if idgoal else name
            found.append(
                replace(
                    report,
                    name=own_name,
                    parameters={"idGoal": str(idgoal)},
                    order=_GOALS_FROM + place * len(overall) + overall.index(report),
                    has_goal_metrics=False,
                )
            )
    return found


def dimension_reports(reports: Iterable[Report], dimensions: Iterable[CustomDimension]) -> list[Report]:
    """The report about custom dimensions, once for every dimension of a site.

    Source: Matomo 5.2, plugins/CustomDimensions (reports of a site's dimensions).
    """
    about = next((report for report in reports if report.method == OF_DIMENSION), None)
    return [] if about is None else [_about_dimension(about, dimension) for dimension in dimensions]


def _about_dimension(report: Report, dimension: CustomDimension) -> Report:
    is_action = dimension.scope == ACTION_SCOPE
    rates = _RATES_OF_ACTIONS if is_action else _RATES_OF_VISITS
    return replace(
        report,
        name=dimension.name,
        category="Actions" if is_action else "Visitors",
        subcategory=f"customdimension{dimension.idcustomdimension}",
        dimension=dimension.name,
        metrics=("nb_hits", "nb_visits") if is_action else ("nb_visits", "nb_actions"),
        processed=tuple(metric for metric in report.processed if metric.name in rates),
        labels={**report.labels, **(_LABELS_OF_ACTIONS if is_action else {})},
        parameters={"idDimension": str(dimension.idcustomdimension)},
        order=report.order + dimension.idcustomdimension,
        has_goal_metrics=False,
        is_listed=True,
    )


def _related(report: Report, listed: Mapping[str, str]) -> list[dict[str, str]]:
    """Name, module and action of the reports that belong to it."""
    parts = [(listed[name], *name.split(".", 1)) for name in report.related if name in listed]
    return [dict(zip(("name", "module", "action"), part, strict=True)) for part in parts]


def _dimensions(report: Report, reports: Mapping[str, Report]) -> dict[str, str]:
    """Names of a report's dimension and of that of its subtables, where it is another one."""
    below = reports.get(report.load_subtables)
    if below is None or not below.dimension or below.dimension_id == report.dimension_id:
        return {}
    return {one.dimension_id.replace(".", "_"): one.dimension for one in (report, below)}


def _place(report: Report) -> tuple[int, int, int]:
    last = len(CATEGORIES) - 1
    position = CATEGORIES.index(report.category) if report.category in CATEGORIES else last - 1
    within = SUBCATEGORIES.index(report.subcategory) if report.subcategory in SUBCATEGORIES else -1
    if report.method == OF_DIMENSION:
        within = len(SUBCATEGORIES)
    return position, within, report.order


def _label(metric: Metric | ProcessedMetric | None, name: str) -> str:
    return metric.label if metric is not None else name


def shown_names(context: Context) -> Callable[[str], bool]:
    """Which metrics the parameters showColumns and hideColumns leave."""
    kept = _names(context.params.get("showColumns"))
    hidden = hidden_names(context)
    return lambda name: name not in hidden and (not kept or name in kept)


def hidden_names(context: Context) -> set[str]:
    """What the parameter hideColumns names."""
    return _names(context.params.get("hideColumns"))


def _names(value: Any) -> set[str]:
    parts: Iterable[Any] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    return {str(part).strip() for part in parts if str(part).strip()}
