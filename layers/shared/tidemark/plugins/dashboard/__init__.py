"""Dashboard: which widgets a user sees first."""

from tidemark.plugin import Plugin
from tidemark.plugins.dashboard.methods import METHODS
from tidemark.plugins.dashboard.pages import site_pages

PLUGIN = Plugin(name="Dashboard", site_pages=site_pages, functions=METHODS)
