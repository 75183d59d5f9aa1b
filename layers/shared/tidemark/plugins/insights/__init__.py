"""What changed most in a report since an earlier period."""

from tidemark.plugin import Plugin
from tidemark.plugins.insights.methods import METHODS
from tidemark.plugins.insights.pages import PAGES

PLUGIN = Plugin(name="Insights", pages=PAGES, functions=METHODS)
