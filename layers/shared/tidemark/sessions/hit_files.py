"""Reading a site's local day out of the hit log, whose files are laid out by UTC hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidemark.columns import ARROW_TYPES, conform, encoded
from tidemark.model.hit import Column
from tidemark.sessions.hits import UNIQUE_TEXTS
from tidemark.stores.ports import Objects

HOUR_SECONDS: Final = 3600


def hours_of(start: int, end: int) -> list[str]:
    """The partitions (date=…/hour=…/) that hold hits from `start` until before `end` (UTC unix seconds)."""
    first = start - start % HOUR_SECONDS
    moments = (datetime.fromtimestamp(at, UTC) for at in range(first, end, HOUR_SECONDS))
    return [f"date={moment:%Y-%m-%d}/hour={moment:%H}/" for moment in moments]


def hit_keys(objects: Objects, idsite: int, start: int, end: int) -> list[str]:
    """Keys of the hit files with hits between two moments, sorted."""
    wanted = set(hours_of(start, end))
    keys = []
    for date in sorted({hour.split("/")[0] for hour in wanted}):
        prefix = f"hits/site={idsite}/"
        for info in objects.listing(f"{prefix}{date}/"):
            hour = info.key[len(prefix) :].rsplit("/", 1)[0] + "/"
            if hour in wanted and info.key.endswith(".parquet"):
                keys.append(info.key)
    return keys


def read_hits(objects: Objects, idsite: int, start: int, end: int, columns: Sequence[Column]) -> pa.Table:
    """A site's hits from `start` until before `end`, in no particular order and with repetitions.

    Files from before a column existed have NULL there.
    """
    tables = []
    with objects.local_files(hit_keys(objects, idsite, start, end)) as paths:
        for path in paths:
            table = _read(path, columns)
            time = table["server_time"]
            tables.append(table.filter(pc.and_(pc.greater_equal(time, start), pc.less(time, end))))
    if not tables:
        return conform(pa.table({}), columns)
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()  # once here, not once per user


def _read(path: str, columns: Sequence[Column]) -> pa.Table:
    """The columns of a file, those it lacks too; texts that repeat are encoded by dictionary."""
    wanted = {column.name for column in columns}
    repeated = {
        column.name for column in columns if ARROW_TYPES[column.type] == pa.string() and column.name not in UNIQUE_TEXTS
    }
    with pq.ParquetFile(path) as file:
        names = [name for name in file.schema_arrow.names if name in wanted]
    with pq.ParquetFile(path, read_dictionary=[name for name in names if name in repeated]) as file:
        table = conform(file.read(columns=names), columns)
    present = zip(table.column_names, table.columns, strict=True)
    return pa.table({name: encoded(values) if name in repeated else values for name, values in present})
