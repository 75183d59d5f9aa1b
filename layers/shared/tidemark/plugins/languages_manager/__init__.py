"""LanguagesManager: the languages that the product speaks, and which one a user reads."""

from tidemark.plugin import Plugin
from tidemark.plugins.languages_manager.methods import METHODS

PLUGIN = Plugin(name="LanguagesManager", functions=METHODS)
