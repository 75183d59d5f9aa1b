"""What differs on the pages about actions from one table per report."""

from __future__ import annotations

from tidemark.plugin import PagePart, Widget

PAGES: tuple[PagePart, ...] = (
    Widget("Actions.get", page="Overview", order=5, view="sparklines", is_forced=True, is_offered=False),
    Widget("Actions.getPageUrls", "Pages", view="table"),
    Widget("Actions.getEntryPageTitles", "Entry Page Titles", view="table"),
)
