"""Reports about searches on the site. Source: Matomo 5.2, reports."""

from __future__ import annotations

from tidemark.model.rounding import quotient
from tidemark.model.table import DataTable
from tidemark.plugin import Filter, Report, TableContext, drop_columns, number, segment_by_label, segment_value
from tidemark.plugins.actions.metrics import CATEGORY, DIMENSIONS, GENERATION_TIME, PAGE_RATES
from tidemark.plugins.actions.records import NO_RESULT, SEARCH_CATEGORIES, SEARCH_ENTRIES, SEARCH_KEYWORDS

NAMES = {"nb_visits": "Searches", "nb_pages_per_search": "Search Results pages", "exit_rate": "% Search Exits"}


def pages_per_search(column: str) -> Filter:
    """Adds how many result pages were viewed per visit that searched."""

    def apply(table: DataTable, _context: TableContext) -> None:
        for row in table:
            row.columns["nb_pages_per_search"] = quotient(
                number(row.columns, column), number(row.columns, "nb_visits"), 1
            )

    return apply


def _searches(
    method: str,
    name: str,
    dimension: str,
    *,
    filters: tuple[Filter, ...],
    metrics: tuple[str, ...] = ("nb_visits", "nb_pages_per_search"),
    order: int,
    documentation: str,
) -> Report:
    """A report over keywords of site searches."""
    return Report(
        f"Actions.{method}",
        name,
        CATEGORY,
        "Site Search",
        record=SEARCH_KEYWORDS,
        dimension=DIMENSIONS[dimension],
        dimension_id=f"Actions.{dimension}",
        metrics=metrics,
        labels=NAMES,
        processed=(*PAGE_RATES, GENERATION_TIME),
        unlisted=("avg_time_on_page", "bounce_rate", GENERATION_TIME.name),
        filters=(
            *filters,
            drop_columns(NO_RESULT, SEARCH_ENTRIES),
            segment_by_label("siteSearchKeyword"),
            pages_per_search("nb_hits"),
        ),
        order=order,
        flat_separator="/",
        is_named_at_once=True,
        documentation=documentation,
    )


def _without_results(table: DataTable, _context: TableContext) -> None:
    table.rows = [row for row in table.rows if number(row.columns, NO_RESULT) >= 1]
    table.summary_row = None


SEARCH_REPORTS: tuple[Report, ...] = (
    _searches(
        "getSiteSearchKeywords",
        "Site Search Keywords",
        "Keyword",
        filters=(),
        order=15,
        documentation="What people searched for on the site.",
    ),
    _searches(
        "getSiteSearchNoResultKeywords",
        "Search Keywords with No Results",
        "KeywordwithNoSearchResult",
        filters=(_without_results,),
        metrics=("nb_visits",),
        order=18,
        documentation="What people searched for without finding anything.",
    ),
    Report(
        "Actions.getSiteSearchCategories",
        "Search Categories",
        CATEGORY,
        "Site Search",
        record=SEARCH_CATEGORIES,
        dimension=DIMENSIONS["SearchCategory"],
        dimension_id="Actions.SearchCategory",
        segment="siteSearchCategory",
        metrics=("nb_visits", "nb_pages_per_search", "exit_rate"),
        labels=NAMES,
        filters=(segment_value(), pages_per_search("nb_actions")),
        queued=(drop_columns("nb_uniq_visitors"),),
        order=20,
        flat_separator="/",
        is_named_at_once=True,
        documentation="The categories that people searched in.",
    ),
)
