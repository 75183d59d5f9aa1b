"""The page about what comes before and after a page."""

from __future__ import annotations

from tidemark.plugin import Page, PagePart, Widget

_NAME = "Transitions"

PAGES: tuple[PagePart, ...] = (
    Page("Actions", _NAME, "Transitions_Transitions", 46, "What visitors did just before and just after a page."),
    Widget("Transitions.getTransitions", _NAME, "Actions", _NAME),
)
