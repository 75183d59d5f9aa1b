"""Resolutions of screens, alone and with system and browser."""

from tidemark.plugin import Plugin
from tidemark.plugins.resolution.details import DETAILS
from tidemark.plugins.resolution.dimensions import DIMENSIONS, SEGMENTS
from tidemark.plugins.resolution.reports import RECORDS, REPORTS

PLUGIN = Plugin(
    name="Resolution",
    dimensions=DIMENSIONS,
    segments=SEGMENTS,
    records=RECORDS,
    reports=REPORTS,
    visit_details=(DETAILS,),
)
