"""Names of what is counted about actions, rates of pages, and dimensions."""

from __future__ import annotations

from dataclasses import replace

from tidemark.plugin import Metric, ProcessedMetric, ratio

CATEGORY = "Actions"

METRICS: tuple[Metric, ...] = (
    Metric("nb_hits", "Pageviews", documentation="How often it was viewed or clicked."),
    Metric("sum_time_spent", "Total time spent on page", "duration_s"),
    Metric("nb_hits_following_search", "Viewed after a search"),
    Metric("entry_nb_visits", "Entrances", documentation="Visits that began here."),
    Metric("entry_nb_uniq_visitors", "Unique entrances"),
    Metric("sum_daily_entry_nb_uniq_visitors", "Unique entrances (sum of days)"),
    Metric("entry_nb_actions", "Actions after entering here"),
    Metric("entry_sum_visit_length", "Time spent after entering here", "duration_s"),
    Metric("entry_bounce_count", "Bounces", documentation="Visits that began here and had no second action."),
    Metric("exit_nb_visits", "Exits", documentation="Visits that ended here."),
    Metric("exit_nb_uniq_visitors", "Unique exits"),
    Metric("sum_daily_exit_nb_uniq_visitors", "Unique exits (sum of days)"),
    Metric("nb_pages_per_search", "Search result pages"),
    Metric("nb_pageviews", "Pageviews"),
    Metric("nb_uniq_pageviews", "Unique Pageviews"),
    Metric("nb_downloads", "Downloads"),
    Metric("nb_uniq_downloads", "Unique Downloads"),
    Metric("nb_outlinks", "Outlinks"),
    Metric("nb_uniq_outlinks", "Unique Outlinks"),
    Metric("nb_searches", "Searches"),
    Metric("nb_keywords", "Unique Keywords"),
)

PAGE_RATES: tuple[ProcessedMetric, ...] = (
    ratio(
        "avg_time_on_page",
        "Avg. time on page",
        "sum_time_spent",
        "nb_hits",
        digits=0,
        type="duration_s",
        documentation="How long a view lasted on average, the last one of a visit left out.",
        is_clock=True,
    ),
    ratio(
        "bounce_rate",
        "Bounce Rate",
        "entry_bounce_count",
        "entry_nb_visits",
        digits=2,
        type="percent",
        documentation="Share of the visits that began here and had no second action.",
    ),
    ratio(
        "exit_rate",
        "Exit rate",
        "exit_nb_visits",
        "nb_visits",
        digits=2,
        type="percent",
        documentation="Share of the visits with this page that ended on it.",
    ),
)
GENERATION_TIME = replace(
    ratio(
        "avg_time_generation",
        "Avg. generation time",
        "sum_time_generation",
        "nb_hits_with_time_generation",
        digits=3,
        type="duration_s",
    ),
    only_with="sum_time_generation",
)
"""Measured by trackers of old only: named everywhere, but of archives that have it.

Source: Matomo 5.2, plugins/Actions/Columns/Metrics.
"""

DIMENSIONS = {
    "PageUrl": "Page URL",
    "PageTitle": "Page Title",
    "EntryPageUrl": "Entry Page URL",
    "EntryPageTitle": "Entry Page title",
    "ExitPageUrl": "Exit Page URL",
    "ExitPageTitle": "Exit Page Title",
    "DownloadUrl": "Download URL",
    "ClickedUrl": "Clicked Outlink",
    "DestinationPage": "Destination Page",
    "Keyword": "Keyword",
    "KeywordwithNoSearchResult": "Keyword with No Search Result",
    "SearchCategory": "Search Category",
}
"""Names by Matomo's ids, which stand in the metadata of flat rows."""
