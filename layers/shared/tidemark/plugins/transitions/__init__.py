"""What visitors do before and after they see a page."""

from tidemark.plugin import Plugin
from tidemark.plugins.transitions.methods import METHODS
from tidemark.plugins.transitions.pages import PAGES

PLUGIN = Plugin(name="Transitions", pages=PAGES, functions=METHODS)
