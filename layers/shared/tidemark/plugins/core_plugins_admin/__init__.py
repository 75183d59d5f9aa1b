"""CorePluginsAdmin: settings of the instance and of users, by the plugin that they belong to."""

from tidemark.plugin import Plugin
from tidemark.plugins.core_plugins_admin.methods import METHODS

PLUGIN = Plugin(name="CorePluginsAdmin", functions=METHODS)
