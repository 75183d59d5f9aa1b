"""What differs on the page about engagement from one table per report."""

from __future__ import annotations

from tidemark.plugin import PagePart, Widget

PAGES: tuple[PagePart, ...] = (
    Widget("VisitorInterest.getNumberOfVisitsPerVisitDuration", "Visits per visit duration", view="cloud"),
    Widget("VisitorInterest.getNumberOfVisitsPerPage", "Visits per number of pages", view="cloud"),
)
