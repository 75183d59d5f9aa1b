"""What dashboards may show of what changed."""

from __future__ import annotations

from tidemark.plugin import PagePart, Widget

PAGES: tuple[PagePart, ...] = (
    Widget("Insights.getInsightsOverview", "Insights Overview", "Insights"),
    Widget("Insights.getOverallMoversAndShakers", "Movers and Shakers", "Insights"),
)
