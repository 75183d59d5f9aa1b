"""Conversions of goals."""

from tidemark.plugin import Plugin
from tidemark.plugins.goals.api import FUNCTIONS
from tidemark.plugins.goals.details import DETAILS
from tidemark.plugins.goals.pages import PAGES, site_pages
from tidemark.plugins.goals.records import NUMBERS, RECORDS
from tidemark.plugins.goals.reports import METRICS, REPORTS
from tidemark.plugins.goals.segments import SEGMENTS

PLUGIN = Plugin(
    name="Goals",
    segments=SEGMENTS,
    records=RECORDS,
    numbers=NUMBERS,
    metrics=METRICS,
    reports=REPORTS,
    pages=PAGES,
    site_pages=site_pages,
    functions=FUNCTIONS,
    visit_details=(DETAILS,),
)
