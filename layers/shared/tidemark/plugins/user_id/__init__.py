"""Signed-in users."""

from tidemark.plugin import Plugin
from tidemark.plugins.user_id.reports import RECORDS, REPORTS

PLUGIN = Plugin(name="UserId", records=RECORDS, reports=REPORTS)
