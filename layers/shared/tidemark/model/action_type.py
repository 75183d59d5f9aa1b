"""The two numbered kinds that hits and visits are full of; light, because collect loads them too."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class ActionType(IntEnum):
    """What a hit records. Numbers as in Matomo's log_action. Source: Matomo 5.2, tracking behaviour, section 7."""

    NONE = 0
    """Nothing: a manual goal, an e-commerce request, a ping."""
    PAGE = 1
    OUTLINK = 2
    DOWNLOAD = 3
    SEARCH = 8
    EVENT = 10
    CONTENT = 13


class ReferrerType(IntEnum):
    """Where a visit came from. Source: Matomo 5.2, tracking behaviour, section 10."""

    DIRECT = 1
    SEARCH_ENGINE = 2
    WEBSITE = 3
    CAMPAIGN = 6
    SOCIAL_NETWORK = 7
    AI_ASSISTANT = 8


REFERRER_TYPE_NAMES: Final[Mapping[int, str]] = {
    ReferrerType.DIRECT: "direct",
    ReferrerType.SEARCH_ENGINE: "search",
    ReferrerType.WEBSITE: "website",
    ReferrerType.CAMPAIGN: "campaign",
    ReferrerType.SOCIAL_NETWORK: "social",
    ReferrerType.AI_ASSISTANT: "ai",
}
"""What segments and the visit log call them."""
