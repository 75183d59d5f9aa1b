"""What a hit records: page view, download, outlink, event, content or site search, and its columns.

Source: Matomo 5.2, tracking behaviour, sections 7 to 9.
"""

from __future__ import annotations

from typing import Final

from tidemark.model.hit import ActionType
from tidemark.tracking.actions import action_type, check_not_blank, records_action
from tidemark.tracking.draft import Draft
from tidemark.tracking.parameters import RawParams, integer, leading_number, text
from tidemark.tracking.performance import timings
from tidemark.tracking.site_search import find_search
from tidemark.tracking.urls import clean_text, page_url, raw_url, split_prefix

PAGEVIEW_ID_MAX: Final = 6
NO_TITLE: Final = "0"
_WITH_PAGE_URL: Final = (ActionType.PAGE, ActionType.EVENT, ActionType.CONTENT)
"""Actions that are stored with the page's URL; a search is known by its keyword alone."""
_LINKS: Final = (ActionType.DOWNLOAD, ActionType.OUTLINK)


def put_action(draft: Draft) -> None:
    """Decide what the hit records, and add its columns.

    Raises: TrackingError for a custom action that is none, or a blank event.
    """
    if records_action(draft.given):
        draft.action = action_type(draft.given, lambda: _searches(draft))
        check_not_blank(draft.given, draft.action)
    draft.row["action_type"] = int(draft.action)
    draft.row["idpageview"] = text(draft.given, "pv_id")[:PAGEVIEW_ID_MAX] or None
    _put_url(draft)
    match draft.action:
        case ActionType.PAGE:
            draft.title = page_title(draft)
            draft.row["title"] = draft.title
        case ActionType.EVENT:
            _put_event(draft)
        case ActionType.CONTENT:
            _put_content(draft)
        case ActionType.SEARCH if draft.search is not None:
            draft.row["search_keyword"] = draft.search.keyword
            draft.row["search_category"] = draft.search.category or None
            draft.row["search_count"] = draft.search.count


def _searches(draft: Draft) -> bool:
    draft.search = find_search(draft.given, draft.rules.tracked, draft.rules.url.max_bytes)
    return draft.search is not None


def _put_url(draft: Draft) -> None:
    """The URL of the action: cleaned for pages, as given for downloads and outlinks, of searches what is left of it."""
    rules = draft.rules.url
    if draft.action in _LINKS:
        name = "download" if draft.action is ActionType.DOWNLOAD else "link"
        draft.raw_url = draft.url = raw_url(text(draft.given, name), rules)
        draft.row["url"] = draft.url
        return
    search = draft.search if draft.action is ActionType.SEARCH else None
    given = text(draft.given, "url") if search is None else search.url
    draft.raw_url = raw_url(given, rules)
    draft.url = page_url(given, rules)
    if draft.action in _WITH_PAGE_URL and draft.url is not None:
        draft.row["url"], draft.row["url_prefix"] = split_prefix(draft.url)


def page_title(draft: Draft) -> str:
    """The page's title, its categories trimmed if the instance has a delimiter for them; "0" is none, as for Matomo."""
    title = text(draft.given, "action_name")
    if title.strip() == NO_TITLE:
        return ""
    delimiter = draft.book.policy.title_delimiter
    if delimiter:
        title = delimiter.join(part for part in map(str.strip, title.split(delimiter)) if part)
    return clean_text(title, draft.rules.url.max_bytes)


def _put_event(draft: Draft) -> None:
    row, given = draft.row, draft.given
    row["event_category"] = text(given, "e_c").strip()
    row["event_action"] = text(given, "e_a").strip()
    row["event_name"] = text(given, "e_n").strip() or None
    row["event_value"] = _event_value(given)


def _event_value(given: RawParams) -> float | None:
    """The number that the text begins with, as Matomo's column takes it: 0 for one that begins with none."""
    said = text(given, "e_v").strip()
    return leading_number(said) if said else None


def _put_content(draft: Draft) -> None:
    row, given = draft.row, draft.given
    row["content_name"] = text(given, "c_n").strip()
    row["content_piece"] = text(given, "c_p").strip() or None
    row["content_target"] = text(given, "c_t").strip() or None
    row["content_interaction"] = text(given, "c_i").strip() or None


def put_measurements(draft: Draft) -> None:
    """Page performance (also that of an earlier page view, told by a later request of its pv_id) and bandwidth."""
    draft.row.update(timings(draft.given))
    if "bw_bytes" in draft.given and (size := integer(draft.given, "bw_bytes", -1)) >= 0:
        draft.row["bandwidth"] = size
