"""The screen's resolution. Source: Matomo 5.2, tracking parameter res; segments."""

from __future__ import annotations

from tidemark.plugin import Dimension, HitContext, Keep, Scope, Segment, call, col

UNKNOWN = "unknown"
"""What clients send that cannot tell; a later hit of the visit may."""


RESOLUTION = call("coalesce", col("config_resolution"), UNKNOWN)


def resolution(hit: HitContext) -> str | None:
    """Width x height as sent; None if it was not, or is not known."""
    sent: str = hit.params.get("res", "")[:9]
    return None if sent in {"", UNKNOWN} else sent


DIMENSIONS: tuple[Dimension, ...] = (Dimension("config_resolution", Scope.VISIT, resolution, keep=Keep.FIRST_KNOWN),)
SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "resolution",
        "Resolution",
        "Visitors",
        RESOLUTION,
        accepted_values="1280x1024, 800x600, etc.",
    ),
)
