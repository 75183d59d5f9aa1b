"""Dashboard: which widgets a user sees first."""

from tidemark.plugin import Plugin
from tidemark.plugins.dashboard.methods import METHODS

PLUGIN = Plugin(name="Dashboard", functions=METHODS)
