"""CustomDimensions: columns that a site's owner names, filled by requests or extracted from URLs and titles."""

from tidemark.plugin import Plugin
from tidemark.plugins.custom_dimensions.details import DETAILS
from tidemark.plugins.custom_dimensions.methods import METHODS
from tidemark.plugins.custom_dimensions.pages import site_pages
from tidemark.plugins.custom_dimensions.records import records_of
from tidemark.plugins.custom_dimensions.reports import REPORTS, get_custom_dimension
from tidemark.plugins.custom_dimensions.segments import SEGMENTS

PLUGIN = Plugin(
    name="CustomDimensions",
    segments=SEGMENTS,
    site_records=records_of,
    reports=REPORTS,
    site_pages=site_pages,
    functions=(*METHODS, get_custom_dimension),
    visit_details=(DETAILS,),
)
