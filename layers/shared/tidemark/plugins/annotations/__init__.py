"""Annotations: notes that people pin to a day of a site."""

from tidemark.plugin import Plugin
from tidemark.plugins.annotations.methods import METHODS

PLUGIN = Plugin(name="Annotations", functions=METHODS)
