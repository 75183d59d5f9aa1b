"""What the instance costs on AWS, for superusers."""

from tidemark.plugin import Plugin
from tidemark.plugins.cost.methods import METHODS

PLUGIN = Plugin(name="Cost", functions=METHODS)
