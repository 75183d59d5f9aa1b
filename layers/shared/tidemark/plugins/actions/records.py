"""Tables of pages, titles, downloads, outlinks and searches, and their sums. Source: Matomo 5.2, records."""

from __future__ import annotations

from dataclasses import replace

from tidemark.model.hit import ActionType
from tidemark.model.timings import TIMINGS
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin import (
    Aggregate,
    Empty,
    Expression,
    FolderText,
    Limit,
    Measure,
    Numeric,
    Part,
    Ratio,
    Record,
    RowCount,
    Source,
    TableTotal,
    call,
    case,
    col,
    count,
    distinct,
    largest,
    smallest,
    text,
    total,
)
from tidemark.plugins.actions.paths import link_path, page_path, title_path

ACTIONS_LIMIT = Limit(
    "General.datatable_archiving_maximum_rows_actions", "General.datatable_archiving_maximum_rows_subtable_actions"
)
SEARCH_LIMIT = Limit("General.datatable_archiving_maximum_rows_site_search")
DEFAULTS = ("nb_visits", "nb_uniq_visitors", "nb_hits", "sum_time_spent")

IS_PAGE = col("action_type").eq(ActionType.PAGE)
IS_LINK = col("action_type").is_in(ActionType.DOWNLOAD, ActionType.OUTLINK)
IS_SEARCH = col("action_type").eq(ActionType.SEARCH)
TIME_COUNTS = (col("time_spent_ref") > 0) & col("action_type").ne(ActionType.EVENT)

VISITS = distinct("nb_visits", col("idvisit"))
UNIQUE_VISITORS = distinct("nb_uniq_visitors", col("visitor_id"), "sum_daily_nb_uniq_visitors", leaf_only=True)
HITS = count("nb_hits")
TIME_SPENT = total("sum_time_spent", col("time_spent_ref"))


def _seconds(milliseconds: Expression) -> Expression:
    return milliseconds / 1000


PERFORMANCE: tuple[Measure, ...] = tuple(
    measure
    for timing in TIMINGS
    for measure in (
        total(f"sum_{timing}", _seconds(col(timing)), decimals=3),
        count(f"nb_hits_with_{timing}", where=col(timing).not_null()),
        smallest(f"min_{timing}", _seconds(col(timing)), decimals=3),
        largest(f"max_{timing}", _seconds(col(timing)), decimals=3, empty=Empty.NULL),
    )
)
FOLLOWING_SEARCH = Measure(
    "nb_hits_following_search", Aggregate.COUNT, where=col("search_ref").not_null(), empty=Empty.ABSENT
)
"""The last named action before was a search; downloads, and pages without title, do not come between.

Source: Matomo 5.2, plugins/Actions/RecordBuilders (type of idaction_name_ref).
"""
PAGE_METRICS: tuple[Measure, ...] = (VISITS, UNIQUE_VISITORS, HITS, FOLLOWING_SEARCH, *PERFORMANCE)
LINK_METRICS: tuple[Measure, ...] = (VISITS, UNIQUE_VISITORS, HITS, FOLLOWING_SEARCH)
ENTRY_METRICS: tuple[Measure, ...] = (
    distinct("entry_nb_uniq_visitors", col("visitor_id"), "sum_daily_entry_nb_uniq_visitors", leaf_only=True),
    count("entry_nb_visits"),
    total("entry_nb_actions", col("visit_total_actions")),
    total("entry_sum_visit_length", col("visit_total_time")),
    count("entry_bounce_count", where=col("visit_total_actions") <= 1),
)
EXIT_METRICS: tuple[Measure, ...] = (
    distinct("exit_nb_uniq_visitors", col("visitor_id"), "sum_daily_exit_nb_uniq_visitors", leaf_only=True),
    count("exit_nb_visits"),
)

