"""Visits by channel, engine, keyword, website, network and campaign. Source: Matomo 5.2, records."""

from __future__ import annotations

from tidemark.model.hit import ReferrerType
from tidemark.plugin import (
    GOAL_METRICS,
    VISIT_METRICS,
    Expression,
    Limit,
    Numeric,
    Part,
    Record,
    RowCount,
    Source,
    call,
    col,
    count,
)
from tidemark.plugins.referrers.channels import CHANNELS

LIMIT = Limit(
    "General.datatable_archiving_maximum_rows_referrers", "General.datatable_archiving_maximum_rows_subtable_referrers"
)

TYPE = call("coalesce", call("nullif", col("referer_type"), 0), ReferrerType.DIRECT.value)
NAME = call("coalesce", col("referer_name"), "")
KEYWORD = call("coalesce", col("referer_keyword"), "")
CAMPAIGN_KEYWORD = call("nullif", col("referer_keyword"), "")
URL = call("coalesce", col("referer_url"), "")


def _record(
    name: str,
    kind: ReferrerType,
    levels: tuple[Expression, Expression],
    grain: tuple[Expression, ...],
    *,
    goals_in_subtables: bool = False,
) -> Record:
    """Two levels of visits of one channel; goal columns in the main table only, unless told otherwise.

    The finer grain is Matomo's: its unique visitors are sums over groups by name, keyword and URL.
    """
    only = TYPE.eq(kind.value)
    return Record(
        name,
        (
            Part(Source.VISITS, (*levels, *grain), VISIT_METRICS, only, levels=2),
            Part(
                Source.CONVERSIONS,
                (*levels[: 2 if goals_in_subtables else 1], *_other(levels[0])),
                GOAL_METRICS,
                only,
                per_goal=True,
                levels=2 if goals_in_subtables else 1,
            ),
        ),
        goal_sums=True,
        limit=LIMIT,
    )


def _other(first: Expression) -> tuple[Expression, ...]:
    """What conversions are grouped by beside the main label."""
    return (NAME,) if first is KEYWORD else (KEYWORD,)


TYPES = Record(
    "Referrers_type",
    (
        Part(Source.VISITS, (TYPE, NAME, KEYWORD, URL), VISIT_METRICS, levels=1),
        Part(
            Source.CONVERSIONS,
            (TYPE, NAME, KEYWORD),
            GOAL_METRICS,
            TYPE.is_in(*(kind.value for kind in CHANNELS)),
            per_goal=True,
            levels=1,
        ),
    ),
    goal_sums=True,
    limit=LIMIT,
)
SEARCH_ENGINES = _record("Referrers_keywordBySearchEngine", ReferrerType.SEARCH_ENGINE, (NAME, KEYWORD), (URL,))
KEYWORDS = _record("Referrers_searchEngineByKeyword", ReferrerType.SEARCH_ENGINE, (KEYWORD, NAME), (URL,))
SOCIAL_NETWORKS = _record("Referrers_urlBySocialNetwork", ReferrerType.SOCIAL_NETWORK, (NAME, URL), (KEYWORD,))
WEBSITES = _record("Referrers_urlByWebsite", ReferrerType.WEBSITE, (NAME, URL), (KEYWORD,))
CAMPAIGNS = _record(
    "Referrers_keywordByCampaign",
    ReferrerType.CAMPAIGN,
    (NAME, CAMPAIGN_KEYWORD),
    (URL,),
    goals_in_subtables=True,
)
RECORDS: tuple[Record, ...] = (TYPES, KEYWORDS, SEARCH_ENGINES, SOCIAL_NETWORKS, WEBSITES, CAMPAIGNS)

VISITS_FROM = {
    "Referrers_visitorsFromSearchEngines": ReferrerType.SEARCH_ENGINE,
    "Referrers_visitorsFromSocialNetworks": ReferrerType.SOCIAL_NETWORK,
    "Referrers_visitorsFromDirectEntry": ReferrerType.DIRECT,
    "Referrers_visitorsFromWebsites": ReferrerType.WEBSITE,
    "Referrers_visitorsFromCampaigns": ReferrerType.CAMPAIGN,
}
"""Visits per channel as numbers, so that the overview needs no table."""
DISTINCT = {
    "Referrers_distinctSearchEngines": RowCount("Referrers_distinctSearchEngines", SEARCH_ENGINES.name),
    "Referrers_distinctSocialNetworks": RowCount("Referrers_distinctSocialNetworks", SOCIAL_NETWORKS.name),
    "Referrers_distinctKeywords": RowCount("Referrers_distinctKeywords", KEYWORDS.name),
    "Referrers_distinctWebsites": RowCount("Referrers_distinctWebsites", WEBSITES.name),
    "Referrers_distinctWebsitesUrls": RowCount("Referrers_distinctWebsitesUrls", WEBSITES.name, level=1),
    "Referrers_distinctCampaigns": RowCount("Referrers_distinctCampaigns", CAMPAIGNS.name),
}
NUMBERS: tuple[Numeric | RowCount, ...] = (
    *(Numeric(name, Source.VISITS, count(name), TYPE.eq(kind.value)) for name, kind in VISITS_FROM.items()),
    *DISTINCT.values(),
)
