"""What every visit has: segments on ids, times and history of visits."""

from tidemark.plugin import Plugin
from tidemark.plugins.core_home.details import DETAILS
from tidemark.plugins.core_home.segments import SEGMENTS

PLUGIN = Plugin(name="CoreHome", segments=SEGMENTS, visit_details=(DETAILS,))
