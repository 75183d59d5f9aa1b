"""When visits begin, on the visitor's clock, the site's clock and in the week."""

from tidemark.plugin import Plugin
from tidemark.plugins.visit_time.details import DETAILS
from tidemark.plugins.visit_time.dimensions import DIMENSIONS, SEGMENTS
from tidemark.plugins.visit_time.pages import PAGES
from tidemark.plugins.visit_time.records import RECORDS
from tidemark.plugins.visit_time.reports import REPORTS, get_by_day_of_week

PLUGIN = Plugin(
    name="VisitTime",
    dimensions=DIMENSIONS,
    segments=SEGMENTS,
    records=RECORDS,
    reports=REPORTS,
    pages=PAGES,
    functions=(get_by_day_of_week,),
    visit_details=(DETAILS,),
)
