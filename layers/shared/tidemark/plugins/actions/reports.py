"""Reports about pages, titles, downloads and outlinks. Source: Matomo 5.2, reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tidemark.model.page_urls import PageUrls
from tidemark.model.table import DataTable
from tidemark.plugin import (
    Filter,
    GoalNames,
    Record,
    Report,
    RowSearch,
    TableContext,
    drop_columns,
    everywhere,
    keep_rows,
    keep_rows_with,
    number,
)
from tidemark.plugins.actions.filters import (
    action_filters,
    is_flat,
    mark_links,
    mark_pages,
    mark_titles,
    slash_before_folders,
)
from tidemark.plugins.actions.metrics import CATEGORY, DIMENSIONS, GENERATION_TIME, PAGE_RATES
from tidemark.plugins.actions.paths import link_path, page_path, title_path
from tidemark.plugins.actions.performance import COLUMNS as TIMING_COLUMNS
from tidemark.plugins.actions.performance import PAGE_LOAD_METRICS
from tidemark.plugins.actions.records import (
    DOWNLOADS,
    OUTLINKS,
    PAGE_TITLES,
    PAGE_URLS,
)
from tidemark.plugins.actions.search_reports import SEARCH_REPORTS

BY_URL = action_filters(mark_pages, "General.action_url_category_delimiter")
BY_LINK = action_filters(mark_links, "General.action_url_category_delimiter")
BY_TITLE = action_filters(mark_titles, "General.action_title_category_delimiter")
WITHOUT_TIMINGS = everywhere(drop_columns(*TIMING_COLUMNS))

PAGE_PROCESSED = (*PAGE_LOAD_METRICS, *PAGE_RATES, GENERATION_TIME)
UNIQUE_VIEWS = {"nb_visits": "Unique Pageviews"}
OF_ENTRIES = ("avg_time_on_page", "exit_rate")
OF_EXITS = ("bounce_rate", "avg_time_on_page")
_COUNTED = {"nb_conversions": "Conversions"}
_COUNTED_TYPES: dict[str, str] = {
    "revenue_per_visit": "money",
    "nb_conversions": "number",
    "conversion_rate": "percent",
}
OF_PAGES = GoalNames(
    _COUNTED | {"nb_conversions_attrib": "Conversions", "revenue_attrib": "Revenue"},
    {"revenue_per_visit": "Revenue per Visit", "nb_conversions_page_rate": "Viewed before conversion rate"},
    _COUNTED_TYPES
    | {"nb_conversions_attrib": "number", "revenue_attrib": "money", "nb_conversions_page_rate": "percent"},
)
OF_ENTRANCES = GoalNames(
    _COUNTED | {"nb_conversions_entry": "Conversions", "revenue_entry": "Revenue"},
    {
        "revenue_per_visit": "Revenue per Visit",
        "revenue_per_entry": "Revenue per Entry",
        "nb_conversions_entry_rate": "Conversion Rate",
    },
    _COUNTED_TYPES
    | {
        "nb_conversions_entry": "number",
        "revenue_entry": "money",
        "revenue_per_entry": "number",
        "nb_conversions_entry_rate": "percent",
    },
)
"""Names of what pages have per goal. Source: Matomo 5.2, plugins/Goals/Columns/Metrics/GoalSpecific."""


def _kept_with(column: str) -> Filter:
    """Only pages with the column, in folders too unless the answer is flat.

    Source: Matomo 5.2, core/Archive (expanded tables are filtered with their subtables).
    """
    keep = keep_rows_with(column)
    keep_everywhere = everywhere(keep)

    def apply(table: DataTable, context: TableContext) -> None:
        (keep if is_flat(context) else keep_everywhere)(table, context)

    return apply


ENTERED = _kept_with("entry_nb_visits")
LEFT = _kept_with("exit_nb_visits")
AFTER_SEARCH = everywhere(keep_rows(lambda row: number(row.columns, "nb_hits_following_search") > 0))


def _option(context: TableContext, name: str) -> str:
    return context.call.settings.text(f"General.{name}")


def _page(url: str, context: TableContext) -> tuple[str, ...]:
    return page_path(
        context.call.service(PageUrls).cleaned(context.idsite, url),
        action_url_category_delimiter=_option(context, "action_url_category_delimiter"),
        action_default_name=_option(context, "action_default_name"),
        action_category_level_limit=context.call.settings.number("General.action_category_level_limit"),
    )


def _title(title: str, context: TableContext) -> tuple[str, ...]:
    return title_path(
        title,
        action_title_category_delimiter=_option(context, "action_title_category_delimiter"),
        action_category_level_limit=context.call.settings.number("General.action_category_level_limit"),
    )


def _link(url: str, context: TableContext) -> tuple[str, ...]:
    cleaned = context.call.service(PageUrls).cleaned(context.idsite, url)
    return link_path(cleaned, action_url_category_delimiter=_option(context, "action_url_category_delimiter"))


def keep_own_columns(table: DataTable, context: TableContext) -> None:
    """Leave out what the report does not name, as columns that were added for goals. Source: Matomo 5.2, Actions.get."""
    report = context.report
    names = {*report.metrics, *(metric.name for metric in report.processed)}
    table.keep_columns(names.__contains__)


def _pages(
    method: str,
    name: str,
    subcategory: str,
    dimension: str,
    segment: str,
    *,
    by: Record,
    only: tuple[Filter, ...] = (),
    metrics: tuple[str, ...] = ("nb_hits", "nb_visits"),
    labels: Mapping[str, str] = UNIQUE_VIEWS,
    unlisted: tuple[str, ...] = (),
    order: int,
    related: tuple[str, ...] = (),
    goal_metrics: GoalNames | None = None,
    is_tree: bool = True,
    documentation: str = "",
) -> Report:
    """A report over pages by URL or by title."""
    is_url = by is PAGE_URLS
    return Report(
        f"Actions.{method}",
        name,
        CATEGORY,
        subcategory,
        record=by,
        dimension=DIMENSIONS[dimension],
        dimension_id=f"Actions.{dimension}",
        segment=segment,
        metrics=metrics,
        labels=labels,
        processed=PAGE_PROCESSED,
        unlisted=unlisted,
        filters=(*BY_URL, slash_before_folders, *only) if is_url else (*BY_TITLE, *only),
        order=order,
        related=related,
        load_subtables=f"Actions.{method}" if is_tree else "",
        has_goal_metrics=goal_metrics is not None,
        goal_metrics=goal_metrics,
        flat_separator="/",
        documentation=documentation,
    )


def _one(method: str, name: str, *, by: Record, search: RowSearch) -> Report:
    """The row of one page, download or outlink; without a segment, since the caller knows what it asked for.

    Its own rates come before those of goals, as no listed report has them.
    """
    is_page = by in {PAGE_URLS, PAGE_TITLES}
    own = {PAGE_URLS: BY_URL, PAGE_TITLES: BY_TITLE}.get(by, BY_LINK)
    return Report(
        f"Actions.{method}",
        name,
        CATEGORY,
        record=by,
        search=search,
        processed=tuple(replace(metric, is_listed=False) for metric in PAGE_RATES) if is_page else (),
        filters=(WITHOUT_TIMINGS, *own),
        flat_separator="/",
        is_listed=False,
    )


def _links(
    method: str,
    name: str,
    dimension: str,
    segment: str,
    *,
    by: Record,
    labels: dict[str, str],
    order: int,
    documentation: str,
) -> Report:
    """A report over downloads or outlinks."""
    return Report(
        f"Actions.{method}",
        name,
        CATEGORY,
        name,
        record=by,
        dimension=DIMENSIONS[dimension],
        dimension_id=f"Actions.{dimension}",
        segment=segment,
        metrics=("nb_visits", "nb_hits"),
        labels=labels,
        filters=BY_LINK,
        order=order,
        load_subtables=f"Actions.{method}",
        flat_separator="/",
        documentation=documentation,
    )


REPORTS: tuple[Report, ...] = (
    Report(
        "Actions.get",
        "Actions - Main metrics",
        CATEGORY,
        numbers={
            name: f"Actions_{name}"
            for name in (
                "nb_pageviews",
                "nb_uniq_pageviews",
                "nb_downloads",
                "nb_uniq_downloads",
                "nb_outlinks",
                "nb_uniq_outlinks",
                "nb_searches",
                "nb_keywords",
            )
        },
        metrics=(
            "nb_pageviews",
            "nb_uniq_pageviews",
            "nb_downloads",
            "nb_uniq_downloads",
            "nb_outlinks",
            "nb_uniq_outlinks",
            "nb_searches",
            "nb_keywords",
        ),
        processed=(GENERATION_TIME,),
        queued=(keep_own_columns,),
        order=1,
        flat_separator="/",
        documentation="How many pages, downloads, outlinks and searches there were.",
    ),
    _pages(
        "getPageUrls",
        "Page URLs",
        "Pages",
        "PageUrl",
        "pageUrl",
        by=PAGE_URLS,
        order=2,
        goal_metrics=OF_PAGES,
        related=(
            "Actions.getEntryPageUrls",
            "Actions.getExitPageUrls",
        ),
        documentation="The pages that were viewed, in the folders of their URLs.",
    ),
    _pages(
        "getEntryPageUrls",
        "Entry pages",
        "Entry pages",
        "EntryPageUrl",
        "entryPageUrl",
        by=PAGE_URLS,
        only=(ENTERED,),
        metrics=("entry_nb_visits", "entry_bounce_count"),
        unlisted=OF_ENTRIES,
        order=3,
        goal_metrics=OF_ENTRANCES,
        related=("Actions.getEntryPageTitles",),
        documentation="The pages on which visits began.",
    ),
    _pages(
        "getExitPageUrls",
        "Exit pages",
        "Exit pages",
        "ExitPageUrl",
        "exitPageUrl",
        by=PAGE_URLS,
        only=(LEFT,),
        metrics=("exit_nb_visits", "nb_visits"),
        unlisted=OF_EXITS,
        order=4,
        related=("Actions.getExitPageTitles",),
        documentation="The pages on which visits ended.",
    ),
    _pages(
        "getPageTitles",
        "Page titles",
        "Page titles",
        "PageTitle",
        "pageTitle",
        by=PAGE_TITLES,
        order=5,
        goal_metrics=OF_PAGES,
        related=(
            "Actions.getEntryPageTitles",
            "Actions.getExitPageTitles",
        ),
        documentation="The titles of the pages that were viewed.",
    ),
    _pages(
        "getEntryPageTitles",
        "Entry page titles",
        "Entry pages",
        "EntryPageTitle",
        "entryPageTitle",
        by=PAGE_TITLES,
        only=(ENTERED,),
        metrics=("entry_nb_visits", "entry_bounce_count"),
        unlisted=OF_ENTRIES,
        order=6,
        goal_metrics=OF_ENTRANCES,
        related=(
            "Actions.getPageTitles",
            "Actions.getEntryPageUrls",
        ),
        documentation="The titles of the pages on which visits began.",
    ),
    _pages(
        "getExitPageTitles",
        "Exit page titles",
        "Exit pages",
        "ExitPageTitle",
        "exitPageTitle",
        by=PAGE_TITLES,
        only=(LEFT,),
        metrics=("exit_nb_visits", "nb_visits"),
        unlisted=OF_EXITS,
        order=7,
        related=(
            "Actions.getPageTitles",
            "Actions.getExitPageUrls",
        ),
        documentation="The titles of the pages on which visits ended.",
    ),
    _links(
        "getOutlinks",
        "Outlinks",
        "ClickedUrl",
        "outlinkUrl",
        by=OUTLINKS,
        labels={"nb_visits": "Unique Clicks", "nb_hits": "Clicks"},
        order=8,
        documentation="Links to other sites that were clicked, by host.",
    ),
    _links(
        "getDownloads",
        "Downloads",
        "DownloadUrl",
        "downloadUrl",
        by=DOWNLOADS,
        labels={"nb_visits": "Unique Downloads", "nb_hits": "Downloads"},
        order=9,
        documentation="Files that were downloaded, by host.",
    ),
    _pages(
        "getPageUrlsFollowingSiteSearch",
        "Pages Following a Site Search",
        "Site Search",
        "DestinationPage",
        "",
        by=PAGE_URLS,
        only=(AFTER_SEARCH,),
        metrics=("nb_hits_following_search", "nb_hits"),
        labels={"nb_hits_following_search": "Clicked in search results"},
        unlisted=tuple(metric.name for metric in PAGE_PROCESSED),
        order=16,
        related=("Actions.getPageTitlesFollowingSiteSearch",),
        is_tree=False,
        documentation="The pages to which people went from search results.",
    ),
    _pages(
        "getPageTitlesFollowingSiteSearch",
        "Page Titles Following a Site Search",
        "Site Search",
        "DestinationPage",
        "",
        by=PAGE_TITLES,
        only=(AFTER_SEARCH,),
        metrics=("nb_hits_following_search", "nb_hits"),
        labels={"nb_hits_following_search": "Clicked in search results"},
        unlisted=tuple(metric.name for metric in PAGE_PROCESSED),
        order=19,
        related=("Actions.getPageUrlsFollowingSiteSearch",),
        is_tree=False,
        documentation="The titles of the pages to which people went from search results.",
    ),
    *SEARCH_REPORTS,
    _one("getPageUrl", "Page URL", by=PAGE_URLS, search=RowSearch("pageUrl", _page)),
    _one("getPageTitle", "Page title", by=PAGE_TITLES, search=RowSearch("pageName", _title)),
    _one("getDownload", "Download", by=DOWNLOADS, search=RowSearch("downloadUrl", _link)),
    _one("getOutlink", "Outlink", by=OUTLINKS, search=RowSearch("outlinkUrl", _link)),
)
