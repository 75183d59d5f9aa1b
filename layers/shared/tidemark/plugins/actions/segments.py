"""Segments on pages, titles, downloads, outlinks and searches.

Titles and links come HTML-escaped, as they stand in reports' segments.

Source: Matomo 5.2, segments.
"""

from __future__ import annotations

import re
from html import unescape

from tidemark.model.hit import ActionType
from tidemark.plugin import Expression, Segment, case, col, number_suggestions

BEHAVIOUR = "Behaviour"
VISITORS = "Visitors"
ACTION_TYPES = {
    "pageviews": ActionType.PAGE,
    "contents": ActionType.CONTENT,
    "sitesearches": ActionType.SEARCH,
    "events": ActionType.EVENT,
    "outlinks": ActionType.OUTLINK,
    "downloads": ActionType.DOWNLOAD,
}
_URL_PREFIX = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)


def stored_url(text: str) -> str:
    """A URL as page URLs are stored: without http(s):// and www."""
    return _URL_PREFIX.sub("", text, count=1) if _URL_PREFIX.match(text) else text


def stored_type(text: str) -> int | None:
    """The number of a type of actions; None for a name that there is not."""
    return ACTION_TYPES.get(text)


def of_type(kind: ActionType, column: str) -> Expression:
    """The column of actions of one type, NULL for others."""
    return case((col("action_type").eq(kind), col(column)))


SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "actionType",
        "Action Type",
        BEHAVIOUR,
        col("action_type"),
        "actions",
        accepted_values=", ".join(ACTION_TYPES),
        to_stored=stored_type,
        suggestions=tuple(ACTION_TYPES),
    ),
    Segment(
        "actionUrl",
        "Action URL",
        BEHAVIOUR,
        None,
        "actions",
        union_of=("pageUrl", "downloadUrl", "outlinkUrl", "eventUrl"),
    ),
    Segment(
        "pageUrl",
        "Page URL",
        BEHAVIOUR,
        of_type(ActionType.PAGE, "url"),
        "actions",
        accepted_values="a URL, encoded: http%3A%2F%2Fexample.com%2Fpath%2Fpage%3Fquery",
        to_stored=stored_url,
    ),
    Segment("pageTitle", "Page Title", BEHAVIOUR, of_type(ActionType.PAGE, "title"), "actions", to_stored=unescape),
    Segment(
        "outlinkUrl", "Clicked Outlink", BEHAVIOUR, of_type(ActionType.OUTLINK, "url"), "actions", to_stored=unescape
    ),
    Segment(
        "downloadUrl", "Download URL", BEHAVIOUR, of_type(ActionType.DOWNLOAD, "url"), "actions", to_stored=unescape
    ),
    Segment("entryPageUrl", "Entry Page URL", BEHAVIOUR, col("visit_entry_url"), to_stored=stored_url),
    Segment("exitPageUrl", "Exit Page URL", BEHAVIOUR, col("visit_exit_url"), to_stored=stored_url),
    Segment(
        "entryPageTitle",
        "Entry Page title",
        BEHAVIOUR,
        case((col("visit_entry_type").eq(ActionType.PAGE), col("visit_entry_name"))),
        to_stored=unescape,
    ),
    Segment(
        "exitPageTitle",
        "Exit Page Title",
        BEHAVIOUR,
        case((col("visit_exit_type").eq(ActionType.PAGE), col("visit_exit_name"))),
        to_stored=unescape,
    ),
    Segment("siteSearchKeyword", "Keyword (Site Search)", BEHAVIOUR, col("search_keyword"), "actions"),
    Segment("siteSearchCategory", "Category (Site Search)", BEHAVIOUR, col("search_category"), "actions"),
    Segment("siteSearchCount", "Keyword count (Site Search)", BEHAVIOUR, col("search_count"), "actions"),
    Segment("actions", "Actions In Visit", VISITORS, col("visit_total_actions"), type="metric"),
    Segment(
        "interactions",
        "Number of Interactions",
        VISITORS,
        col("visit_total_interactions"),
        type="metric",
        suggestions=number_suggestions(1, 50),
    ),
    Segment("searches", "Number of Internal Searches", VISITORS, col("visit_total_searches"), type="metric"),
)
