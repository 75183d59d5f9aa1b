"""From archives to tables: one table per site and period, maps around them, the filters that reports declare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from tidemark.model.archive import Archives
from tidemark.model.period import Period
from tidemark.model.period_query import PeriodSelection
from tidemark.model.table import (
    AGGREGATION_METADATA,
    PERIOD_METADATA,
    SEGMENT_METADATA,
    SITE_METADATA,
    DataTable,
    Row,
    SimpleTable,
    Table,
    TableMap,
    table_leaves,
)
from tidemark.plugin import Filter, Record, Report, TableContext
from tidemark.plugin.filters import merges_of
from tidemark.reporting.access import SiteSelection
from tidemark.reporting.filters.flatten import replace_summary_labels

MakeContext = Callable[..., TableContext]
"""Of a site, a period, a segment and a subtable's number; `is_in_map`: whether the answer has several tables."""


@dataclass(frozen=True, slots=True)
class Query:
    """Sites, periods and segment of a call."""

    sites: SiteSelection
    periods: PeriodSelection
    segment: str = ""

    @property
    def is_single(self) -> bool:
        """Whether the answer is one table, not a map."""
        return not self.sites.is_multiple and not self.periods.is_multiple


def build(query: Query, make: Callable[[int, Period], DataTable]) -> Table:
    """A table of every site and period: a map by ``idSite`` outside, by ``date`` inside, where several are asked for.

    Source: Matomo 5.2, generic parameters, "idSite" and "date".
    """

    def of_site(site: int) -> Table:
        tables: dict[str, Table] = {
            period.key: _described(make(site, period), site, period, query.segment) for period in query.periods.periods
        }
        return TableMap("date", tables) if query.periods.is_multiple else next(iter(tables.values()))

    if query.sites.is_multiple:
        return TableMap("idSite", {str(site): of_site(site) for site in query.sites.ids})
    return of_site(query.sites.ids[0])


def record_table(
    archives: Archives,
    record: str,
    query: Query,
    *,
    idsubtable: int | None = None,
    expanded: bool = False,
    depth: int | None = None,
) -> Table:
    """A record's table of every site and period."""

    def make(site: int, period: Period) -> DataTable:
        table = archives.table(
            site, period, record, query.segment, idsubtable=idsubtable, expanded=expanded, depth=depth
        )
        return _readable(table)

    if query.periods.is_multiple:  # all archives are found at once, before the tables are read one by one
        archives.numbers(query.sites.ids, query.periods.periods, (), query.segment)
    return build(query, make)


def number_table(archives: Archives, columns: Mapping[str, str], query: Query) -> Table:
    """Numbers by column name as one row; 0 where nothing is stored.

    In a map, a period without any of several numbers has an empty table.
    """
    stored = archives.numbers(
        query.sites.ids, query.periods.periods, tuple(dict.fromkeys(columns.values())), query.segment
    )
    keeps_empty = query.is_single or len(columns) == 1

    def make(site: int, period: Period) -> DataTable:
        numbers = stored.get((site, period), {})
        if not numbers and not keeps_empty:
            return SimpleTable()
        return SimpleTable.of({column: numbers.get(name, 0) for column, name in columns.items()})

    return build(query, make)


def search_row(
    archives: Archives, record: str, query: Query, path: Callable[[int, Period], Iterable[str | int]]
) -> Table:
    """A table of the one row found by its labels from the main table; empty where there is none.

    Of several sites and dates, each site has the first date's table in which the row was found.
    """

    def make(site: int, period: Period) -> DataTable:
        idsubtable: int | None = None
        row: Row | None = None
        table = DataTable()
        for depth, label in enumerate(path(site, period)):
            if depth and idsubtable is None:
                return table.empty_copy()
            table = archives.table(site, period, record, query.segment, idsubtable=idsubtable)
            row = table.row_by_label(label)
            if row is None:
                return table.empty_copy()
            idsubtable = row.subtable_id
        found = table.empty_copy()
        found.rows = [row] if row is not None else []
        return _readable(found)

    return _first_found(build(query, make))


def _first_found(table: Table) -> Table:
    """A map by site of maps by date with one table per site: the first that has rows, or the first of all."""
    if isinstance(table, TableMap):
        for key, inner in table.tables.items():
            if isinstance(inner, TableMap):
                leaves = list(inner.leaves())
                table.tables[key] = next((leaf for leaf in leaves if len(leaf)), leaves[0])
    return table


def apply_report(table: Table, report: Report, make_context: MakeContext, idsubtable: int | None) -> None:
    """Run a report's filters on every table of the answer, and queue those that come after the generic filters."""
    operations = aggregation_operations(report.record)
    if not (operations or report.filters or report.queued):
        return
    is_in_map = isinstance(table, TableMap)
    for leaf in table_leaves(table):
        if operations:
            leaf.metadata.setdefault(AGGREGATION_METADATA, operations)
        site, period = leaf.metadata.get(SITE_METADATA), leaf.metadata.get(PERIOD_METADATA)
        if not isinstance(site, int) or not isinstance(period, Period):
            continue
        segment = leaf.metadata.get(SEGMENT_METADATA, "")
        context = make_context(site, period, segment, idsubtable, is_in_map=is_in_map)
        for table_filter in report.filters:
            table_filter(leaf, context)
        for table_filter in report.queued:
            leaf.queue(partial(_run, table_filter, context))


def aggregation_operations(record: Record | None) -> dict[str, str]:
    """How columns of a record are added up where it is not by sum: column -> min, max or keep."""
    return {name: merge.value for name, merge in merges_of(record).items() if merge.value != "sum"}


def _readable(table: DataTable) -> DataTable:
    """A stored table whose summary row gets its name after the generic filters."""
    table.queue(replace_summary_labels)
    return table


def _described(table: DataTable, site: int, period: Period, segment: str) -> DataTable:
    table.metadata.update({SITE_METADATA: site, PERIOD_METADATA: period, SEGMENT_METADATA: segment})
    return table


def _run(table_filter: Filter, context: TableContext, table: DataTable) -> None:
    table_filter(table, context)