_PAGEVIEWS_BEFORE = call("nullif", col("pageviews_before"), 0)
_BELOW_HALF = 0.0000004
"""Less than the last decimal that sums keep, so that what is a little less than half a cent is not rounded up."""
_REVENUE_SHARE = call("single", col("revenue")) / _PAGEVIEWS_BEFORE - _BELOW_HALF
"""Source: Matomo 5.2, database schema (revenue of conversions is a number of 32 bits)."""
_SHARE = call("round", case((_PAGEVIEWS_BEFORE.not_null(), 1.0 / _PAGEVIEWS_BEFORE)), 4)
_IS_CONVERSION = col("idgoal") >= 0
_IS_ATTRIBUTED = _IS_CONVERSION & (col("pageviews_before") > 0)
PAGE_GOAL_METRICS: tuple[Measure, ...] = (
    count("nb_conversions"),
    total("revenue", col("revenue"), decimals=2),
    Measure("nb_conv_pages_before", Aggregate.MAX, col("pageviews_before"), only=_IS_CONVERSION),
    total("nb_conversions_attrib", _SHARE, only=_IS_ATTRIBUTED),
    # stands here, gets its value on reading
    total("nb_conversions_page_rate", col("idgoal") * 0, only=_IS_ATTRIBUTED),
    count("nb_conversions_page_uniq"),
    total("revenue_attrib", _REVENUE_SHARE, decimals=2, only=_IS_ATTRIBUTED),
)
ENTRY_GOAL_METRICS: tuple[Measure | Ratio, ...] = (
    total("revenue_entry", col("revenue"), decimals=2),
    Ratio("nb_conversions_entry_rate", "nb_conversions_entry", "entry_nb_visits", 3),
    Ratio("revenue_per_entry", "revenue_entry", "entry_nb_visits", 3),
    count("nb_conversions_entry"),
)


def _known(column: str) -> Expression:
    return col(column).not_null() & col(column).ne("")


IS_BROKEN_LINK = IS_LINK & ~_known("url")
"""A click on something that is no URL counts as view of a page without one."""


def _parts(
    key: str, views: Expression, ref: str, entry: str, entry_where: Expression, exit_: str, exit_where: Expression
) -> tuple[Part, ...]:
    """Pages by one of their columns: views, time, entries, exits and goals."""
    by = (call("coalesce", col(key), ""),)
    return (
        Part(Source.ACTIONS, by, PAGE_METRICS, views),
        Part(
            Source.ACTIONS, (col(ref),), (TIME_SPENT,), TIME_COUNTS & col("ref_type").eq(ActionType.PAGE) & _known(ref)
        ),
        Part(Source.VISITS, (col(entry),), ENTRY_METRICS, entry_where & _known(entry)),
        Part(Source.VISITS, (col(exit_),), EXIT_METRICS, exit_where & _known(exit_)),
        Part(
            Source.CONVERSION_PAGES,
            (col(key), col("idvisit")),  # amounts are rounded visit by visit
            PAGE_GOAL_METRICS,
            _known(key),
            levels=1,
            per_goal=True,
            joins_only=True,
        ),
        Part(
            Source.CONVERSIONS,
            (col(entry),),
            ENTRY_GOAL_METRICS,
            (col("idgoal") >= 0) & _known(entry),
            per_goal=True,
            joins_only=True,
        ),
    )


WHOLE_URL = case(
    (col("url_prefix").eq(0), call("concat", "http://", col("url"))),
    (col("url_prefix").eq(1), call("concat", "http://www.", col("url"))),
    (col("url_prefix").eq(2), call("concat", "https://", col("url"))),
    (col("url_prefix").eq(3), call("concat", "https://www.", col("url"))),
    otherwise=call("coalesce", col("url"), ""),
)
_URL_OPTIONS = ("General.action_url_category_delimiter", "General.action_category_level_limit")


def _links(name: str, kind: ActionType) -> Record:
    return Record(
        name,
        (Part(Source.ACTIONS, (col("url"),), LINK_METRICS, col("action_type").eq(kind) & _known("url")),),
        path=link_path,
        options=_URL_OPTIONS,
        texts=(text("url", WHOLE_URL),),
        tie="url",
        defaults=DEFAULTS,
        limit=ACTIONS_LIMIT,
        sort="nb_hits",
    )


def has_site_search(site: TrackedSite) -> bool:
    """Whether searches of the site are recognised."""
    return site.site.sitesearch


