"""Devices, operating systems and browsers."""

from tidemark.plugin import Plugin
from tidemark.plugins.devices_detection.details import DETAILS
from tidemark.plugins.devices_detection.dimensions import DIMENSIONS, SEGMENTS
from tidemark.plugins.devices_detection.pages import PAGES
from tidemark.plugins.devices_detection.records import RECORDS
from tidemark.plugins.devices_detection.reports import REPORTS

PLUGIN = Plugin(
    name="DevicesDetection",
    dimensions=DIMENSIONS,
    segments=SEGMENTS,
    records=RECORDS,
    reports=REPORTS,
    pages=PAGES,
    visit_details=(DETAILS,),
)
