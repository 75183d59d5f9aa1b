"""Events that websites send: categories, actions, names and values."""

from tidemark.plugin import Plugin
from tidemark.plugins.events.api import FUNCTIONS
from tidemark.plugins.events.details import DETAILS
from tidemark.plugins.events.pages import PAGES
from tidemark.plugins.events.records import RECORDS, SEGMENTS
from tidemark.plugins.events.reports import METRICS, REPORTS

PLUGIN = Plugin(
    name="Events",
    segments=SEGMENTS,
    records=RECORDS,
    metrics=METRICS,
    reports=REPORTS,
    pages=PAGES,
    functions=FUNCTIONS,
    visit_details=(DETAILS,),
)
