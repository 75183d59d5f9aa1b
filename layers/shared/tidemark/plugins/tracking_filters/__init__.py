"""What of the traffic was not recorded, and why; and which bots came."""

from tidemark.plugin import Plugin
from tidemark.plugins.tracking_filters.methods import METHODS
from tidemark.plugins.tracking_filters.reports import REPORTS

PLUGIN = Plugin(name="TrackingFilters", reports=REPORTS, functions=METHODS)
