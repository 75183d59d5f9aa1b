"""What of the traffic was not recorded, and why; which bots came; and whether a site has the tracking code."""

from tidemark.plugin import Plugin
from tidemark.plugins.tracking_filters.install_check import METHODS as INSTALL_CHECK
from tidemark.plugins.tracking_filters.methods import METHODS
from tidemark.plugins.tracking_filters.reports import REPORTS

PLUGIN = Plugin(name="TrackingFilters", reports=REPORTS, functions=(*METHODS, *INSTALL_CHECK))
