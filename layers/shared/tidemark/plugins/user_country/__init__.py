"""UserCountry: where visitors are."""

from tidemark.plugin import Plugin
from tidemark.plugins.user_country import lookup
from tidemark.plugins.user_country.api import get_country_code_mapping
from tidemark.plugins.user_country.details import DETAILS
from tidemark.plugins.user_country.dimensions import DIMENSIONS, SEGMENTS
from tidemark.plugins.user_country.methods import METHODS
from tidemark.plugins.user_country.pages import PAGES
from tidemark.plugins.user_country.records import NUMBERS, RECORDS
from tidemark.plugins.user_country.reports import METRICS, REPORTS

PLUGIN = Plugin(
    name="UserCountry",
    dimensions=DIMENSIONS,
    segments=SEGMENTS,
    records=RECORDS,
    numbers=NUMBERS,
    metrics=METRICS,
    reports=REPORTS,
    pages=PAGES,
    functions=(*METHODS, *lookup.METHODS, get_country_code_mapping),
    visit_details=(DETAILS,),
)
