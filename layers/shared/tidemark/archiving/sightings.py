"""In which order the items of a sale are told: as Matomo numbers products, by when the site first heard of them.

Source: Matomo 5.2, log_conversion_item (its key ends with idaction_sku) and log_action. Of what days that lie behind have
shown without selling it nothing is read: that would be all actions ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.model.daylog import DayLog, LogTable, VisitLogs
from tidemark.model.visit_reader import LogRow


def first_sold(logs: VisitLogs, days: Iterable[DayLog], skus: Iterable[str]) -> dict[str, int]:
    """When (sequence) products were first in a cart or order."""
    return _first(logs, days, "items", "sku", skus)


def first_shown(logs: VisitLogs, day: DayLog, skus: Iterable[str]) -> dict[str, int]:
    """When (sequence) products were first on a page of a day."""
    return _first(logs, [day], "actions", "product_sku", skus)


def by_sighting(items: Sequence[LogRow], sold: Mapping[str, int], shown: Mapping[str, int]) -> tuple[LogRow, ...]:
    """The items by their products' first sightings; those of one request as they came."""

    def sighted(item: LogRow) -> int:
        known = [times[item["sku"]] for times in (sold, shown) if item["sku"] in times]
        return min([*known, item["sequence"] or 0])

    return tuple(sorted(items, key=sighted))


def _first(
    logs: VisitLogs, days: Iterable[DayLog], table: LogTable, column: str, skus: Iterable[str]
) -> dict[str, int]:
    wanted = pa.array(sorted(set(skus)), pa.string())
    found: dict[str, int] = {}
    for day in days:
        if not day.rows.get(table):
            continue
        rows = logs.read(day, table, (column, "sequence"))
        texts = rows[column].cast(pa.string())
        rows = pa.table({column: texts, "sequence": rows["sequence"]}).filter(pc.is_in(texts, value_set=wanted))
        for sku, sequence in zip(rows[column].to_pylist(), rows["sequence"].to_pylist(), strict=True):
            if sequence is not None:
                found[sku] = min(sequence, found.get(sku, sequence))
    return found
