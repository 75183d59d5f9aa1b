"""How orders tell their times."""

from __future__ import annotations

from datetime import UTC, datetime


def moment_text(moment: float) -> str | None:
    """A time (unix seconds) in UTC, as Matomo writes it; None for one that has not come."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else None
