"""What changed most in a report since an earlier period."""

from tidemark.plugin import Plugin
from tidemark.plugins.insights.methods import METHODS

PLUGIN = Plugin(name="Insights", functions=METHODS)
