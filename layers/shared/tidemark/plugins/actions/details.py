"""Pages, searches, downloads and outlinks in the visit log. Source: Matomo 5.2, Live.getLastVisitsDetails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from tidemark.model.action_type import ActionType
from tidemark.model.rounding import quotient
from tidemark.model.site import Site
from tidemark.model.time_zone import time_zone
from tidemark.model.visit_reader import ACTION_NUMBER, LoggedVisit, LogRow
from tidemark.plugin import Details, DetailsContext, Entry, Plugins, VisitDetails

KINDS: Final[Mapping[int, str]] = {
    ActionType.PAGE: "action",
    ActionType.OUTLINK: "outlink",
    ActionType.DOWNLOAD: "download",
    ActionType.SEARCH: "search",
    ActionType.EVENT: "event",
    ActionType.CONTENT: "content",
}
URL_PREFIXES: Final = ("http://", "http://www.", "https://", "https://www.")
LOAD_TIMES: Final = (
    "time_network",
    "time_server",
    "time_transfer",
    "time_dom_processing",
    "time_dom_completion",
    "time_on_load",
)
SHORTEST_LAST_VIEW_SECONDS: Final = 10
"""A last page view that is known to have lasted no longer than that counts as unknown."""
WITHOUT_TITLE: Final = frozenset({"search", "event"})
KNOWN_BY_URL: Final = frozenset({"outlink", "download", "content"})
"""Kinds that Matomo tells by their URL alone: without one (it was no URL) the line is that of a bare action."""
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """How much the visitor did."""
    row = visit.row
    return {
        "searches": row["visit_total_searches"],
        "actions": row["visit_total_actions"],
        "interactions": row["visit_total_interactions"],
    }


def entries(visit: LoggedVisit, context: DetailsContext) -> list[Entry]:
    """A line per action, page views with the time spent on them."""
    spent = _time_spent(visit)
    return [_entry(row, context, seconds) for row, seconds in zip(visit.actions, spent, strict=True)]


def _entry(row: LogRow, context: DetailsContext, seconds: int | None) -> Entry:
    kind = KINDS[row["action_type"]]
    if kind in KNOWN_BY_URL and row["url"] is None:
        kind = "action"
    details: Details = {
        "type": ActionType.CONTENT.value if kind == "content" else kind,
        "url": None if kind == "search" else _url(row),
        **({} if kind in WITHOUT_TITLE else {"pageTitle": row["title"] or None if kind == "action" else None}),
        "pageIdAction": None,
        "idpageview": row["idpageview"] or "",
        "serverTimePretty": None,
        "pageId": row[ACTION_NUMBER],
    }
    milliseconds = _load_time(row)
    if milliseconds:
        details["pageLoadTime"] = context.call.in_words(milliseconds / 1000)
    for columns in context.once("columns of actions", lambda: _columns(context)):
        details |= columns(row)
    if seconds is not None:
        details |= {"timeSpent": seconds, "timeSpentPretty": context.call.in_words(seconds)}
    return Entry(kind, row, details, row[ACTION_NUMBER])


def _columns(context: DetailsContext) -> list[Callable[[LogRow], Mapping[str, Any]]]:
    shares = context.call.service(Plugins).visit_details()
    return [share.columns for share in shares if share.columns is not None]


def _url(row: LogRow) -> str | None:
    url: str | None = row["url"]
    prefix: int | None = row["url_prefix"]
    if url is None or url.lower().startswith(("http://", "https://")):
        return url
    if prefix is None:
        return url.removeprefix("//")  # without a scheme nothing marks the host as such
    return f"{URL_PREFIXES[prefix]}{url}"


def _load_time(row: LogRow) -> int:
    """Milliseconds; 0 unless all parts are known."""
    parts = [row[name] for name in LOAD_TIMES]
    return 0 if None in parts else sum(parts)


def _time_spent(visit: LoggedVisit) -> list[int | None]:
    """Seconds on each page view: what passed until the next one, however many other actions lie between.

    A page view that has neither URL nor title is none of them.
    """
    spent: list[int | None] = [None] * len(visit.actions)
    pages = [index for index, row in enumerate(visit.actions) if _is_page_view(row)]
    for page, following in zip(pages, (*pages[1:], None), strict=False):
        if following is None:
            spent[page] = _on_last_page(visit, page)
        else:
            spent[page] = _passed(visit.actions[page + 1 : following + 1])
    return spent


def _is_page_view(row: LogRow) -> bool:
    return row["action_type"] == ActionType.PAGE and (row["url"] is not None or bool(row["title"]))


def _passed(rows: Sequence[LogRow]) -> int:
    return sum(row["time_spent_ref"] or 0 for row in rows)


def _on_last_page(visit: LoggedVisit, page: int) -> int:
    """What is left of the visit, if that is long enough to be known; else until the last action."""
    before = visit.actions[page]["server_time"] - visit.row["visit_first_action_time"]
    left = (visit.row["visit_total_time"] or 0) - before
    return left if left > SHORTEST_LAST_VIEW_SECONDS else _passed(visit.actions[page + 1 :])


def describe(entry: Entry, visit: LoggedVisit, context: DetailsContext) -> None:
    """What every line has: place, title, subtitle, time.

    `timestamp` is the site's clock, read as if it were that of UTC. Source: Matomo 5.2, Date::factory with a time zone.
    """
    row, details = entry.row, entry.details
    if entry.kind == "search":
        details["siteSearchKeyword"] = row["search_keyword"]
        details["siteSearchCategory"] = row["search_category"] or ""
        details["siteSearchCount"] = row["search_count"]
    if "pageLoadTime" in details:
        details["pageLoadTimeMilliseconds"] = _load_time(row)
    if entry.kind in KINDS.values():
        details["pageviewPosition"] = row["pageview_position"]
    url, site = details.get("url"), context.call.site(visit.row["idsite"])
    if url and url.startswith("http://") and _is_served_securely(url, site):
        details["url"] = f"https://{url.removeprefix('http://')}"
    details |= _appearance(entry)
    moment = datetime.fromtimestamp(row["server_time"], time_zone(site.timezone))
    details["serverTimePretty"] = f"{MONTHS[moment.month - 1]} {moment.day}, {moment:%Y %H:%M:%S}"
    details["timestamp"] = int(moment.replace(tzinfo=UTC).timestamp())


def _appearance(entry: Entry) -> Details:
    """Icon, title and subtitle; what others make of an event comes later."""
    row, details = entry.row, entry.details
    icons = {"icon": None, "iconSVG": None}
    match entry.kind:
        case "action":
            return {"title": details["pageTitle"], "subtitle": details["url"], "icon": "", "iconSVG": None}
        case "event":  # without page and name it is told of in the order of a page view
            is_bare = not details["url"] and not row["event_name"]
            return {"title": None, "subtitle": None, **icons} if is_bare else {}
        case "search":
            return {**icons, "title": "Site Search", "subtitle": _search_subtitle(row)}
        case "content":
            interaction = row["content_interaction"]
            title = f"Content Interaction ({interaction})" if interaction else "Content Impression"
            return {**icons, "title": title, "subtitle": " - ".join(_given(row["content_name"], row["content_piece"]))}
        case "download" | "outlink":
            return {**icons, "title": entry.kind.capitalize(), "subtitle": details["url"]}
        case _:
            return {**icons, "title": entry.title, "subtitle": entry.subtitle}


def _search_subtitle(row: LogRow) -> str:
    category, count = row["search_category"], row["search_count"]
    parts = [
        row["search_keyword"],
        f"Search Category: {category}" if category else "",
        f"Search Results Count: {count}" if count else "",
    ]
    return " - ".join(_given(*parts))


def _given(*texts: str | None) -> list[str]:
    return [text for text in texts if text]


def _is_served_securely(url: str, site: Site) -> bool:
    """Whether one of the site's own URLs has the page's host with https."""
    host = _host(url)
    return bool(host) and any(own.lower().startswith(f"https://{host}") for own in site.urls)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def profile_totals(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """How much a visitor did in all visits."""
    lines = _lines(visits)
    kinds = Counter(line["type"] for line in lines)
    pages, searches = _pages(visits), _searches(visits)
    found: Details = {
        "totalActions": sum(visit["actions"] for visit in visits),
        "totalOutlinks": kinds["outlink"],
        "totalDownloads": kinds["download"],
        "totalSearches": len(searches),
        "totalPageViews": kinds["action"],
        "totalUniquePageViews": len(pages),
        "totalRevisitedPages": sum(count > 1 for count in pages.values()),
        "totalPageViewsWithTiming": 0,
        "totalPageViewsWithLoadTime": len(_load_times(visits)),
    }
    ordered = [{"keyword": keyword, "searches": count} for keyword, count in searches.most_common()]
    return {**found, "searches": ordered}


def profile_summary(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """The pages seen, most seen first, and how long they took to load."""
    pages = sorted(_pages(visits).items(), key=lambda page: (-page[1], page[0]))
    found: Details = {"visitedPages": [{"url": url, "count": count} for url, count in pages]}
    times = _load_times(visits)
    if times:
        found["averagePageLoadTime"] = quotient(sum(times), 1000 * len(times), 3)
    return found


def _lines(visits: Sequence[Details]) -> list[Details]:
    return [line for visit in visits for line in visit["actionDetails"]]


def _pages(visits: Sequence[Details]) -> Counter[str]:
    return Counter(line["url"] for line in _lines(visits) if line["type"] == "action" and line["url"])


def _searches(visits: Sequence[Details]) -> Counter[str]:
    return Counter(line["siteSearchKeyword"] for line in _lines(visits) if line.get("siteSearchKeyword") is not None)


def _load_times(visits: Sequence[Details]) -> list[int]:
    return [line["pageLoadTimeMilliseconds"] for line in _lines(visits) if "pageLoadTimeMilliseconds" in line]


DETAILS = VisitDetails(
    20, visit=visit_fields, entries=entries, describe=describe, totals=profile_totals, summary=profile_summary
)
