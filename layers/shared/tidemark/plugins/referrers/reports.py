"""Reports about where visits come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidemark.model.rounding import quotient
from tidemark.model.table import DataTable
from tidemark.plugin import (
    VISIT_RATES,
    Filter,
    Metric,
    ProcessedMetric,
    Record,
    Report,
    TableContext,
    group_by_label,
    metadata_from_label,
    number,
    prepend_segment,
    relabel,
    segment_by_label,
    segment_by_mapping,
)
from tidemark.plugins.referrers import filters, records
from tidemark.plugins.referrers.channels import SEGMENT_VALUES, channel_name
from tidemark.plugins.referrers.records import DISTINCT, VISITS_FROM

CATEGORY = "Referrers"
ENGINES = "Search Engines & Keywords"

METRICS: tuple[Metric, ...] = (
    Metric("Referrers_visitorsFromSearchEngines", "Visitors from Search Engines"),
    Metric("Referrers_visitorsFromSocialNetworks", "Visitors from Social Networks"),
    Metric("Referrers_visitorsFromDirectEntry", "Visitors from Direct Entry"),
    Metric("Referrers_visitorsFromWebsites", "Visitors from Websites"),
    Metric("Referrers_visitorsFromCampaigns", "Visitors from Campaigns"),
    Metric("Referrers_distinctSearchEngines", "Distinct search engines"),
    Metric("Referrers_distinctSocialNetworks", "Distinct social networks"),
    Metric("Referrers_distinctKeywords", "Distinct keywords"),
    Metric("Referrers_distinctWebsites", "Distinct websites"),
    Metric("Referrers_distinctCampaigns", "Distinct campaigns"),
)

PERCENTAGES = (
    "Referrers_visitorsFromDirectEntry",
    "Referrers_visitorsFromSearchEngines",
    "Referrers_visitorsFromCampaigns",
    "Referrers_visitorsFromSocialNetworks",
    "Referrers_visitorsFromWebsites",
)


def _percentage(column: str) -> ProcessedMetric:
    """A channel's share of the visits of all channels."""

    def compute(columns: Mapping[str, Any]) -> float | int | None:
        if column not in columns:
            return None
        return quotient(number(columns, column), sum(number(columns, name) for name in VISITS_FROM), 2)

    return ProcessedMetric(
        f"{column}_percent",
        f"Percent of {next(metric.label for metric in METRICS if metric.name == column)}",
        tuple(VISITS_FROM),
        compute,
        "percent",
        "Share of all visits.",
    )


def name_channels(table: DataTable, context: TableContext) -> None:
    """Channels get their names, unless numbers are wanted (`_setReferrerTypeLabel=0`)."""
    if str(context.call.params.get("_setReferrerTypeLabel", "1")) == "1":
        metadata_from_label("referrer_type")(table, context)
        relabel(channel_name)(table, context)


def add_channel_segments(table: DataTable, context: TableContext) -> None:
    """Channels get their segments; tables of another method (below a channel) have theirs."""
    if context.call.params.get("idSubtable") in {None, "", "0"}:
        segment_by_mapping("referrerType", SEGMENT_VALUES)(table, context)
        name_channels(table, context)


def _report(
    action: str,
    name: str,
    subcategory: str,
    dimension: str,
    dimension_id: str,
    *,
    record: Record | None,
    filters: tuple[Filter, ...] = (),
    queued: tuple[Filter, ...] = (),
    order: int,
    load_subtables: str = "",
    has_goal_metrics: bool = False,
    flat_separator: str = " - ",
    documentation: str,
    **more: Any,
) -> Report:
    return Report(
        f"Referrers.{action}",
        name,
        CATEGORY,
        subcategory,
        record=record,
        dimension=dimension,
        dimension_id=f"Referrers.{dimension_id}",
        on_request=VISIT_RATES,
        filters=filters,
        queued=queued,
        order=order,
        load_subtables=load_subtables,
        is_subtable="From" in action or action == "getUrlsForSocial",
        has_goal_metrics=has_goal_metrics,
        flat_separator=flat_separator,
        documentation=documentation,
        **more,
    )


def _distinct(method: str, number: str, name: str) -> Report:
    return Report(f"Referrers.{method}", name, CATEGORY, numbers={number: number}, metrics=(number,), is_listed=False)


def _by(segment: str, *, allow_empty: bool = False) -> Filter:
    """The segment of rows, in answers with levels."""
    return filters.unless_flat(segment_by_label(segment, allow_empty=allow_empty))


OF_ENGINES = filters.unless_flat(prepend_segment("referrerType==search;"))
"""Set before the segments of rows that are shown, but not of those that they are compared with.

Source: Matomo 5.2, plugins/Referrers/API (queued filters).
"""


def _instagram(label: object) -> object:
    return "Instagram" if label == "instagram" else label


