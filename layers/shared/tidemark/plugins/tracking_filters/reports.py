"""How the tables are sorted and shown. They are no part of Matomo's reports, and not listed among them."""

from __future__ import annotations

from typing import Final

from tidemark.plugin import Report

NB_HITS: Final = "nb_hits"

REPORTS: Final = (
    Report(
        "TrackingFilters.getFilteredHits",
        "Filtered hits",
        "Tracking",
        dimension="Reason",
        metrics=(NB_HITS,),
        default_sort=NB_HITS,
        is_listed=False,
    ),
    Report(
        "TrackingFilters.getBots",
        "Bots",
        "Tracking",
        dimension="Bot",
        metrics=(NB_HITS,),
        default_sort=NB_HITS,
        is_listed=False,
    ),
    Report(
        "TrackingFilters.getBotCategories",
        "Categories of bots",
        "Tracking",
        dimension="Category",
        metrics=(NB_HITS,),
        default_sort=NB_HITS,
        is_listed=False,
    ),
    Report(
        "TrackingFilters.getHitsOfUnknownSites",
        "Hits of unknown sites",
        "Tracking",
        dimension="Reason",
        metrics=(NB_HITS,),
        default_sort=NB_HITS,
        is_listed=False,
    ),
)
