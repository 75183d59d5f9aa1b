"""SQL over the logs, for superusers."""

from tidemark.plugin import Plugin
from tidemark.plugins.sql.methods import METHODS

PLUGIN = Plugin(name="Sql", functions=METHODS)
