"""Overlay.*: what a layer over a page asks for. Source: Matomo 5.2, Overlay API."""

from __future__ import annotations

from typing import Any, Final

from tidemark.model.errors import ApiError
from tidemark.model.page_urls import PageUrls
from tidemark.model.table import DataTable
from tidemark.plugin import Access, Context, method

TEXTS: Final = {
    "oneClick": "1 click",
    "clicks": "%s clicks",
    "clicksFromXLinks": "%1$s clicks on one of %2$s links",
    "link": "Link",
}
_LIMIT: Final = "General.overlay_following_pages_limit"
_PARTS: Final = ("followingPages", "outlinks", "downloads")


@method("Overlay.getTranslations", Access.VIEW)
def get_translations(_context: Context, idSite: int) -> dict[str, str]:  # noqa: ARG001 (checked for access)
    """The texts of the layer."""
    return dict(TEXTS)


@method("Overlay.getExcludedQueryParameters", Access.VIEW)
def get_excluded_query_parameters(context: Context, idSite: int) -> Any:
    """Parameters that do not belong to the URLs of a site's pages."""
    return context.call("SitesManager.getExcludedQueryParameters", idSite=idSite)


@method("Overlay.getFollowingPages", Access.VIEW, raw_strings=True)
def get_following_pages(
    context: Context, url: str, idSite: int, period: str, date: str, segment: str = ""
) -> DataTable:
    """Pages, outlinks and downloads that visitors went to from a page; nothing for a page that nobody saw."""
    try:
        found = context.call(
            "Transitions.getTransitionsForAction",
            actionName=context.service(PageUrls).cleaned(idSite, url),
            actionType="url",
            idSite=idSite,
            period=period,
            date=date,
            segment=segment,
            limitBeforeGrouping=context.settings.number(_LIMIT),
            parts="followingActions",
        )
    except ApiError:
        return DataTable()
    return DataTable.from_records(row for part in _PARTS for row in found[part])


METHODS: Final = (get_translations, get_excluded_query_parameters, get_following_pages)
