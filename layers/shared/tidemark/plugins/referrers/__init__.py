"""Where visits come from: search engines, websites, social networks, campaigns."""

from tidemark.plugin import Plugin
from tidemark.plugins.referrers.api import get, get_all, get_referrer_type, get_urls_for_social
from tidemark.plugins.referrers.details import DETAILS
from tidemark.plugins.referrers.pages import PAGES
from tidemark.plugins.referrers.records import NUMBERS, RECORDS
from tidemark.plugins.referrers.reports import METRICS, REPORTS
from tidemark.plugins.referrers.segments import SEGMENTS

PLUGIN = Plugin(
    name="Referrers",
    segments=SEGMENTS,
    records=RECORDS,
    numbers=NUMBERS,
    metrics=METRICS,
    reports=REPORTS,
    pages=PAGES,
    functions=(get, get_referrer_type, get_all, get_urls_for_social),
    visit_details=(DETAILS,),
)
