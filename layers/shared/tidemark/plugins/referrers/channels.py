"""The channels through which visits come. Source: Matomo 5.2, tracking behaviour, section 10."""

from __future__ import annotations

from typing import Any

from tidemark.model.hit import ReferrerType

CHANNELS = {
    ReferrerType.DIRECT: ("direct", "Direct Entry"),
    ReferrerType.SEARCH_ENGINE: ("search", "Search Engines"),
    ReferrerType.SOCIAL_NETWORK: ("social", "Social Networks"),
    ReferrerType.WEBSITE: ("website", "Websites"),
    ReferrerType.CAMPAIGN: ("campaign", "Campaigns"),
    ReferrerType.AI_ASSISTANT: ("ai", "AI Assistants"),
}
"""What segments call them and what people read."""
SEGMENT_VALUES = {kind.value: segment for kind, (segment, _) in CHANNELS.items()}


def channel_name(number: Any) -> str:
    """Search Engines"""
    return CHANNELS[ReferrerType(int(number))][1] if int(number) in SEGMENT_VALUES else "Others"


def stored_channel(text: str) -> int | None:
    """The number of a channel by its name in segments; None if there is none."""
    return next((number for number, segment in SEGMENT_VALUES.items() if segment == text), None)
