"""Imported visits: stored beside the hit log, and merged into the visit logs of their days whenever those are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.clock import Clock
from tidemark.columns import ARROW_TYPES, canonical, conform, encoded
from tidemark.model.daylog import LogTable
from tidemark.model.hit import Column
from tidemark.model.log import VISITOR_COLUMNS
from tidemark.plugin.dimension import Dimension
from tidemark.sessions.hits import UNIQUE_TEXTS
from tidemark.sessions.log_files import read_parquet, to_parquet, version_of
from tidemark.sessions.sessionise import Logs, log_columns
from tidemark.sessions.states import day_of, partition, raise_mark
from tidemark.sessions.visits import VISITOR_ORDER
from tidemark.stores.ports import Item, NotFoundError, Objects, Table

FORMAT: Final = 1
IMPORT_PREFIX: Final = "import#"
ATTEMPTS: Final = 3
"""A reader may find that the import was replaced while it read it."""
IMPORTED: Final[tuple[LogTable, ...]] = ("visits", "actions", "conversions", "items")
_ORDER: Final[Mapping[LogTable, tuple[str, ...]]] = {
    "visits": ("visit_last_action_time", "idvisit"),
    "actions": ("idvisit", "position"),
    "conversions": ("idvisit", "sequence", "idgoal", "buster"),
    "items": ("idvisit", "sequence", "order_id", "sku"),
}


def import_prefix(idsite: int) -> str:
    """Where a site's imported visits are stored."""
    return f"imported/site={idsite}/"


class StoredImports:
    """Implements tidemark.model.imported_visits.ImportedVisits."""

    def __init__(self, objects: Objects, state: Table, clock: Clock, dimensions: Iterable[Dimension]) -> None:
        self._objects = objects
        self._state = state
        self._clock = clock
        self._dimensions = tuple(dimensions)

    def columns(self, table: LogTable) -> tuple[Column, ...]:
        """See ImportedVisits."""
        return log_columns(table, self._dimensions)

    def put(self, idsite: int, day: date, tables: Mapping[LogTable, Any], source: str) -> bool:
        """See ImportedVisits. Objects come first, then the item that names them, then the mark."""
        logs: dict[LogTable, pa.Table] = {name: self._ordered(name, tables.get(name)) for name in IMPORTED}
        files = {name: to_parquet(table) for name, table in logs.items() if table.num_rows}
        version = version_of(files)
        old = self._item(idsite, day)
        keys = {name: f"{import_prefix(idsite)}date={day}/{version}/{name}.parquet" for name in files}
        for name, data in files.items():
            self._objects.put(keys[name], data)
        facts: Item = {"format": FORMAT, "version": version, "tables": dict(keys), "source": source}
        self._state.put({"pk": partition(idsite), "sk": f"{IMPORT_PREFIX}{day}", **facts})
        if old is not None and old["version"] == version:
            return False
        raise_mark(self._state, idsite, day, self._clock.now())
        if old is not None:
            self._objects.delete(list(old["tables"].values()))
        return True

    def sources(self, idsite: int) -> Mapping[date, str]:
        """See ImportedVisits."""
        items = self._state.query(partition(idsite), sk_prefix=IMPORT_PREFIX)
        return {day_of(item): str(item["source"]) for item in items}

    def forget(self, idsite: int, day: date) -> None:
        """See ImportedVisits."""
        old = self._item(idsite, day)
        if old is None:
            return
        self._state.delete(partition(idsite), f"{IMPORT_PREFIX}{day}")
        raise_mark(self._state, idsite, day, self._clock.now())
        self._objects.delete(list(old["tables"].values()))

    def read(self, idsite: int, day: date) -> Logs | None:
        """A day's imported tables with all columns of the visit log; None if nothing was imported."""
        for attempt in range(ATTEMPTS):
            item = self._item(idsite, day)
            if item is None:
                return None
            try:
                return {name: self._read(name, item["tables"].get(name)) for name in IMPORTED}
            except NotFoundError:
                if attempt == ATTEMPTS - 1:
                    raise
        return None

    def _read(self, table: LogTable, key: str | None) -> pa.Table:
        if key is None:
            return conform(pa.table({}), self.columns(table))
        with self._objects.local_files([key]) as (path,):
            return conform(read_parquet(path), self.columns(table))

    def _item(self, idsite: int, day: date) -> Item | None:
        return self._state.get(partition(idsite), f"{IMPORT_PREFIX}{day}")

    def _ordered(self, name: LogTable, table: pa.Table | None) -> pa.Table:
        """The whole table in its order; equal rows give equal tables, whether their texts came encoded or not."""
        columns = self.columns(name)
        whole = conform(pa.table({}) if table is None else table, columns)
        keys = {column: whole[column].cast(_plain(whole[column].type)) for column in _ORDER[name]}
        places = pc.sort_indices(pa.table(keys), [(column, "ascending") for column in keys])
        return pa.table({one.name: _stored(whole[one.name], places, one) for one in columns})


