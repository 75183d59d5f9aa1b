"""A site's settings as forms show them, and what to know before it is deleted."""

from __future__ import annotations

from typing import Any, Final

from tidemark.model.site import INTRANET, MOBILE_APP, Site
from tidemark.plugin import Access, Context, method

_PLUGINS: Final = {INTRANET: "IntranetMeasurable", MOBILE_APP: "MobileAppMeasurable"}
_WEBSITE: Final = "WebsiteMeasurable"
_TITLES: Final = {_WEBSITE: "Websites", "IntranetMeasurable": "Intranets", "MobileAppMeasurable": "Mobile apps"}
_COMMON: Final[tuple[tuple[str, str, str, Any], ...]] = (
    ("urls", "URLs", "array", ["https://example.org"]),
    ("exclude_unknown_urls", "Only track visits and actions of these URLs", "boolean", False),
    ("keep_url_fragment", "Keep fragments of page URLs", "string", "0"),
    ("excluded_ips", "Excluded addresses", "array", []),
    ("excluded_parameters", "Excluded parameters", "array", []),
    ("excluded_user_agents", "Excluded user agents", "array", []),
    ("excluded_referrers", "Excluded referrers", "array", []),
    ("sitesearch", "Site search", "integer", 1),
    ("sitesearch_keyword_parameters", "Parameters of search keywords", "array", []),
    ("sitesearch_category_parameters", "Parameters of search categories", "array", []),
    ("ecommerce", "Ecommerce", "integer", 0),
)
"""Name, title, type and default of each setting; an app has none of those that are about URLs."""
_OF_APPS: Final = ("urls", "excluded_ips", "excluded_parameters", "excluded_user_agents", "sitesearch", "ecommerce")


@method("SitesManager.getSiteSettings", Access.ADMIN)
def get_site_settings(context: Context, idSite: int) -> list[dict[str, Any]]:
    """The settings of a site by the plugin of its type: names, titles, types, values and defaults."""
    site = context.site(idSite)
    plugin = _PLUGINS.get(site.type, _WEBSITE)
    settings = [
        {"name": name, "title": title, "value": _value(site, name), "defaultValue": default, "type": kind}
        for name, title, kind, default in _COMMON
        if plugin != "MobileAppMeasurable" or name in _OF_APPS
    ]
    return [{"pluginName": plugin, "title": _TITLES[plugin], "settings": settings}]


@method("SitesManager.getMessagesToWarnOnSiteRemoval", Access.SUPERUSER)
def get_messages_to_warn_on_site_removal(context: Context, idSite: int) -> list[str]:
    """What is to be said before a site is deleted: nothing that its name does not say."""
    context.site(idSite)
    return []


def _value(site: Site, name: str) -> Any:
    value = getattr(site, name)
    if isinstance(value, tuple):
        return list(value)
    if name == "keep_url_fragment":
        return str(int(value))
    return int(value) if name in {"sitesearch", "ecommerce"} else value


METHODS = (get_site_settings, get_messages_to_warn_on_site_removal)
