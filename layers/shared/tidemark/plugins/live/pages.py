"""The pages about single visits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tidemark.plugin import Context, Page, PagePart, Widget

DISABLE_LOG: Final = "Live.disable_visitor_log"
DISABLE_PROFILE: Final = "Live.disable_visitor_profile"
_LOG = "Visits Log"
_REAL_TIME = "Real-time"

PAGES: tuple[PagePart, ...] = (
    Page("Visitors", _LOG, "Live_VisitorLog", 5, "Every visit, action by action."),
    Page("Visitors", _REAL_TIME, "General_RealTime", 7, "The visits of the last minutes, as they happen."),
    Widget("Live.getSimpleLastVisitCount", "Real-time visitor count", "Visitors", order=15, view="table"),
)


def site_pages(context: Context, idsite: int) -> Iterator[PagePart]:  # noqa: ARG001 (the same for every site)
    """What tells of single visits, where that is not switched off; profiles are not for everybody."""
    has_log = not context.settings.flag(DISABLE_LOG, default=False)
    if has_log:
        yield Widget(
            "Live.getLastVisitsDetails",
            _LOG,
            "Visitors",
            _LOG,
            10,
            "VisitorLog",
            is_forced=True,
            parameters={"small": 1},
        )
        yield Widget("Live.widget", "Visits in real-time", "Visitors", _REAL_TIME, 20, is_wide=True)
    has_profile = has_log and not context.settings.flag(DISABLE_PROFILE, default=False)
    if has_profile and not context.identity.is_anonymous:
        yield Widget("Live.getVisitorProfilePopup", "Visitor profile", "Visitors", order=25)
