"""SitesManager: the sites of the instance, their URLs and exclusions, and the code that tracks them."""

from tidemark.plugin import Plugin
from tidemark.plugins.sites_manager import (
    changes,
    defaults,
    groups,
    lists,
    localisation,
    settings,
    sites,
    tracking_code,
)

PLUGIN = Plugin(
    name="SitesManager",
    functions=(
        *sites.METHODS,
        *settings.METHODS,
        *lists.METHODS,
        *groups.METHODS,
        *changes.METHODS,
        *defaults.METHODS,
        *localisation.METHODS,
        *tracking_code.METHODS,
    ),
)
