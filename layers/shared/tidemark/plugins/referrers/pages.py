"""What differs on the pages about referrers from one table per report."""

from __future__ import annotations

from tidemark.plugin import PagePart, Widget

_ALL_COLUMNS = "tableAllColumns"

PAGES: tuple[PagePart, ...] = (
    Widget(
        "Referrers.getEvolutionGraph",
        "Evolution over the period",
        "Referrers",
        "Overview",
        9,
        "graphEvolution",
        is_forced=True,
        parameters={"columns": ["nb_visits"]},
        is_offered=False,
    ),
    Widget(
        "Referrers.getSparklines",
        "Channel Type",
        "Referrers",
        "Overview",
        10,
        "sparklines",
        is_forced=True,
        is_offered=False,
    ),
    Widget("Referrers.getReferrerType", "Channel Types", view=_ALL_COLUMNS),
    Widget("Referrers.getAll", "Referrers", view=_ALL_COLUMNS),
    Widget("Referrers.getWebsites", view=_ALL_COLUMNS),
    Widget("Referrers.getSocials", view="graphPie"),
)
