"""Reports as parts of pages: what a dashboard offers and how it groups it. Source: Matomo 5.2, API.getWidgetMetadata."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from tidemark.plugin import Access, Context, method

Metadata = dict[str, Any]

CATEGORIES: Final = {
    "Visitors": ("General_Visitors", 5, "icon-reporting-visitors"),
    "Actions": ("General_Actions", 10, "icon-reporting-actions"),
    "Referrers": ("Referrers_Referrers", 15, "icon-reporting-referer"),
    "Ecommerce": ("Goals_Ecommerce", 20, "icon-reporting-ecommerce"),
    "Goals": ("Goals_Goals", 25, "icon-reporting-goal"),
}
"""Categories that have pages: id, place and icon."""
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
    widgets = [_widget(report) for report in _reports(context, idSite)]
    return sorted(widgets, key=_place)


@method("API.getReportPagesMetadata", Access.VIEW)
def get_report_pages_metadata(context: Context, idSite: int) -> list[Metadata]:
    """The pages by category, each with its widgets in order."""
    pages: dict[str, list[Metadata]] = {}
    for widget in sorted(get_widget_metadata(context, idSite), key=lambda one: one["order"]):
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
    found: list[Metadata] = context.call("API.getReportMetadata", idSite=id_site, hideMetricsDoc=1)
    return (report for report in found if report["category"] in CATEGORIES)


def _widget(report: Metadata) -> Metadata:
    parameters = report.get("parameters", {})
    category, order, icon = CATEGORIES[report["category"]]
    page = report.get("subcategory") or _OVERVIEW
    return {
        "name": report["name"],
        "category": {
            "id": category,
            "name": report["category"],
            "order": order,
            "icon": icon,
            "help": "",
            "widget": None,
        },
        "subcategory": {"id": page, "name": page, "order": 0 if page == _OVERVIEW else 50, "help": ""},
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
