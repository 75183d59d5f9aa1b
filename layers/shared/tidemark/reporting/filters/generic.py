"""The generic filters in their order: what every table can be asked for."""

from __future__ import annotations

from collections.abc import Callable

from tidemark.model.table import ROWS_ARE_FINAL_METADATA, DataTable
from tidemark.plugin import Report
from tidemark.reporting.filters.cutting import exclude_low_population, limit, truncate
from tidemark.reporting.filters.flatten import replace_summary_labels
from tidemark.reporting.filters.pattern import keep_matching, keep_matching_recursive
from tidemark.reporting.filters.sorting import sort_table
from tidemark.reporting.parameters import Parameters

GenericFilter = Callable[[DataTable, Parameters, "Report | None"], None]

COLUMN_PARAMETERS = ("filter_column", "filter_column_recursive", "filter_excludelowpop", "filter_sort_column")
"""Parameters that may name a processed metric, which then has to be computed first."""


def _pattern(table: DataTable, params: Parameters, _report: Report | None) -> None:
    if params.is_given("filter_pattern"):
        keep_matching(table, params.raw("filter_column", "label"), params.text("filter_pattern"))


def _pattern_recursive(table: DataTable, params: Parameters, _report: Report | None) -> None:
    if params.is_given("filter_pattern_recursive"):
        column = params.raw("filter_column_recursive", "label")
        keep_matching_recursive(table, column, params.text("filter_pattern_recursive"))


def _low_population(table: DataTable, params: Parameters, _report: Report | None) -> None:
    if params.is_given("filter_excludelowpop"):
        minimum = params.number("filter_excludelowpop_value", 0.0)
        exclude_low_population(table, params.raw("filter_excludelowpop"), minimum)


def _sort(table: DataTable, params: Parameters, report: Report | None) -> None:
    column = params.raw("filter_sort_column", report.default_sort if report is not None else "")
    order = params.raw("filter_sort_order", report.default_order if report is not None else "desc")
    sort_table(table, column, is_descending=order.lower() != "asc", window=_window(params))


def _window(params: Parameters) -> int | None:
    """How many rows can be left after cutting, counted from the first; None for all of them."""
    row_limit, row_count = params.integer("filter_limit", -1), params.integer("filter_truncate", -1)
    ends = [row_limit + max(0, params.integer("filter_offset", 0))] if row_limit >= 0 else []
    ends += [row_count] if row_count >= 0 else []
    is_cut = not params.is_given("label")
    return min(ends) if ends and is_cut else None


def _truncate(table: DataTable, params: Parameters, _report: Report | None) -> None:
    row_count = params.integer("filter_truncate")
    if row_count is not None:
        truncate(table, row_count)
        table.queue(replace_summary_labels)


def _limit(table: DataTable, params: Parameters, _report: Report | None) -> None:
    row_limit = params.integer("filter_limit")
    if row_limit is not None:
        offset = params.integer("filter_offset", 0)
        limit(table, offset, row_limit, keep_summary_row=params.integer("keep_summary_row", 0) != 0)


CUTTING: tuple[GenericFilter, ...] = (_truncate, _limit)
"""Left out when labels are asked for: the row may be one of those that would be cut."""
GENERIC_FILTERS: tuple[GenericFilter, ...] = (_pattern, _pattern_recursive, _low_population, _sort, *CUTTING)
"""First what removes rows, then sorting, then cutting. Source: Matomo 5.2, generic parameters, "processing order"."""


_ORDERING: tuple[GenericFilter, ...] = (_sort, _limit)
"""Left out for tables whose rows are final."""


def run_generic_filters(table: DataTable, params: Parameters, report: Report | None, *, cuts: bool) -> None:
    """Run all generic filters on one table; ``cuts`` switches truncation and limit."""
    left_out = (() if cuts else CUTTING) + (_ORDERING if table.metadata.get(ROWS_ARE_FINAL_METADATA) else ())
    for table_filter in GENERIC_FILTERS:
        if table_filter not in left_out:
            table_filter(table, params, report)
