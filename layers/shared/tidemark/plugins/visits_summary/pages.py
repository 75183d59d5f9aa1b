"""The overview of visits."""

from __future__ import annotations

from dataclasses import replace

from tidemark.plugin import Container, PagePart, Widget

_GRAPH = Widget(
    "VisitsSummary.getEvolutionGraph", "Visits Over Time", "Visitors", "Overview", 5, "graphEvolution", is_forced=True
)
_NUMBERS = Widget("VisitsSummary.get", "Visits Overview", order=10, view="sparklines", is_forced=True)

PAGES: tuple[PagePart, ...] = (
    _GRAPH,
    _NUMBERS,
    Container(
        "VisitOverviewWithGraph",
        tuple(replace(one, is_offered=False) for one in (_GRAPH, _NUMBERS)),
        "Visitors",
        name="Visits Overview (with graph)",
    ),
)