PAGE_URLS = Record(
    "Actions_actions_url",
    _parts(
        "url",
        IS_PAGE | IS_BROKEN_LINK,
        "url_ref",
        "visit_entry_url",
        col("idvisit").not_null(),
        "visit_exit_url",
        col("idvisit").not_null(),
    ),
    path=page_path,
    options=(*_URL_OPTIONS, "General.action_default_name"),
    texts=(text("url", WHOLE_URL),),
    tie="url",
    folder_text=FolderText("folder_url_start"),
    defaults=DEFAULTS,
    limit=ACTIONS_LIMIT,
    sort="nb_hits",
)
PAGE_TITLES = Record(
    "Actions_actions",
    _parts(
        "title",
        IS_PAGE,
        "title_ref",
        "visit_entry_name",
        col("visit_entry_type").eq(ActionType.PAGE),
        "visit_exit_name",
        col("visit_exit_type").eq(ActionType.PAGE),
    ),
    path=title_path,
    options=("General.action_title_category_delimiter", "General.action_category_level_limit"),
    texts=(text("page_title_path", call("nullif", call("coalesce", col("title"), ""), "")),),
    folder_text=FolderText("page_title_path", setting="General.action_title_category_delimiter"),
    defaults=DEFAULTS,
    limit=ACTIONS_LIMIT,
    sort="nb_hits",
)
DOWNLOADS = _links("Actions_downloads", ActionType.DOWNLOAD)
OUTLINKS = _links("Actions_outlink", ActionType.OUTLINK)

NO_RESULT = "has_no_result"
SEARCH_ENTRIES = "entry_nb_visits"
"""Visits that began with the search: only rates of goals are made of them, answers leave them out."""
SEARCH_KEYWORDS = Record(
    "Actions_sitesearch",
    (
        Part(
            Source.ACTIONS,
            (col("search_keyword"),),
            (
                VISITS,
                HITS,
                Measure(
                    NO_RESULT,
                    Aggregate.MIN,
                    case((col("search_count").is_null(), None), (col("search_count").eq(0), 1), otherwise=0),
                ),
            ),
            IS_SEARCH,
        ),
        Part(
            Source.ACTIONS,
            (col("search_ref"),),
            (TIME_SPENT,),
            TIME_COUNTS & _known("search_ref"),  # also time on pages without title that followed it
        ),
        Part(
            Source.VISITS,
            (col("visit_exit_name"),),
            (count("exit_nb_visits"),),
            col("visit_exit_type").eq(ActionType.SEARCH) & _known("visit_exit_name"),
        ),
        Part(
            Source.VISITS,
            (col("visit_entry_name"),),
            (count(SEARCH_ENTRIES),),
            col("visit_entry_type").eq(ActionType.SEARCH) & _known("visit_entry_name"),
        ),
        Part(
            Source.CONVERSIONS,
            (col("visit_entry_name"),),
            tuple(replace(one, per=SEARCH_ENTRIES) if isinstance(one, Ratio) else one for one in ENTRY_GOAL_METRICS),
            (col("idgoal") >= 0) & col("visit_entry_url").eq("") & _known("visit_entry_name"),
            per_goal=True,
            joins_only=True,
        ),
    ),
    defaults=("nb_visits", "nb_hits", "sum_time_spent"),
    limit=SEARCH_LIMIT,
    sort="nb_hits",
    needs=has_site_search,
)
SEARCH_CATEGORIES = Record(
    "Actions_SiteSearchCategories",
    (
        Part(
            Source.ACTIONS,
            (col("search_category"),),
            (
                VISITS,
                distinct("nb_uniq_visitors", col("visitor_id"), "sum_daily_nb_uniq_visitors"),
                count("nb_actions"),
            ),
            _known("search_category"),
        ),
    ),
    limit=SEARCH_LIMIT,
    needs=has_site_search,
)
RECORDS = (PAGE_URLS, PAGE_TITLES, DOWNLOADS, OUTLINKS, SEARCH_KEYWORDS, SEARCH_CATEGORIES)

NUMBERS: tuple[Numeric | TableTotal | RowCount, ...] = (
    TableTotal("Actions_nb_pageviews", PAGE_URLS.name, "nb_hits"),
    TableTotal("Actions_nb_uniq_pageviews", PAGE_URLS.name, "nb_visits"),
    TableTotal("Actions_nb_downloads", DOWNLOADS.name, "nb_hits"),
    TableTotal("Actions_nb_uniq_downloads", DOWNLOADS.name, "nb_visits"),
    TableTotal("Actions_nb_outlinks", OUTLINKS.name, "nb_hits"),
    TableTotal("Actions_nb_uniq_outlinks", OUTLINKS.name, "nb_visits"),
    TableTotal("Actions_nb_searches", SEARCH_KEYWORDS.name, "nb_hits"),
    RowCount("Actions_nb_keywords", SEARCH_KEYWORDS.name),
)
