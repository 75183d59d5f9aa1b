"""UserCountry: where visitors are (the choice of what locates them)."""

from tidemark.plugin import Plugin
from tidemark.plugins.user_country.methods import METHODS

PLUGIN = Plugin(name="UserCountry", functions=METHODS)
