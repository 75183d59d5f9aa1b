"""The page about how long pages take to load."""

from __future__ import annotations

from tidemark.plugin import PagePart, Widget


def _pages(method: str, name: str, order: int) -> Widget:
    return Widget(
        method,
        name,
        "Actions",
        "Performance",
        order,
        "tablePerformanceColumns",
        is_forced=True,
        parameters={"performance": 1},
        is_wide=True,
        is_offered=False,
    )


PAGES: tuple[PagePart, ...] = (
    Widget(
        "PagePerformance.getEvolutionGraph",
        "Evolution of page performance metrics",
        "Actions",
        "Performance",
        1,
        "graphStackedBarEvolution",
        is_forced=True,
    ),
    Widget("PagePerformance.get", "", order=2, view="sparklines", is_forced=True),
    _pages("Actions.getPageUrls", "Page URLs", 3),
    _pages("Actions.getPageTitles", "Page titles", 4),
)
