"""The core numbers of a period: visits, visitors, actions, time."""

from tidemark.plugin import Plugin
from tidemark.plugins.visits_summary.pages import PAGES
from tidemark.plugins.visits_summary.records import NUMBERS
from tidemark.plugins.visits_summary.reports import METRICS, REPORTS

PLUGIN = Plugin(name="VisitsSummary", numbers=NUMBERS, metrics=METRICS, reports=REPORTS, pages=PAGES)
