"""Writing the hit log: Parquet files of one site and one UTC hour.

Key: hits/site=<id>/date=<UTC date>/hour=<HH>/<name>.parquet, where the name is a hash of the ids of the hits inside:
the same batch delivered twice writes the same object.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import pyarrow as pa

from tidemark.columns import ARROW_TYPES, arrow_schema
from tidemark.hit_folders import HOUR_SECONDS, folder
from tidemark.model.hit import CORE_COLUMNS, Column
from tidemark.parquet_files import FAST_LEVEL, SMALL_LEVEL, file_bytes
from tidemark.plugin.dimension import Dimension

logger = logging.getLogger(__name__)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HitFile:
    """A file of the hit log before it is stored."""

    key: str
    rows: Sequence[Row]


def log_columns(dimensions: Iterable[Dimension]) -> tuple[Column, ...]:
    """The hit log's columns: the core's, then the plugins' in order; a name that is taken already is left out."""
    columns = {column.name: column for column in CORE_COLUMNS}
    for dimension in dimensions:
        columns.setdefault(dimension.column, Column(dimension.column, dimension.type))
    return tuple(columns.values())


def partition(rows: Iterable[Row]) -> list[HitFile]:
    """The rows by site and UTC hour, in order of site, time, sequence and id."""
    groups: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["idsite"], row["server_time"] // HOUR_SECONDS), []).append(row)
    files = []
    for (idsite, hour), members in sorted(groups.items()):
        members.sort(key=lambda row: (row["server_time"], row["sequence"], row["hit_id"]))
        files.append(HitFile(_key(idsite, hour, members), members))
    return files


def _key(idsite: int, hour: int, rows: Sequence[Row]) -> str:
    start = hour * HOUR_SECONDS
    return f"{folder(idsite, (start, start + HOUR_SECONDS))}/{batch_name(rows)}.parquet"


def batch_name(rows: Iterable[Row]) -> str:
    """A name for just these hits, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(row["hit_id"] for row in rows)).encode()).hexdigest()[:32]


def to_parquet(rows: Sequence[Row], columns: Sequence[Column]) -> bytes:
    """The file of these rows."""
    return file_of(to_table(rows, columns))


def to_table(rows: Sequence[Row], columns: Sequence[Column]) -> pa.Table:
    """The table of these rows. Values that do not fit their column become NULL."""
    given = set().union(*rows)
    arrays = [
        _array(_values(rows, column.name), column)
        if column.name in given
        else pa.nulls(len(rows), ARROW_TYPES[column.type])
        for column in columns
    ]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(columns))


def file_of(table: pa.Table) -> bytes:
    """The file of a table of hits in order of time, or of a merged one, whose metadata say what it was made of."""
    is_merged = bool(table.schema.metadata)
    level = SMALL_LEVEL if is_merged else FAST_LEVEL
    return file_bytes(table, level=level, by_visitor=is_merged, named_values=table.schema.metadata)


def _values(rows: Sequence[Row], name: str) -> list[Any]:
    """A column's values; faster for those that every row has."""
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:
        return [row.get(name) for row in rows]


def _array(values: list[Any], column: Column) -> pa.Array:
    wanted = ARROW_TYPES[column.type]
    try:
        return pa.array(values, wanted)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeError):
        logger.warning("values do not fit their column", extra={"column": column.name, "type": column.type})
        return pa.array([_fitting(value, wanted) for value in values], wanted)


def _fitting(value: Any, wanted: pa.DataType) -> Any:
    """The value, as text where the column wants text; None if it cannot be had."""
    if value is not None and wanted == pa.string() and not isinstance(value, str):
        value = str(value)
    try:
        return pa.scalar(value, wanted).as_py()
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeError):
        return None
