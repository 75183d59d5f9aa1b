"""Goals: what an owner of a site wants visitors to do (the definitions; reports on them are another plugin)."""

from tidemark.plugin import Plugin
from tidemark.plugins.goals_management.methods import METHODS

PLUGIN = Plugin(name="Goals", functions=METHODS)
