"""The sum of a table's first level, with the processed metrics of the sums."""

from __future__ import annotations

from collections.abc import Sequence

from tidemark.model.table import AGGREGATION_METADATA, LABEL, DataTable, Row
from tidemark.plugin import ProcessedMetric
from tidemark.reporting.filters.summing import sum_rows
from tidemark.reporting.metrics import COMPUTED, compute_metrics

TOTALS_LABEL = -2


def add_totals(table: DataTable, declared: Sequence[ProcessedMetric]) -> None:
    """Note the totals of a table before rows are left out; tables without rows and single rows of metrics have none."""
    if table.is_simple or not len(table) or table.totals is not None:
        return
    total = Row(dict(sum_rows(table, TOTALS_LABEL, table.metadata.get(AGGREGATION_METADATA, {})).columns))
    metadata = {name: value for name, value in table.metadata.items() if name != COMPUTED}
    alone = DataTable([total], metadata=metadata)
    compute_metrics([alone], declared)
    table.totals_row = total
    table.totals = {name: value for name, value in total.columns.items() if name != LABEL}
