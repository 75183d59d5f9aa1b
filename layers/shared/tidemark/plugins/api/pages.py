"""Categories and pages of reports that clients know. Source: Matomo 5.2, API.getReportPagesMetadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tidemark.plugin import Page

Metadata = dict[str, Any]
_LAST: Final = 99


@dataclass(frozen=True, slots=True)
class Category:
    """A part of the menu: its id, what it is headed by, its place and icon."""

    id: str
    heading: str
    order: int = _LAST
    icon: str = ""
    help: str = ""


CATEGORIES: Final[Mapping[str, Category]] = {
    "Dashboard": Category("Dashboard_Dashboard", "Dashboard", 0, "icon-reporting-dashboard", "What you put together."),
    "KPI Metric": Category("General_KpiMetric", "KPI Metric", 1),
    "Visitors": Category(
        "General_Visitors", "Visitors", 5, "icon-reporting-visitors", "Who comes, with what, and when."
    ),
    "Actions": Category("General_Actions", "Behaviour", 10, "icon-reporting-actions", "What visitors do on the site."),
    "Referrers": Category(
        "Referrers_Referrers", "Acquisition", 15, "icon-reporting-referer", "Where visits come from."
    ),
    "Ecommerce": Category("Goals_Ecommerce", "Ecommerce", 20, "icon-reporting-ecommerce", "What is sold."),
    "Goals": Category("Goals_Goals", "Goals", 25, "icon-reporting-goal", "How often goals are reached."),
    "Insights": Category("Insights_WidgetCategory", "Insights"),
}
"""By the name that reports use. A category of a plugin that is not among them has that name everywhere."""
OVERVIEW: Final = "Overview"
PAGES: Final[tuple[Page, ...]] = (
    Page("Visitors", OVERVIEW, "General_Overview", 2, "How many visits there were, and how they went."),
    Page("Visitors", "Locations", "UserCountry_SubmenuLocations", 10, "Where visitors are and what they speak."),
    Page("Visitors", "Devices", "DevicesDetection_Devices", 15, "What visitors hold in their hands."),
    Page("Visitors", "Software", "DevicesDetection_Software", 20, "With which systems and browsers people come."),
    Page("Visitors", "Times", "VisitTime_SubmenuTimes", 35, "At which hours and on which days people come."),
    Page("Visitors", "User IDs", "UserId_UserReportTitle", 40, "Visits of people whom the site knows."),
    Page("Visitors", "Custom Variables", "CustomVariables_CustomVariables", 45, "What the site said of visits."),
    Page("Actions", OVERVIEW, "General_Overview", 2, "How many pages, downloads, outlinks and searches there were."),
    Page("Actions", "Pages", "General_Pages", 5, "Which addresses were seen."),
    Page("Actions", "Entry pages", "Actions_SubmenuPagesEntry", 10, "With which pages visits begin."),
    Page("Actions", "Exit pages", "Actions_SubmenuPagesExit", 15, "With which pages visits end."),
    Page("Actions", "Page titles", "Actions_SubmenuPageTitles", 20, "Which titles the pages had that were seen."),
    Page("Actions", "Site Search", "Actions_SubmenuSitesearch", 25, "What people search for on the site, and find."),
    Page("Actions", "Outlinks", "General_Outlinks", 30, "Which links to other sites were followed."),
    Page("Actions", "Downloads", "General_Downloads", 35, "Which files were downloaded."),
    Page("Actions", "Events", "Events_Events", 40, "What happens on pages, as the site tells it."),
    Page("Actions", "Contents", "Contents_Contents", 45, "What is shown on pages, and how often people use it."),
    Page("Actions", "Engagement", "VisitorInterest_Engagement", 46, "How long, how much and how often people visit."),
    Page("Actions", "Performance", "PagePerformance_Performance", 47, "How long pages take to load."),
    Page("Referrers", OVERVIEW, "General_Overview", 2, "How many visits came through which channel."),
    Page("Referrers", "All Channels", "Referrers_WidgetGetAll", 5, "All that brings visits, in one place."),
    Page(
        "Referrers",
        "Search Engines & Keywords",
        "Referrers_SubmenuSearchEngines",
        10,
        "Who searched where, and what for.",
    ),
    Page("Referrers", "Websites", "Referrers_SubmenuWebsitesOnly", 15, "Which other sites link here."),
    Page("Referrers", "Social Networks", "Referrers_Socials", 16, "Which networks bring visits."),
    Page("Referrers", "Campaigns", "Referrers_Campaigns", 20, "Which campaigns bring visits."),
    Page("Ecommerce", OVERVIEW, "General_Overview", 2, "How many orders there were, and what they brought."),
    Page("Ecommerce", "Products", "Goals_Products", 10, "Which products are looked at, left in carts and bought."),
    Page("Goals", OVERVIEW, "General_Overview", 2, "How often goals were reached, all together."),
)
"""Pages of the default reports; those without reports, and those of a site, are with their plugins."""


def category_metadata(name: str) -> Metadata:
    """A category as pages and widgets tell it."""
    found = CATEGORIES.get(name) or Category(name, name)
    return {
        "id": found.id,
        "name": found.heading,
        "order": found.order,
        "icon": found.icon,
        "help": _paragraph(found.help),
        "widget": None,
    }


def pages_by_name(further: Iterable[Page]) -> dict[tuple[str, str], Page]:
    """All pages by category and id, and by name: of several with one name the first."""
    pages = (*PAGES, *further)
    found = {(page.category, page.id): page for page in pages if page.id}
    for page in pages:
        found.setdefault((page.category, page.name), page)
    return found


def page_metadata(page: Page) -> Metadata:
    """A page as its category's menu shows it."""
    return {"id": page.id or page.name, "name": page.name, "order": page.order, "help": _paragraph(page.help)}


def bare_category(name: str) -> Metadata:
    """A category as the parts of containers tell it: without its place."""
    found = CATEGORIES.get(name) or Category(name, name)
    return {"id": found.id, "name": name, "order": _LAST, "icon": "", "help": "", "widget": None}


def bare_page(page: Page) -> Metadata:
    """A page as the parts of containers tell it."""
    return {"id": page.id or page.name, "name": page.name, "order": _LAST, "help": ""}


def _paragraph(text: str) -> str:
    return f"<p>{text}</p>" if text else ""
