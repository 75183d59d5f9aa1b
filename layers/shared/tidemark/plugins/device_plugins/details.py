"""What the browser of a visit in the visit log can do. Source: Matomo 5.2, Live.getLastVisitsDetails."""

from __future__ import annotations

from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, VisitDetails
from tidemark.plugins.device_plugins.reports import PARAMETERS


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """Plugins as one text and as a list."""
    plugins = [plugin for plugin in PARAMETERS if visit.row[f"config_{plugin}"] == 1]
    return {
        "plugins": ", ".join(plugins),
        "pluginsIcons": [{"pluginIcon": False, "pluginName": plugin} for plugin in plugins] or None,
    }


DETAILS = VisitDetails(140, visit=visit_fields)
