"""What browsers can do: PDF, Java, cookies."""

from tidemark.plugin import Plugin
from tidemark.plugins.device_plugins.details import DETAILS
from tidemark.plugins.device_plugins.reports import DIMENSIONS, RECORDS, REPORTS

PLUGIN = Plugin(name="DevicePlugins", dimensions=DIMENSIONS, records=RECORDS, reports=REPORTS, visit_details=(DETAILS,))
