"""ScheduledReports: reports that somebody wants to have again and again."""

from tidemark.plugin import Plugin
from tidemark.plugins.scheduled_reports.methods import METHODS

PLUGIN = Plugin(name="ScheduledReports", functions=METHODS)
