"""The visit log: the last visits action by action, counters of the last minutes, profiles of visitors."""

from tidemark.plugin import Plugin
from tidemark.plugins.live.api import METHODS
from tidemark.plugins.live.custom_variables import DETAILS as CUSTOM_VARIABLES
from tidemark.plugins.live.details import DETAILS
from tidemark.plugins.live.pages import PAGES, site_pages

PLUGIN = Plugin(
    name="Live", visit_details=(DETAILS, CUSTOM_VARIABLES), pages=PAGES, site_pages=site_pages, functions=METHODS
)
