"""The time on the visitor's clock. Source: Matomo 5.2, tracking parameters h, m, s; segments."""

from __future__ import annotations

from tidemark.plugin import Dimension, HitContext, Scope, Segment, col, number_suggestions

DAY_SECONDS = 86_400


def local_seconds(hit: HitContext) -> int:
    """Seconds since midnight on the visitor's clock; what was not sent is taken from the server's, in UTC."""
    params, sent_at = hit.params, hit.server_time % DAY_SECONDS
    hour = _part(params.get("h"), sent_at // 3600, 24)
    minute = _part(params.get("m"), sent_at // 60 % 60, 60)
    return hour * 3600 + minute * 60 + _part(params.get("s"), sent_at % 60, 60)


def _part(text: str | None, default: int, limit: int) -> int:
    """0 for numbers out of range, the default for what is no number."""
    try:
        value = int(text) if text else default
    except ValueError:
        return default
    return value if 0 <= value < limit else 0


DIMENSIONS: tuple[Dimension, ...] = (Dimension("visitor_localtime", Scope.VISIT, local_seconds, "int32"),)

LOCAL_HOUR = col("visitor_localtime") // 3600
SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "visitLocalHour",
        "Local time — hour (start of visit)",
        "Visitors",
        LOCAL_HOUR,
        accepted_values="0, 1, 2, 3, ..., 20, 21, 22, 23",
    ),
    Segment(
        "visitLocalMinute",
        "Local time — minute (start of visit)",
        "Visitors",
        col("visitor_localtime") // 60 % 60,
        type="metric",
        accepted_values="0, 1, 2, 3, ..., 57, 58, 59",
        suggestions=number_suggestions(0, 59),
    ),
)
