"""CoreAdminHome: settings of the whole instance, invalidation of archives, and failures of tracking."""

from tidemark.plugin import Plugin
from tidemark.plugins.core_admin_home import failures, invalidation, settings

PLUGIN = Plugin(name="CoreAdminHome", functions=(*settings.METHODS, *invalidation.METHODS, *failures.METHODS))
