"""The six timings of a page view, in the order in which they happen. Source: Matomo 5.2, tracking behaviour, section 8."""

from __future__ import annotations

from typing import Final

TIMINGS: Final = (
    "time_network",
    "time_server",
    "time_transfer",
    "time_dom_processing",
    "time_dom_completion",
    "time_on_load",
)
"""Column names in the logs, integer milliseconds."""
