"""Reports as parts of pages: what a dashboard offers and how it groups it. Source: Matomo 5.2, API.getWidgetMetadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tidemark.model.registry import Registry
from tidemark.plugin import Access, Context, method

Metadata = dict[str, Any]

CATEGORIES: Final = {
    "Visitors": ("General_Visitors", "Visitors", 5, "icon-reporting-visitors"),
    "Actions": ("General_Actions", "Behaviour", 10, "icon-reporting-actions"),
    "Referrers": ("Referrers_Referrers", "Acquisition", 15, "icon-reporting-referer"),
    "Ecommerce": ("Goals_Ecommerce", "Ecommerce", 20, "icon-reporting-ecommerce"),
    "Goals": ("Goals_Goals", "Goals", 25, "icon-reporting-goal"),
}
"""Categories that have pages: id, what their pages are headed by, place and icon."""
SUBCATEGORIES: Final = {
    "Overview": ("General_Overview", 2),
    "Locations": ("UserCountry_SubmenuLocations", 10),
    "Devices": ("DevicesDetection_Devices", 15),
    "Software": ("DevicesDetection_Software", 20),
    "Times": ("VisitTime_SubmenuTimes", 35),
    "User IDs": ("UserId_UserReportTitle", 40),
    "Custom Variables": ("CustomVariables_CustomVariables", 45),
    "Pages": ("General_Pages", 5),
    "Entry pages": ("Actions_SubmenuPagesEntry", 10),
    "Exit pages": ("Actions_SubmenuPagesExit", 15),
    "Page titles": ("Actions_SubmenuPageTitles", 20),
    "Site Search": ("Actions_SubmenuSitesearch", 25),
    "Outlinks": ("General_Outlinks", 30),
    "Downloads": ("General_Downloads", 35),
    "Events": ("Events_Events", 40),
    "Contents": ("Contents_Contents", 45),
    "Engagement": ("VisitorInterest_Engagement", 46),
    "Performance": ("PagePerformance_Performance", 47),
    "All Channels": ("Referrers_WidgetGetAll", 5),
    "Search Engines & Keywords": ("Referrers_SubmenuSearchEngines", 10),
    "Websites": ("Referrers_SubmenuWebsitesOnly", 15),
    "Social Networks": ("Referrers_Socials", 16),
    "Campaigns": ("Referrers_Campaigns", 20),
    "Products": ("Goals_Products", 10),
}
"""Pages that Matomo's clients know: id and place in their category. Source: Matomo 5.2, order of subcategories."""
_OTHER_PAGES: Final = 70
"""The place of all other pages, those of custom dimensions among them: after the known ones."""
_GOALS: Final = "Goals"
_FIRST_GOAL: Final = 900
"""The place of the first goal's page; those of the others follow by name. Source: Matomo 5.2, plugins/Goals."""
_COMPARISONS_DISABLED: Final = (
    "General_Visitors.Live_VisitorLog",
    "General_Visitors.General_RealTime",
    "General_Visitors.UserCountryMap_RealTimeMap",
    "General_Actions.Transitions_Transitions",
    "MultiSites.index",
    "Referrers_Referrers.Referrers_URLCampaignBuilder",
)
_OVERVIEW: Final = "Overview"
_EVOLUTION: Final = "graphEvolution"
_TABLE: Final = "table"


@method("API.getWidgetMetadata", Access.VIEW)
def get_widget_metadata(context: Context, idSite: int) -> list[Metadata]:
    """Every report of a page as widget, by category, page and id."""
    return sorted(_widgets(context, idSite), key=_place)


@method("API.getReportPagesMetadata", Access.VIEW)
def get_report_pages_metadata(context: Context, idSite: int) -> list[Metadata]:
    """The pages by category, each with its widgets in order: that of the reports, those without rows first."""
    pages: dict[str, list[Metadata]] = {}
    for widget in sorted(_widgets(context, idSite), key=lambda one: one["order"]):
        pages.setdefault(f"{widget['category']['id']}.{widget['subcategory']['id']}", []).append(widget)
    made = [
        {
            "uniqueId": name,
            "category": widgets[0]["category"],
            "subcategory": widgets[0]["subcategory"],
            "widgets": widgets,
        }
        for name, widgets in pages.items()
    ]
    return sorted(made, key=lambda page: (page["category"]["order"], page["subcategory"]["order"], page["uniqueId"]))


@method("API.getPagesComparisonsDisabledFor")
def get_pages_comparisons_disabled_for(_context: Context) -> list[str]:
    """Pages on which segments and periods are not compared."""
    return list(_COMPARISONS_DISABLED)


def _reports(context: Context, id_site: int) -> Iterable[Metadata]:
    """The reports of pages; those of goal 0 are the orders once more, which have a page of their own."""
    found: list[Metadata] = context.call("API.getReportMetadata", idSite=id_site, hideMetricsDoc=1)
    return (one for one in found if one["category"] in CATEGORIES and one.get("parameters", {}).get("idGoal") != "0")


def _widgets(context: Context, id_site: int) -> list[Metadata]:
    """The widgets in the order of their reports."""
    found = list(_reports(context, id_site))
    has_goals = any(one["category"] == _GOALS and _goal_of(one) for one in found)
    goals = (
        sorted(context.service(Registry).goals(id_site), key=lambda goal: (goal.name, goal.idgoal)) if has_goals else ()
    )
    pages = {str(goal.idgoal): (goal.name, _FIRST_GOAL + place) for place, goal in enumerate(goals)}
    return [_widget(report, pages) for report in found]


def _goal_of(report: Metadata) -> str:
    """The number of the goal that the report is about, empty for none."""
    goal = str(report.get("parameters", {}).get("idGoal", ""))
    return goal if goal.isdecimal() else ""


def _page(report: Metadata, goals: Mapping[str, tuple[str, int]]) -> tuple[str, str, int]:
    """Id, name and place of a report's page. Every goal has its own."""
    if report["category"] == _GOALS and _goal_of(report) in goals:
        return (_goal_of(report), *goals[_goal_of(report)])
    name = report.get("subcategory") or _OVERVIEW
    page_id, place = SUBCATEGORIES.get(name, (name, _OTHER_PAGES))
    return page_id, name, place


def _widget(report: Metadata, goals: Mapping[str, tuple[str, int]]) -> Metadata:
    parameters = report.get("parameters", {})
    category, heading, order, icon = CATEGORIES[report["category"]]
    page_id, page, place = _page(report, goals)
    return {
        "name": report["name"],
        "category": {
            "id": category,
            "name": heading,
            "order": order,
            "icon": icon,
            "help": "",
            "widget": None,
        },
        "subcategory": {"id": page_id, "name": page, "order": place, "help": ""},
        "module": report["module"],
        "action": report["action"],
        "order": 50 if "dimension" in report else 5,
        "parameters": {"module": report["module"], "action": report["action"], **parameters},
        "uniqueId": f"widget{report['module']}{report['action']}"
        + "".join(f"{name}{value}" for name, value in parameters.items()),
        "isWide": False,
        "viewDataTable": _TABLE if "dimension" in report else _EVOLUTION,
        "isReport": True,
    }


def _place(widget: Metadata) -> tuple[int, int, str]:
    return widget["category"]["order"], widget["subcategory"]["order"], widget["uniqueId"]
