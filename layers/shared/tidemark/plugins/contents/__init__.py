"""Contents of pages: how often they were seen and used."""

from tidemark.plugin import Plugin
from tidemark.plugins.contents.details import DETAILS
from tidemark.plugins.contents.pages import PAGES
from tidemark.plugins.contents.records import RECORDS, SEGMENTS
from tidemark.plugins.contents.reports import METRICS, REPORTS

PLUGIN = Plugin(
    name="Contents",
    segments=SEGMENTS,
    records=RECORDS,
    metrics=METRICS,
    reports=REPORTS,
    pages=PAGES,
    visit_details=(DETAILS,),
)
