"""Texts with which clients label the ways to and from a page; %s stands for a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, str]] = {
    "pageviewsInline": "%s page views",
    "loopsInline": "%s reloads",
    "fromPreviousPages": "From internal pages",
    "fromPreviousPagesInline": "%s from other pages of the site",
    "fromPreviousSiteSearches": "From internal search",
    "fromPreviousSiteSearchesInline": "%s from searches on the site",
    "fromSearchEngines": "From search engines",
    "fromSearchEnginesInline": "%s from search engines",
    "fromSocialNetworks": "From social networks",
    "fromSocialNetworksInline": "%s from social networks",
    "fromWebsites": "From websites",
    "fromWebsitesInline": "%s from websites",
    "fromCampaigns": "From campaigns",
    "fromCampaignsInline": "%s from campaigns",
    "directEntries": "Direct entries",
    "directEntriesInline": "%s direct entries",
    "toFollowingPages": "To internal pages",
    "toFollowingPagesInline": "%s to other pages of the site",
    "toFollowingSiteSearches": "Internal searches",
    "toFollowingSiteSearchesInline": "%s searches on the site",
    "downloads": "Downloads",
    "downloadsInline": "%s downloads",
    "outlinks": "Outlinks",
    "outlinksInline": "%s outlinks",
    "exits": "Exits",
    "exitsInline": "%s exits",
    "bouncesInline": "%s bounces",
}
