"""How often visitors clicked the links of a page, for a layer over that page."""

from tidemark.plugin import Plugin
from tidemark.plugins.overlay.methods import METHODS

PLUGIN = Plugin(name="Overlay", functions=METHODS)
