"""Pages, titles, downloads, outlinks and site searches."""

from tidemark.plugin import Plugin
from tidemark.plugins.actions.details import DETAILS
from tidemark.plugins.actions.metrics import METRICS
from tidemark.plugins.actions.pages import PAGES
from tidemark.plugins.actions.records import NUMBERS, RECORDS
from tidemark.plugins.actions.reports import REPORTS
from tidemark.plugins.actions.segments import SEGMENTS

PLUGIN = Plugin(
    name="Actions",
    segments=SEGMENTS,
    records=RECORDS,
    numbers=NUMBERS,
    metrics=METRICS,
    reports=REPORTS,
    pages=PAGES,
    visit_details=(DETAILS,),
)
