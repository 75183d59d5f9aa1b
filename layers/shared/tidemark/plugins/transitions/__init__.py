"""What visitors do before and after they see a page."""

from tidemark.plugin import Plugin
from tidemark.plugins.transitions.methods import METHODS

PLUGIN = Plugin(name="Transitions", functions=METHODS)
