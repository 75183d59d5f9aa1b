"""What of a referrer may be kept.

Source: Matomo 5.2, tracking behaviour, section 14.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tidemark.model.hit import Referrer, ReferrerType
from tidemark.tracking.urls import split_url

_NAMED_FOR_ALL: Final = frozenset(
    {ReferrerType.SEARCH_ENGINE, ReferrerType.SOCIAL_NETWORK, ReferrerType.AI_ASSISTANT, ReferrerType.DIRECT}
)


def anonymised(referrer: Referrer, option: str) -> Referrer:
    """The referrer without what the option (exclude_query, exclude_path, exclude_all) hides; campaigns stay."""
    if not option:
        return referrer
    url = anonymised_url(referrer.url, option)
    if referrer.type is ReferrerType.CAMPAIGN:
        return replace(referrer, url=url)
    hides_name = option == "exclude_all" and referrer.type not in _NAMED_FOR_ALL
    return replace(referrer, url=url, keyword="", name="" if hides_name else referrer.name)


def anonymised_url(url: str, option: str) -> str:
    """What the option leaves of a URL; nothing for exclude_all."""
    if option == "exclude_query":
        return url.partition("?")[0]
    if option == "exclude_path":
        parts = split_url(url)
        if parts is None or not (parts.host and parts.path):
            return url
        scheme = f"{parts.scheme}://" if parts.scheme else "//"
        return f"{scheme}{parts.host}/"
    return ""
