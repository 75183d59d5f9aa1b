"""The pages about goals and orders: numbers, and reports with a goal's columns. Source: Matomo 5.2, plugins/Goals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tidemark.model.custom_dimension import ACTION_SCOPE
from tidemark.model.registry import Registry
from tidemark.plugin import BY_DIMENSION, Container, Context, Page, PagePart, Plugins, Report, Widget

_GOALS, _ORDERS, _OVERVIEW, _SALES, _MANAGE = "Goals", "Ecommerce", "Overview", "Sales", "Manage Goals"
_NEW = "Add a new Goal"
_ORDER, _CART = "ecommerceOrder", "ecommerceAbandonedCart"
_FIRST_PAGE = 900
"""The place of the first goal's page; those of the others follow by name."""
_LAST_PAGE = 9999
_ATTRIBUTES = "User attribute"
_GROUPS: Mapping[str, tuple[int, str, str, tuple[str, ...]]] = {
    "Visitors": (
        300,
        "Goals by User location",
        "Sales by User location",
        (
            *("UserCountry.getCountry", "UserCountry.getContinent", "UserCountry.getRegion", "UserCountry.getCity"),
            *("DevicesDetection.getType", "DevicesDetection.getModel", "DevicesDetection.getBrand"),
            "DevicesDetection.getBrowsers",
        ),
    ),
    _ATTRIBUTES: (400, "Goals by User attribute", "Sales by User attribute", ()),
    "Actions": (
        100,
        "Goals by Pages",
        "Sales by Pages",
        (
            *("Actions.getPageUrls", "Actions.getEntryPageUrls"),
            *("Actions.getEntryPageTitles", "Actions.getPageTitles"),
        ),
    ),
    "Referrers": (
        0,
        "Goals by Referrers",
        "Sales by Referrers",
        (
            *("Referrers.getReferrerType", "Referrers.getKeywords", "Referrers.getSearchEngines"),
            *("Referrers.getWebsites", "Referrers.getCampaigns"),
        ),
    ),
    "Goals": (
        200,
        "Goals engagement",
        "Sales engagement",
        ("Goals.getVisitsUntilConversion", "Goals.getDaysToConversion"),
    ),
}
"""Where the first report of each group stands, what the group is called and which reports stand first in it."""


PAGES: tuple[PagePart, ...] = (
    Page(_GOALS, _MANAGE, "Goals_ManageGoals", _LAST_PAGE, "Change, add and delete goals."),
    Page(_GOALS, _NEW, "Goals_AddNewGoal", _LAST_PAGE, "Say what counts as reaching the first goal."),
    Page(_ORDERS, _SALES, "Ecommerce_Sales", 15, "Which visits bring orders, from every side."),
)


def site_pages(context: Context, idsite: int) -> Iterator[PagePart]:
    """The overview of goals, that of orders where a site sells, and a page for every goal."""
    goals = context.service(Registry).goals(idsite)
    sells = context.site(idsite).ecommerce
    reports = _with_goals(context, idsite)
    yield from _overview(reports)
    if sells:
        yield from _orders(reports)
    for place, goal in enumerate(sorted(goals, key=lambda one: (one.name, -one.idgoal))):
        yield Page(_GOALS, goal.name, str(goal.idgoal), _FIRST_PAGE + place)
    for place, goal in enumerate(goals, 2 if sells else 1):
        yield from _goal(context, goal.idgoal, goal.name, place, reports, allow_multiple=goal.allow_multiple)
    managed = Widget("Goals.editGoals", _MANAGE, _GOALS, _MANAGE, is_offered=False)
    first = Widget("Goals.addNewGoal", _NEW, _GOALS, _NEW, parameters={"idGoal": ""}, is_offered=False)
    yield managed if goals else first


def _overview(reports: Sequence[Report]) -> Iterator[Container]:
    numbers = (
        _graph(_GOALS, _OVERVIEW),
        _numbers("Goals.getMetrics", _GOALS, _OVERVIEW),
        Widget("Goals.getSparklines", "", _GOALS, _OVERVIEW, 25, None, is_offered=False),
    )
    yield Container("GoalsOverview", numbers, _GOALS, _OVERVIEW, _OVERVIEW, 0)
    yield Container(
        "Goals",
        _by_dimension(reports, {"idGoal": "0"}),
        _GOALS,
        _OVERVIEW,
        "Conversions overview by type of visit",
        35,
        BY_DIMENSION,
        shown_if=_has_conversions(),
        is_offered=False,
    )


