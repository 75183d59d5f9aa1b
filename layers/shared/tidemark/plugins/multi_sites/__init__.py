"""The main numbers of all sites side by side, and how they changed."""

from tidemark.plugin import Plugin
from tidemark.plugins.multi_sites.dashboard import get_all_with_groups
from tidemark.plugins.multi_sites.methods import get_all, get_one
from tidemark.plugins.multi_sites.metrics import METRICS
from tidemark.plugins.multi_sites.reports import REPORTS

PLUGIN = Plugin(name="MultiSites", metrics=METRICS, reports=REPORTS, functions=(get_all, get_one, get_all_with_groups))
