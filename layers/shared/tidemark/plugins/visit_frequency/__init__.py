"""New against returning visits."""

from tidemark.plugin import Plugin
from tidemark.plugins.visit_frequency.api import get_visit_frequency
from tidemark.plugins.visit_frequency.pages import PAGES
from tidemark.plugins.visit_frequency.reports import METRICS, REPORTS

PLUGIN = Plugin(name="VisitFrequency", metrics=METRICS, reports=REPORTS, pages=PAGES, functions=(get_visit_frequency,))
