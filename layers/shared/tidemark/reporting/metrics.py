"""Metrics that are computed when a table is read, after those that they need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from tidemark.model.table import COMPARISONS, EXTRA_METRICS_METADATA, DataTable
from tidemark.plugin import ProcessedMetric
from tidemark.plugin.metrics import ACTIONS_PER_VISIT, AVG_TIME_ON_SITE, BOUNCE_RATE, CONVERSION_RATE
from tidemark.reporting.filters.together import subtables_of, together
from tidemark.reporting.text import number_of

COMPUTED = "processed_metrics_computed"

SHOW_ALL_METRICS = (CONVERSION_RATE, ACTIONS_PER_VISIT, AVG_TIME_ON_SITE, BOUNCE_RATE)
"""What filter_add_columns_when_show_all_columns adds, in order. Source: Matomo 5.2, generic parameters."""


def metrics_of(table: DataTable, declared: Sequence[ProcessedMetric]) -> list[ProcessedMetric]:
    """The processed metrics that the report does not list, those added to this table, the listed ones; names once."""
    extra: Iterable[ProcessedMetric] = table.metadata.get(EXTRA_METRICS_METADATA, ())
    unlisted = (metric for metric in declared if not metric.is_listed)
    return list({metric.name: metric for metric in (*unlisted, *extra, *declared)}.values())


def with_metrics(
    tables: Iterable[DataTable], declared: Sequence[ProcessedMetric]
) -> Iterator[tuple[list[DataTable], list[ProcessedMetric]]]:
    """Tables that have the same processed metrics, as they follow each other, with these."""
    for _, alike in groupby(tables, lambda table: table.metadata.get(EXTRA_METRICS_METADATA, ())):
        found = list(alike)
        yield found, metrics_of(found[0], declared)


def compute_metrics(tables: Iterable[DataTable], declared: Sequence[ProcessedMetric], *, is_root: bool = True) -> None:
    """Add the processed metrics to every row; columns that are there stay. Loaded subtables get the report's only.

    A second call does nothing, so that sorting by a processed metric may compute them early.
    """
    pending = [table for table in tables if not table.metadata.get(COMPUTED)]
    for table in pending:
        table.metadata[COMPUTED] = True
    for alike, metrics in with_metrics(pending, declared):
        every = together(alike)
        for metric in metrics:
            if is_root or not metric.root_only:
                for table in every if not metric.only_with else together(_applicable(alike, metric)):
                    _compute(table, metric)
    inner = subtables_of(pending)
    if inner:
        compute_metrics(inner, declared, is_root=False)


def add_show_all_metrics(table: DataTable, *, drops_empty_rows: bool) -> None:
    """Announce the metrics of the full table; ``drops_empty_rows`` removes rows without visits and actions."""
    if drops_empty_rows:
        pairs = zip(table.cells("nb_visits"), table.cells("nb_actions"), strict=True)
        table.pick([place for place, (visits, actions) in enumerate(pairs) if number_of(visits) or number_of(actions)])
    table.metadata[EXTRA_METRICS_METADATA] = (*table.metadata.get(EXTRA_METRICS_METADATA, ()), *SHOW_ALL_METRICS)


def drop_columns(tables: Sequence[DataTable], names: Collection[str]) -> None:
    """Take columns out of all rows, subtables included."""
    while tables:
        for table in together(tables):
            table.drop_columns(names)
        tables = subtables_of(tables)


def comparisons_of(table: DataTable) -> list[DataTable]:
    """The tables of compared rows of the first level."""
    return [] if table.is_columnar else [row.metadata[COMPARISONS] for row in table if COMPARISONS in row.metadata]


def compute_compared(table: DataTable, declared: Sequence[ProcessedMetric]) -> None:
    """Add the processed metrics to the rows with which those of the first level are compared; 0 for want of numbers."""
    for compared in comparisons_of(table):
        compute_metrics([compared], declared)
        unconditional = {metric.name: 0 for metric in metrics_of(compared, declared) if not metric.only_with}
        for row in compared.rows:
            row.columns |= {name: value for name, value in unconditional.items() if name not in row.columns}


def _applicable(tables: Iterable[DataTable], metric: ProcessedMetric) -> list[DataTable]:
    """The tables in which the metric makes sense; in the others the columns that only serve it are dropped."""
    chosen: list[DataTable] = []
    others: list[DataTable] = []
    for table in tables:
        (chosen if table.has_positive(metric.only_with) else others).append(table)
    drop_columns([table for table in others if not table.first_has(metric.name)], (metric.only_with, *metric.drops))
    return chosen


def _compute(table: DataTable, metric: ProcessedMetric) -> None:
    name, compute = metric.name, metric.compute
    if metric.of_cells is not None and table.is_columnar:
        for part in table.parts():
            part.compute(name, metric.needs, metric.of_cells)
        return
    for row in table:
        columns = row.columns
        if name not in columns:
            value = compute(columns)
            if value is not None or metric.keeps_nothing:
                columns[name] = value
