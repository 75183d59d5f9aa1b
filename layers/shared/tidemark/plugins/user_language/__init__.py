"""The languages that browsers ask for."""

from tidemark.plugin import Plugin
from tidemark.plugins.user_language.details import DETAILS
from tidemark.plugins.user_language.reports import DIMENSIONS, RECORDS, REPORTS, SEGMENTS

PLUGIN = Plugin(
    name="UserLanguage",
    dimensions=DIMENSIONS,
    segments=SEGMENTS,
    records=RECORDS,
    reports=REPORTS,
    visit_details=(DETAILS,),
)
