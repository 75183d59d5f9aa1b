"""How returning visits are shown."""

from __future__ import annotations

from tidemark.plugin import PagePart, Widget

PAGES: tuple[PagePart, ...] = (
    Widget(
        "VisitFrequency.getEvolutionGraph",
        "Returning Visits Over Time",
        "Actions",
        "Engagement",
        1,
        "graphEvolution",
        is_forced=True,
    ),
    Widget("VisitFrequency.get", "Frequency Overview", order=2, view="sparklines", is_forced=True),
)
