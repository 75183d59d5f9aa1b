"""Segments on where visits come from. Source: Matomo 5.2, segments."""

from __future__ import annotations

from tidemark.plugin import Segment, col
from tidemark.plugins.referrers.channels import SEGMENT_VALUES, stored_channel

ACQUISITION = "Acquisition"
SUGGESTED = ("direct", "website", "search", "social", "campaign", "ai")
"""Channels in the order in which they are suggested."""

SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "referrerType",
        "Channel Type",
        ACQUISITION,
        col("referer_type"),
        accepted_values=", ".join(SEGMENT_VALUES.values()),
        to_stored=stored_channel,
        suggestions=SUGGESTED,
    ),
    Segment(
        "referrerName",
        "Referrer Name",
        ACQUISITION,
        col("referer_name"),
        accepted_values="twitter.com, www.facebook.com, Bing, Google, Yahoo, CampaignName",
    ),
    Segment("referrerKeyword", "Keyword", ACQUISITION, col("referer_keyword"), accepted_values="Encoded%20Keyword"),
    Segment(
        "referrerUrl",
        "Referrer URL",
        ACQUISITION,
        col("referer_url"),
        accepted_values="http%3A%2F%2Fwww.example.org%2Freferer-page.htm",
    ),
)
