"""The generic filters in their order: what every table can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from tidemark.model.table import ROWS_ARE_FINAL_METADATA, DataTable
from tidemark.plugin import Report
from tidemark.reporting.filters.cutting import exclude_low_population, limit, truncate
from tidemark.reporting.filters.flatten import replace_summary_labels
from tidemark.reporting.filters.pattern import keep_matching, keep_matching_recursive
from tidemark.reporting.filters.sorting import sort_table
from tidemark.reporting.parameters import Parameters

Step = Callable[[DataTable], None]
GenericFilter = Callable[[Parameters, "Report | None"], "Step | None"]
"""What the parameters of a call ask to be done with every table; None for nothing."""

COLUMN_PARAMETERS = ("filter_column", "filter_column_recursive", "filter_excludelowpop", "filter_sort_column")
"""Parameters that may name a processed metric, which then has to be computed first."""


def _pattern(params: Parameters, _report: Report | None) -> Step | None:
    if not params.is_given("filter_pattern"):
        return None
    column, pattern = params.raw("filter_column", "label"), params.text("filter_pattern")
    return lambda table: keep_matching(table, column, pattern)


def _pattern_recursive(params: Parameters, _report: Report | None) -> Step | None:
    if not params.is_given("filter_pattern_recursive"):
        return None
    column, pattern = params.raw("filter_column_recursive", "label"), params.text("filter_pattern_recursive")
    return lambda table: keep_matching_recursive(table, column, pattern)


def _low_population(params: Parameters, _report: Report | None) -> Step | None:
    if not params.is_given("filter_excludelowpop"):
        return None
    column, minimum = params.raw("filter_excludelowpop"), params.number("filter_excludelowpop_value", 0.0)
    return lambda table: exclude_low_population(table, column, minimum)


def _sort(params: Parameters, report: Report | None) -> Step | None:
    column = params.raw("filter_sort_column", report.default_sort if report is not None else "")
    order = params.raw("filter_sort_order", report.default_order if report is not None else "desc")
    if not column:
        return None
    return partial(sort_table, column=column, is_descending=order.lower() != "asc", window=_window(params))


def _window(params: Parameters) -> int | None:
    """How many rows can be left after cutting, counted from the first; None for all of them."""
    row_limit, row_count = params.integer("filter_limit", -1), params.integer("filter_truncate", -1)
    ends = [row_limit + max(0, params.integer("filter_offset", 0))] if row_limit >= 0 else []
    ends += [row_count] if row_count >= 0 else []
    is_cut = not params.is_given("label")
    return min(ends) if ends and is_cut else None


def _truncate(params: Parameters, _report: Report | None) -> Step | None:
    row_count = params.integer("filter_truncate")
    if row_count is None:
        return None

    def step(table: DataTable) -> None:
        truncate(table, row_count)
        table.queue(replace_summary_labels)

    return step


def _limit(params: Parameters, _report: Report | None) -> Step | None:
    row_limit = params.integer("filter_limit")
    if row_limit is None:
        return None
    offset, keeps_summary = params.integer("filter_offset", 0), params.integer("keep_summary_row", 0) != 0
    return partial(limit, offset=offset, row_limit=row_limit, keep_summary_row=keeps_summary)


CUTTING: tuple[GenericFilter, ...] = (_truncate, _limit)
"""Left out when labels are asked for: the row may be one of those that would be cut."""
GENERIC_FILTERS: tuple[GenericFilter, ...] = (_pattern, _pattern_recursive, _low_population, _sort, *CUTTING)
"""First what removes rows, then sorting, then cutting. Source: Matomo 5.2, generic parameters, "processing order"."""


_ORDERING: tuple[GenericFilter, ...] = (_sort, _limit)
"""Left out for tables whose rows are final."""


def run_generic_filters(tables: Iterable[DataTable], params: Parameters, report: Report | None, *, cuts: bool) -> None:
    """Run all generic filters that the parameters ask for on every table; ``cuts`` switches truncation and limit."""
    chosen = [one for one in GENERIC_FILTERS if cuts or one not in CUTTING]
    steps = [(step, one in _ORDERING) for one in chosen if (step := one(params, report)) is not None]
    for table in tables:
        is_final = table.metadata.get(ROWS_ARE_FINAL_METADATA)
        for step, is_ordering in steps:
            if not (is_final and is_ordering):
                step(table)
