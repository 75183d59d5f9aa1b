"""CustomDimensions: columns that a site's owner names, filled by requests or extracted from URLs and titles."""

from tidemark.plugin import Plugin
from tidemark.plugins.custom_dimensions.methods import METHODS

PLUGIN = Plugin(name="CustomDimensions", functions=METHODS)
