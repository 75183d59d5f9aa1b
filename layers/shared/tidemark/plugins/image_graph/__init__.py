"""Reports as pictures."""

from tidemark.plugin import Plugin
from tidemark.plugins.image_graph.methods import get_graph

PLUGIN = Plugin(name="ImageGraph", functions=(get_graph,))
