"""How long, how much and how often people visit."""

from tidemark.plugin import Plugin
from tidemark.plugins.visitor_interest.details import DETAILS
from tidemark.plugins.visitor_interest.pages import PAGES
from tidemark.plugins.visitor_interest.records import RECORDS, SEGMENTS
from tidemark.plugins.visitor_interest.reports import REPORTS

PLUGIN = Plugin(
    name="VisitorInterest", segments=SEGMENTS, records=RECORDS, reports=REPORTS, pages=PAGES, visit_details=(DETAILS,)
)