def _orders(reports: Sequence[Report]) -> Iterator[Container | Widget]:
    of_orders = {"idGoal": _ORDER}
    numbers = (
        _graph(_ORDERS, _OVERVIEW, of_orders),
        _numbers("Ecommerce.getSparklines", _ORDERS, _OVERVIEW, of_orders),
        _conversions("Ecommerce.getConversionsOverview", _ORDER),
    )
    yield Container("EcommerceOverview", numbers, _ORDERS, _OVERVIEW, "Ecommerce Overview", 1)
    further = {"segmented_visitor_log_segment_suffix": "visitEcommerceStatus==ordered"}
    parts = _by_dimension(reports, of_orders, further, is_of_orders=True)
    yield Container("GoalsOrder", parts, _ORDERS, _SALES, order=5, layout=BY_DIMENSION, parameters=of_orders)
    of_carts = {"idGoal": _CART}
    yield replace(_numbers("Goals.get", _ORDERS, _OVERVIEW, of_carts), name="Abandoned Carts", order=40)
    for place, (action, name) in enumerate(
        (("getVisitsUntilConversion", "Visits to Conversion"), ("getDaysToConversion", "Days to Conversion"))
    ):
        yield Widget(
            f"Goals.{action}",
            f"Abandoned Carts - {name}",
            _ORDERS,
            _OVERVIEW,
            41 + place,
            "table",
            parameters=of_carts,
            is_offered=False,
        )


def _goal(
    context: Context, idgoal: int, name: str, place: int, reports: Sequence[Report], *, allow_multiple: bool
) -> Iterator[Container]:
    page, of_goal = str(idgoal), {"idGoal": idgoal}
    numbers = (
        _graph(_GOALS, page, of_goal),
        _numbers("Goals.get", _GOALS, page, {**of_goal, "allow_multiple": int(allow_multiple)}),
        replace(_conversions("Goals.goalConversionsOverview", idgoal), page=page),
    )
    yield Container(f"Goal_{idgoal}", numbers, _GOALS, page, name, place)
    yield Container(
        f"Goals{idgoal}",
        _by_dimension(reports, of_goal),
        _GOALS,
        page,
        context.translate("Goal %s conversions by type of visit", name),
        35,
        BY_DIMENSION,
        shown_if=_has_conversions(idgoal),
        is_offered=False,
    )


def _graph(category: str, page: str, parameters: Mapping[str, Any] | None = None) -> Widget:
    return Widget(
        "Goals.getEvolutionGraph",
        "",
        category,
        page,
        5,
        "graphEvolution",
        is_forced=True,
        parameters=parameters or {},
        is_offered=False,
    )


def _numbers(method: str, category: str, page: str, parameters: Mapping[str, Any] | None = None) -> Widget:
    return replace(_graph(category, page, parameters), method=method, order=15, view="sparklines")


def _conversions(method: str, idgoal: int | str) -> Widget:
    return Widget(
        method,
        "Conversions Overview",
        _GOALS,
        str(idgoal),
        25,
        "table",
        parameters={"idGoal": idgoal},
        shown_if=_has_conversions(idgoal),
        is_offered=False,
    )


def _has_conversions(idgoal: int | str | None = None) -> dict[str, Any]:
    of_goal = {} if idgoal is None else {"idGoal": idgoal}
    return {"module": "Goals", "action": "hasConversions", **of_goal}


def _with_goals(context: Context, idsite: int) -> list[Report]:
    """The listed reports that have columns of goals, custom dimensions of visits among them."""
    reports = context.service(Plugins).reports()
    listed = [one for one in reports if one.is_listed and one.has_goal_metrics and not one.parameters]
    about = next((one for one in reports if one.method == "CustomDimensions.getCustomDimension"), None)
    dimensions = context.service(Registry).custom_dimensions(idsite) if about is not None else []
    return listed + [
        replace(
            about,
            name=one.name,
            category="Visitors",
            subcategory=f"customdimension{one.idcustomdimension}",
            parameters={"idDimension": str(one.idcustomdimension)},
        )
        for one in dimensions
        if about is not None and one.active and one.scope != ACTION_SCOPE
    ]


def _by_dimension(
    reports: Sequence[Report],
    parameters: Mapping[str, Any],
    further: Mapping[str, Any] | None = None,
    *,
    is_of_orders: bool = False,
) -> tuple[Widget, ...]:
    """The reports by their groups, each with the goal's columns."""
    found = []
    for name, (start, of_goals, of_orders, first) in _GROUPS.items():
        group = of_orders if is_of_orders else of_goals
        own = [report for report in reports if _group(report) == name]
        own.sort(key=lambda one: first.index(one.method) if one.method in first else len(first))
        found += [
            Widget(
                report.method,
                report.name,
                group,
                group,
                start + place,
                "table" if report.category == _GOALS else "tableGoals",
                is_forced=True,
                parameters={
                    "documentationForGoalsPage": "1",
                    **parameters,
                    **(report.parameters or {}),
                    **(further or {}),
                },
                is_offered=is_of_orders,
            )
            for place, report in enumerate(own, 1)
        ]
    return tuple(found)


def _group(report: Report) -> str:
    """The group in which a report's goal columns are shown; those of visitors have two."""
    named = next((name for name, (_, _, _, methods) in _GROUPS.items() if report.method in methods), "")
    if named:
        return named
    return report.category if report.category in _GROUPS and report.category != "Visitors" else _ATTRIBUTES
