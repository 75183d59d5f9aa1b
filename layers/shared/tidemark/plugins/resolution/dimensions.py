"""The screen's resolution. Source: Matomo 5.2, tracking parameter res; segments."""

from __future__ import annotations

from tidemark.plugin import Dimension, HitContext, Keep, Scope, Segment, col


def resolution(hit: HitContext) -> str | None:
    """Width x height as sent; None if it was not."""
    return hit.params.get("res", "")[:9] or None


DIMENSIONS: tuple[Dimension, ...] = (Dimension("config_resolution", Scope.VISIT, resolution, keep=Keep.FIRST_KNOWN),)
SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "resolution",
        "Resolution",
        "Visitors",
        col("config_resolution"),
        accepted_values="1280x1024, 800x600, etc.",
    ),
)
