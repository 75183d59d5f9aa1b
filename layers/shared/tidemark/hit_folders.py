"""Folders of the hit log: the hits of a site's UTC hour, or of some hours of one UTC date that were merged.

hits/site=<id>/date=<UTC date>/hour=<HH>/ has hits of that hour, …/hour=<HH>-<HH>/ from the first of these hours to the last.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

HITS_PREFIX: Final = "hits/"
HOUR_SECONDS: Final = 3600

Span = tuple[int, int]
"""From when until before when, UTC unix seconds."""


def folder(idsite: int, span: Span) -> str:
    """The folder of the hits of whole hours of one UTC date."""
    first, last = (datetime.fromtimestamp(at, UTC) for at in (span[0], span[1] - HOUR_SECONDS))
    hours = f"{first:%H}" if first == last else f"{first:%H}-{last:%H}"
    return f"{HITS_PREFIX}site={idsite}/date={first:%Y-%m-%d}/hour={hours}"


def date_folder(key: str) -> str:
    """The folder of all hits of a file's site and UTC date, with a slash at its end."""
    return key.rsplit("/", 2)[0] + "/"


def span_of(key: str) -> Span:
    """When the hits of a file were, by its folder. Raises: ValueError."""
    date, hours = (part.partition("=")[2] for part in key.split("/")[-3:-1])
    midnight = int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())
    first, _, last = hours.partition("-")
    return midnight + int(first) * HOUR_SECONDS, midnight + (int(last or first) + 1) * HOUR_SECONDS


def within(inner: Span, outer: Span) -> bool:
    """Whether one span lies in another."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]
