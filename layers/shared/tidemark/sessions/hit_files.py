"""Reading a site's local day out of the hit log, whose files are laid out by UTC dates and hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidemark.columns import ARROW_TYPES, DICTIONARY, conform, encoded
from tidemark.hit_folders import HITS_PREFIX, span_of
from tidemark.model.hit import Column
from tidemark.sessions.hits import UNIQUE_TEXTS, single
from tidemark.stored_columns import names_to_read, restored
from tidemark.stores.ports import NotFoundError, Objects

DAY_SECONDS: Final = 86_400
MOST_LOOKS: Final = 4


def dates_of(start: int, end: int) -> list[str]:
    """The UTC dates with hits from `start` until before `end` (UTC unix seconds)."""
    first = start - start % DAY_SECONDS
    return [f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}" for at in range(first, end, DAY_SECONDS)]


def hit_keys(objects: Objects, idsite: int, start: int, end: int) -> list[str]:
    """Keys of the hit files with hits between two moments, sorted."""
    return list(hit_etags(objects, idsite, start, end))


def hit_etags(objects: Objects, idsite: int, start: int, end: int) -> dict[str, str]:
    """The hit files with hits between two moments by their keys, sorted; with their etags."""
    found = {}
    for date in dates_of(start, end):
        for info in objects.listing(f"{HITS_PREFIX}site={idsite}/date={date}/"):
            if info.key.endswith(".parquet"):
                first, last = span_of(info.key)
                if first < end and start < last:
                    found[info.key] = info.etag
    return found


@contextmanager
def hit_paths(objects: Objects, idsite: int, start: int, end: int) -> Iterator[list[str]]:
    """The hit files between two moments while the context lasts; some may be merged into others between two looks."""
    with ExitStack() as stack:
        paths: list[str] | None = None
        for _ in range(MOST_LOOKS):
            with suppress(NotFoundError):
                paths = stack.enter_context(objects.local_files(hit_keys(objects, idsite, start, end)))
                break
        if paths is None:
            paths = stack.enter_context(objects.local_files(hit_keys(objects, idsite, start, end)))
        yield paths


def read_hits(objects: Objects, idsite: int, start: int, end: int, columns: Sequence[Column]) -> pa.Table:
    """A site's hits from `start` until before `end`, in no particular order and with repetitions.

    Files from before a column existed have NULL there.
    """
    with hit_paths(objects, idsite, start, end) as paths:
        return joined([read_file(path, start, end, columns) for path in paths], columns)


def joined(tables: list[pa.Table], columns: Sequence[Column]) -> pa.Table:
    """Hits of several files as one table in one piece.

    The list is empty afterwards: one column after the other is copied and let go, so that hits never stand twice.
    """
    if not tables:
        return conform(pa.table({}), columns)
    types = dict(zip(tables[0].schema.names, tables[0].schema.types, strict=True))
    pieces = [dict(zip(table.column_names, table.columns, strict=True)) for table in tables]
    tables.clear()
    return pa.table({name: _in_one_piece(pieces, name, kind) for name, kind in types.items()})


def _in_one_piece(pieces: Iterable[dict[str, pa.ChunkedArray]], name: str, kind: pa.DataType) -> pa.Array:
    """A column of all tables, which are left without it."""
    whole = pa.chunked_array([chunk for piece in pieces for chunk in piece.pop(name).chunks], kind)
    return single(whole.unify_dictionaries() if pa.types.is_dictionary(kind) else whole)


def read_file(path: str, start: int, end: int, columns: Sequence[Column]) -> pa.Table:
    """The hits of one file from `start` until before `end`; `server_time` is one of the columns."""
    table = _read(path, columns)
    is_inside = _between(table["server_time"], start, end)
    return table if pc.all(is_inside, min_count=0).as_py() else table.filter(is_inside)


def rows_in(paths: Sequence[str]) -> int:
    """How many hits there are in files, repetitions included."""
    return sum(pq.read_metadata(path).num_rows for path in paths)


def _between(times: pa.ChunkedArray, start: int, end: int) -> pa.ChunkedArray:
    return pc.fill_null(pc.and_(pc.greater_equal(times, start), pc.less(times, end)), False)


def _read(path: str, columns: Sequence[Column]) -> pa.Table:
    """The columns of a file, those it lacks too; texts that repeat are encoded by dictionary."""
    wanted = {column.name for column in columns}
    repeated = [
        column.name for column in columns if ARROW_TYPES[column.type] == pa.string() and column.name not in UNIQUE_TEXTS
    ]
    metadata = pq.read_metadata(path)
    held = names_to_read(wanted)
    names = [name for name in metadata.schema.to_arrow_schema().names if name in held]
    present = [name for name in repeated if name in names]
    with pq.ParquetFile(path, metadata=metadata, read_dictionary=present) as file:
        table = conform(restored(file.read(columns=names, use_threads=False)), columns)
    for name in repeated:
        place = table.schema.get_field_index(name)
        if table.schema.field(place).type != DICTIONARY:
            table = table.set_column(place, name, encoded(table[name]))
    return table
