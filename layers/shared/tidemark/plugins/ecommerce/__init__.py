"""Products in orders, carts and views."""

from tidemark.plugin import Plugin
from tidemark.plugins.ecommerce.details import DETAILS
from tidemark.plugins.ecommerce.pages import PAGES, site_pages
from tidemark.plugins.ecommerce.records import RECORDS
from tidemark.plugins.ecommerce.reports import FUNCTIONS, METRICS, REPORTS
from tidemark.plugins.ecommerce.segments import SEGMENTS

PLUGIN = Plugin(
    name="Ecommerce",
    segments=SEGMENTS,
    records=RECORDS,
    metrics=METRICS,
    reports=REPORTS,
    pages=PAGES,
    site_pages=site_pages,
    functions=FUNCTIONS,
    visit_details=(DETAILS,),
)
