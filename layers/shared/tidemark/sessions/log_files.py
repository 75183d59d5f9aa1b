"""Tables of the visit log as Parquet: equal tables give equal bytes.

What follows from the visits of a log stands in their file alone; whoever reads another table reads that, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import conform
from tidemark.model.daylog import LOG_TABLES, DayLog, LogTable
from tidemark.model.hit import Column
from tidemark.model.log import VISITOR_COLUMNS
from tidemark.parquet_files import FAST_LEVEL, file_bytes, read_file, read_rows
from tidemark.sessions.sessionise import Logs
from tidemark.sessions.visits import VISITOR_ORDER
from tidemark.stored_links import (
    LINKED,
    NUMBER,
    OF_SUMMARY,
    SHARED,
    SUMMED,
    linked,
    names_to_read,
    numbered,
    summary_of,
    unlinked,
    unsummed,
)
from tidemark.stores.ports import Objects

SUMMARY_TABLES: Final[tuple[LogTable, ...]] = ("visits", "visitors")
"""The tables whose files say together what later days need to know of the visitors."""


def log_prefix(table: LogTable, idsite: int, day: date) -> str:
    """Where all versions of a table of a day's log are stored."""
    return f"log/{table}/site={idsite}/date={day}/"


def log_key(table: LogTable, idsite: int, day: date, version: str) -> str:
    """Where a table of a day's log is stored."""
    return f"{log_prefix(table, idsite, day)}{version}.parquet"


def to_parquet(table: pa.Table) -> bytes:
    """The file of a table. Fixed settings and no times: the bytes are a function of the rows."""
    return file_bytes(table, level=FAST_LEVEL, by_visitor=True, is_visit_log=True)


def files_of(logs: Logs) -> dict[LogTable, bytes]:
    """The files of a log; a table without rows has none, and visitors have none that all follow from visits."""
    visits = logs["visits"]
    visitors, summed = unsummed(logs["visitors"], visits)
    stored: dict[LogTable, pa.Table] = {"visits": numbered(visits, summed), "visitors": visitors}
    return {
        name: to_parquet(linked(logs[name], visits) if name in LINKED else stored[name])
        for name in LOG_TABLES
        if (stored[name] if name in stored else logs[name]).num_rows
    }


def version_of(files: Mapping[LogTable, bytes]) -> str:
    """Hash of the content, 32 hexadecimal characters: equal logs have equal versions."""
    whole = hashlib.sha256()
    for name in LOG_TABLES:
        whole.update(name.encode() + hashlib.sha256(files.get(name, b"")).digest())
    return whole.hexdigest()[:32]


def read_parquet(path: str, columns: Collection[str] | None = None) -> pa.Table:
    """A stored table, or those of its columns that exist; texts stay encoded by dictionary."""
    return read_file(path, columns).replace_schema_metadata(None)


def read_table(
    objects: Objects, log: DayLog, table: LogTable, columns: Collection[str] | None = None
) -> list[pa.Table]:
    """A table of a log, or those of its columns that exist: one of each part that has rows."""
    parts = log.parts or (log,)
    if table == "visitors":
        return [read_visitors(objects, log.all_keys)]
    return [_read_part(objects, part, table, columns) for part in parts if table in part.keys]


def as_one(parts: Sequence[pa.Table], columns: Sequence[Column]) -> pa.Table:
    """The parts of a table behind each other, with these columns."""
    tables = [conform(part, columns) for part in parts]
    if not tables:
        return conform(pa.table({}), columns)
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def _read_part(objects: Objects, log: DayLog, table: LogTable, columns: Collection[str] | None) -> pa.Table:
    shared = [name for name in SHARED if columns is None or name in columns] if table in LINKED else []
    keys = [log.keys[name] for name in (table, *(["visits"] if shared else [])) if name in log.keys]
    with objects.local_files(keys) as paths:
        found = read_parquet(paths[0], columns if columns is None else names_to_read(columns))
        return unlinked(found, read_parquet(paths[1], shared), shared) if len(paths) > 1 else found


def read_visits(objects: Objects, log: DayLog, table: LogTable, idvisits: pa.Array) -> list[pa.Table]:
    """The rows of some visits in a table of a log, not that of visitors: one of each part that has rows."""
    return [_read_visits(objects, part, table, idvisits) for part in log.parts or (log,) if table in part.keys]


def _read_visits(objects: Objects, log: DayLog, table: LogTable, idvisits: pa.Array) -> pa.Table:
    keys = [log.keys[name] for name in (table, *(["visits"] if table in LINKED else [])) if name in log.keys]
    with objects.local_files(keys) as paths:
        if len(paths) == 1:
            return read_rows(paths[0], {"idvisit": idvisits})
        visits = read_parquet(paths[1], SHARED)
        numbers = pc.indices_nonzero(pc.is_in(visits["idvisit"], value_set=idvisits)).cast(pa.int32())
        return unlinked(read_rows(paths[0], {NUMBER.name: numbers, "idvisit": idvisits}), visits, SHARED)


def read_visitors(objects: Objects, keys: Mapping[str, Sequence[str]]) -> pa.Table:
    """What a log with these objects says of its visitors (VISITOR_COLUMNS), sorted."""
    named = [(name, key) for name in SUMMARY_TABLES for key in keys.get(name, ())]
    with objects.local_files([key for _, key in named]) as paths:
        found = [
            _summed(path) if name == "visits" else conform(read_parquet(path), VISITOR_COLUMNS)
            for (name, _), path in zip(named, paths, strict=True)
        ]
    whole = pa.concat_tables(found) if found else conform(pa.table({}), VISITOR_COLUMNS)
    return whole.combine_chunks().sort_by(VISITOR_ORDER)


def _summed(path: str) -> pa.Table:
    """The visitors that follow from a file of visits; none from one of before, whose visitors have a file."""
    visits = read_parquet(path, [*OF_SUMMARY, SUMMED.name])
    if SUMMED.name not in visits.column_names:
        return conform(pa.table({}), VISITOR_COLUMNS)
    return summary_of(visits.filter(visits[SUMMED.name]))
