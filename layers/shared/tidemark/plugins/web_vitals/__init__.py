"""Core Web Vitals (LCP, INP, CLS, FCP, TTFB) as p75 by page and device."""

from tidemark.plugin import Plugin
from tidemark.plugins.web_vitals.dimensions import DIMENSIONS
from tidemark.plugins.web_vitals.records import RECORDS
from tidemark.plugins.web_vitals.reports import FUNCTIONS, METRICS, REPORTS

PLUGIN = Plugin(
    name="WebVitals", dimensions=DIMENSIONS, records=RECORDS, metrics=METRICS, reports=REPORTS, functions=FUNCTIONS
)
