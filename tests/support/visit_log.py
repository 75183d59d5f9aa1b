"""Visit logs made up by tests, in place of those that sessions write."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import ARROW_TYPES
from tidemark.model.daylog import LOG_TABLES, DayLog, DayPart, LogTable, PartSender
from tidemark.model.hit import Column
from tidemark.model.log import (
    ACTION_COLUMNS,
    CONVERSION_COLUMNS,
    ITEM_COLUMNS,
    VISIT_COLUMNS,
    VISITOR_COLUMNS,
)
from tidemark.plugin.dimension import Dimension, Scope

Rows = Iterable[Mapping[str, Any]]
COLUMNS: dict[LogTable, tuple[Column, ...]] = {
    "visits": VISIT_COLUMNS,
    "actions": ACTION_COLUMNS,
    "conversions": CONVERSION_COLUMNS,
    "items": ITEM_COLUMNS,
    "visitors": VISITOR_COLUMNS,
}


def log_table(table: LogTable, rows: Rows, dimensions: Sequence[Dimension] = ()) -> pa.Table:
    """Rows as a log table; columns that they lack are NULL."""
    scope = {"visits": Scope.VISIT, "actions": Scope.ACTION}.get(table)
    extra = tuple(
        Column(dimension.column, dimension.type)
        for dimension in dimensions
        if dimension.scope is scope or (table == "conversions" and dimension.on_conversion)
    )
    listed = list(rows)
    return pa.table(
        {
            column.name: pa.array([row.get(column.name) for row in listed], ARROW_TYPES[column.type])
            for column in COLUMNS[table] + extra
        }
    )


def _span(sequences: pa.ChunkedArray) -> tuple[int, int] | None:
    ends = pc.min_max(sequences).as_py()
    return None if ends["min"] is None else (ends["min"], ends["max"])


class MadeUpLogs:
    """Implements VisitLogs over tables given for each day; `changes` counts how often a day was set."""

    def __init__(self, dimensions: Sequence[Dimension] = ()) -> None:
        self._dimensions = dimensions
        self._days: dict[tuple[int, date], dict[LogTable, pa.Table]] = {}
        self._versions: dict[tuple[int, date], str] = {}
        self.stale: dict[int, list[date]] = {}

    def set_day(self, idsite: int, day: date, tables: Mapping[LogTable, Rows | pa.Table]) -> None:
        """Publish a day's log."""
        made = {
            name: rows if isinstance(rows, pa.Table) else log_table(name, rows, self._dimensions)
            for name, rows in tables.items()
        }
        self._days[idsite, day] = made
        text = "".join(f"{name}{made[name].to_pylist()}" for name in sorted(made))
        self._versions[idsite, day] = hashlib.sha256(text.encode()).hexdigest()

    def ensure(self, idsite: int, last: date, send: PartSender | None = None) -> None:
        self.stale[idsite] = [day for day in self.stale.get(idsite, []) if day > last]

    def days(self, idsite: int, first: date, last: date) -> Sequence[DayLog]:
        return [
            DayLog(
                site,
                day,
                self._versions[site, day],
                {name: f"{name}/{site}/{day}" for name in tables},
                {name: table.num_rows for name, table in tables.items()},
                sent=_span(tables["actions"]["sequence"]) if "actions" in tables else None,
            )
            for (site, day), tables in sorted(self._days.items())
            if site == idsite and first <= day <= last
        ]

    def make_part(self, idsite: int, part: DayPart) -> bool:
        return False

    def stale_days(self, idsite: int) -> Sequence[date]:
        return self.stale.get(idsite, [])

    def read(self, log: DayLog, table: LogTable, columns: Sequence[str] | None = None) -> pa.Table:
        assert table in LOG_TABLES
        stored = self._days[log.idsite, log.day].get(table, log_table(table, [], self._dimensions))
        return stored if columns is None else stored.select([name for name in columns if name in stored.column_names])

    def read_visits(self, log: DayLog, table: LogTable, idvisits: pa.Array) -> pa.Table:
        stored = self.read(log, table)
        return stored.filter(pc.is_in(stored["idvisit"], value_set=idvisits))
