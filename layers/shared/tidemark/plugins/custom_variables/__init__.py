"""CustomVariables: names and values in five slots, for the visit or for a page; old clients still send them."""

from tidemark.plugin import Plugin
from tidemark.plugins.custom_variables.api import get_usages_of_slots
from tidemark.plugins.custom_variables.records import BY_NAME
from tidemark.plugins.custom_variables.reports import REPORTS
from tidemark.plugins.custom_variables.segments import SEGMENTS

PLUGIN = Plugin(
    name="CustomVariables",
    segments=SEGMENTS,
    records=(BY_NAME,),
    reports=REPORTS,
    functions=(get_usages_of_slots,),
)