REPORTS: tuple[Report, ...] = (
    Report(
        "Referrers.get",
        "Referrers Overview",
        CATEGORY,
        numbers={name: name for name in (*VISITS_FROM, *DISTINCT)},
        metrics=(*VISITS_FROM, *DISTINCT),
        processed=tuple(_percentage(column) for column in PERCENTAGES),
        listed=(
            *(name for column in VISITS_FROM for name in (column, f"{column}_percent")),
            *(name for name in DISTINCT if name != "Referrers_distinctWebsitesUrls"),
        ),
        unlisted=tuple(f"{column}_percent" for column in PERCENTAGES),
        order=1,
        documentation="How many visits came through each channel.",
    ),
    _report(
        "getReferrerType",
        "Channel Type",
        "All Channels",
        "Channel Type",
        "ReferrerType",
        record=None,
        filters=(add_channel_segments,),
        queued=(filters.subtables_by_label,),
        order=1,
        load_subtables="Referrers.getReferrerType",
        tells_subtables=False,
        supports_flatten=False,
        constant_rows=True,
        has_goal_metrics=True,
        documentation="Through which channels visits came.",
    ),
    _report(
        "getAll",
        "All Channels",
        "All Channels",
        "Referrer",
        "Referrer",
        record=None,
        order=2,
        documentation="Keywords, websites, networks and campaigns in one table.",
    ),
    _report(
        "getKeywords",
        "Keywords",
        ENGINES,
        "Keyword",
        "Keyword",
        record=records.KEYWORDS,
        filters=(filters.prepare_flat_keywords, _by("referrerKeyword", allow_empty=True)),
        queued=(OF_ENGINES, filters.name_keywords),
        order=3,
        load_subtables="Referrers.getSearchEnginesFromKeywordId",
        has_goal_metrics=True,
        documentation="What people searched for before they came.",
    ),
    _report(
        "getSearchEnginesFromKeywordId",
        "Keywords",
        "",
        "Search Engine",
        "SearchEngine",
        record=records.KEYWORDS,
        filters=(filters.engines_of_keyword(records.KEYWORDS),),
        order=4,
        documentation="Where people searched for a keyword.",
    ),
    _report(
        "getWebsites",
        "Websites",
        "Websites",
        "Website",
        "Website",
        record=records.WEBSITES,
        filters=(filters.name_flat_pages, filters.unless_flat(segment_by_label("referrerName"))),
        order=5,
        load_subtables="Referrers.getUrlsFromWebsiteId",
        has_goal_metrics=True,
        flat_separator="/",
        documentation="The websites from which people came.",
    ),
    _report(
        "getUrlsFromWebsiteId",
        "Websites",
        "",
        "Website Page",
        "WebsitePage",
        record=records.WEBSITES,
        filters=(filters.name_pages, filters.segment_of_page),
        order=6,
        documentation="The pages of a website from which people came.",
    ),
    _report(
        "getSearchEngines",
        "Search Engines",
        ENGINES,
        "Search Engine",
        "SearchEngine",
        record=records.SEARCH_ENGINES,
        filters=(filters.prepare_flat_engines, _by("referrerName")),
        queued=(OF_ENGINES, filters.unless_flat(filters.add_engine_url)),
        order=7,
        load_subtables="Referrers.getKeywordsFromSearchEngineId",
        has_goal_metrics=True,
        documentation="The search engines from which people came.",
    ),
    _report(
        "getKeywordsFromSearchEngineId",
        "Search Engines",
        "",
        "Keyword",
        "Keyword",
        record=records.SEARCH_ENGINES,
        filters=(filters.keywords_of_engine(records.SEARCH_ENGINES),),
        order=8,
        documentation="What people searched for with an engine.",
    ),
    _report(
        "getCampaigns",
        "Campaigns",
        "Campaigns",
        "Campaign",
        "Campaign",
        record=records.CAMPAIGNS,
        filters=(segment_by_label("referrerName"),),
        queued=(prepend_segment("referrerType==campaign;"),),
        order=9,
        load_subtables="Referrers.getKeywordsFromCampaignId",
        has_goal_metrics=True,
        documentation="The campaigns through which people came.",
    ),
    _report(
        "getKeywordsFromCampaignId",
        "Campaigns",
        "",
        "Keyword",
        "Keyword",
        record=records.CAMPAIGNS,
        filters=(filters.keywords_of_campaign(records.CAMPAIGNS),),
        order=10,
        documentation="The keywords of a campaign.",
    ),
    _report(
        "getSocials",
        "Social Networks",
        "Social Networks",
        "Social network",
        "SocialNetwork",
        record=records.SOCIAL_NETWORKS,
        filters=(
            group_by_label(_instagram),
            filters.add_network_url,
            segment_by_label("referrerName"),
        ),
        queued=(prepend_segment("referrerType==social;"),),
        order=11,
        load_subtables="Referrers.getUrlsForSocial",
        documentation="The social networks from which people came.",
    ),
    _report(
        "getUrlsForSocial",
        "Social Networks",
        "",
        "Website Page",
        "WebsitePage",
        record=None,
        filters=(segment_by_label("referrerUrl"), filters.name_urls),
        order=12,
        documentation="The pages of social networks from which people came.",
    ),
    _distinct("getNumberOfDistinctSearchEngines", "Referrers_distinctSearchEngines", "Distinct search engines"),
    _distinct("getNumberOfDistinctSocialNetworks", "Referrers_distinctSocialNetworks", "Distinct social networks"),
    _distinct("getNumberOfDistinctKeywords", "Referrers_distinctKeywords", "Distinct keywords"),
    _distinct("getNumberOfDistinctCampaigns", "Referrers_distinctCampaigns", "Distinct campaigns"),
    _distinct("getNumberOfDistinctWebsites", "Referrers_distinctWebsites", "Distinct websites"),
    _distinct("getNumberOfDistinctWebsitesUrls", "Referrers_distinctWebsitesUrls", "Distinct website pages"),
)
