"""CoreAdminHome: settings of the whole instance, archiving and invalidation, and failures of tracking."""

from tidemark.plugin import Plugin
from tidemark.plugins.core_admin_home import archiving, branding, failures, invalidation, opt_out, settings

PLUGIN = Plugin(
    name="CoreAdminHome",
    functions=(
        *settings.METHODS,
        *branding.METHODS,
        *invalidation.METHODS,
        *archiving.METHODS,
        *failures.METHODS,
        *opt_out.METHODS,
    ),
)
