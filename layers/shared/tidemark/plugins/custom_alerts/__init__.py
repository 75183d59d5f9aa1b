"""CustomAlerts: tells people when a metric does what they wait for, or what it never did."""

from tidemark.plugin import Plugin
from tidemark.plugins.custom_alerts import evaluating, managing

PLUGIN = Plugin(name="CustomAlerts", functions=(*managing.METHODS, *evaluating.METHODS))
