"""How long pages take to load."""

from tidemark.plugin import Plugin
from tidemark.plugins.page_performance.pages import PAGES
from tidemark.plugins.page_performance.records import NUMBERS
from tidemark.plugins.page_performance.reports import METRICS, REPORTS

PLUGIN = Plugin(name="PagePerformance", numbers=NUMBERS, metrics=METRICS, reports=REPORTS, pages=PAGES)