def _plain(kind: pa.DataType) -> pa.DataType:
    """Texts that are encoded have no order."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _stored(values: pa.ChunkedArray, places: pa.Array, column: Column) -> pa.Array:
    """The values in their order, texts that repeat encoded by dictionary."""
    if column.type == "string" and column.name not in UNIQUE_TEXTS:
        return canonical(encoded(values).take(places))
    return values.cast(ARROW_TYPES[column.type]).combine_chunks().take(places)


def merged(made: Logs, imported: Logs, dimensions: Sequence[Dimension]) -> Logs:
    """The log of a day's hits with imported visits behind them."""
    logs: dict[LogTable, pa.Table] = {
        name: _joined(made[name], imported[name], log_columns(name, dimensions)) for name in IMPORTED
    }
    return {**logs, "visitors": _with_visitors(made["visitors"], imported)}


def shared_out(parts: Iterable[Logs], imported: Logs, dimensions: Sequence[Dimension], empty: Logs) -> Iterator[Logs]:
    """The parts of a giant day, each with the imported visits of its visitors; then a part with all others."""
    rest = imported
    for part in parts:
        known = part["visitors"]["visitor_id"].combine_chunks()
        yield merged(part, _of_visitors(rest, known, are_wanted=True), dimensions)
        rest = _of_visitors(rest, known, are_wanted=False)
    if any(table.num_rows for table in rest.values()):
        yield merged(empty, rest, dimensions)


def _of_visitors(logs: Logs, visitor_ids: pa.UInt64Array, *, are_wanted: bool) -> Logs:
    visits = logs["visits"]
    idvisits = visits["idvisit"].filter(pc.is_in(visits["visitor_id"], value_set=visitor_ids)).combine_chunks()
    masks = {name: pc.is_in(table["idvisit"], value_set=idvisits) for name, table in logs.items()}
    return {name: logs[name].filter(mask if are_wanted else pc.invert(mask)) for name, mask in masks.items()}


def _joined(first: pa.Table, second: pa.Table, columns: Iterable[Column]) -> pa.Table:
    made = {}
    for column in columns:
        plain = ARROW_TYPES[column.type]
        both = [*first[column.name].cast(plain).chunks, *second[column.name].cast(plain).chunks]
        values = pa.chunked_array(both, plain).combine_chunks()
        is_text = plain == pa.string() and column.name not in UNIQUE_TEXTS
        made[column.name] = canonical(encoded(values)) if is_text else values
    return pa.table(made)


def _with_visitors(made: pa.Table, imported: Logs) -> pa.Table:
    """What later days need to know of the visitors: of imported visits, what the other product counted."""
    visits, conversions = imported["visits"], imported["conversions"]
    orders = conversions.filter(pc.equal(conversions["idgoal"], 0))["idvisit"].combine_chunks()
    start = visits["visit_first_action_time"]
    has_order = pc.is_in(visits["idvisit"], value_set=orders)
    own = pa.table(
        {
            "visitor_id": visits["visitor_id"],
            "first_visit_start": pc.subtract(start, pc.fill_null(visits["visitor_seconds_since_first"], 0)),
            "last_visit_start": start,
            "visits": pc.max_element_wise(visits["visitor_count_visits"], pa.scalar(1, pa.int32())),
            "last_order_start": pc.if_else(has_order, start, pc.subtract(start, visits["visitor_seconds_since_order"])),
            "first_sequence": visits["first_sequence"],
        }
    )
    both = pa.concat_tables([conform(made, VISITOR_COLUMNS), conform(own, VISITOR_COLUMNS)])
    return both.combine_chunks().sort_by(VISITOR_ORDER)
