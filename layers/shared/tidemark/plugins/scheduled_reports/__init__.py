"""ScheduledReports: reports that somebody wants to have again and again."""

from tidemark.plugin import Plugin
from tidemark.plugins.scheduled_reports import documents, methods, sending

PLUGIN = Plugin(name="ScheduledReports", functions=(*methods.METHODS, *documents.METHODS, *sending.METHODS))
