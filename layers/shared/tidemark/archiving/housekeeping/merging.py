"""Hit files as one: all their rows, a visitor's together, and what the file was made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidemark.parquet_files import CHANCE, SMALL_LEVEL, UNREPEATED, file_bytes
from tidemark.stored_columns import restored

SOURCES: Final = "tidemark.sources"
PLACE: Final = ("location_country", "location_region", "location_city")
VISITOR: Final = "fingerprint"
TIME: Final = "server_time"
BEGINS: Final = "visitor_begins"
ORDER: Final = (*PLACE, BEGINS, VISITOR, "visitor_id", TIME, "sequence", "hit_id")
"""A visitor's hits stand together: most columns then repeat, and take a fifth less. Visitors stand by the place that much
else of them follows from, then by the time of their first hit.
"""

Piece = dict[str, pa.ChunkedArray]
"""A file's columns by name."""


def merged(paths: Sequence[str], sources: Mapping[str, str]) -> bytes:
    """The file with all rows of some files, in ORDER. Columns that a file lacks are NULL.

    Raises: pyarrow.ArrowException, where a column is of kinds that have nothing in common.
    """
    pieces, rows = [], []
    for path in paths:
        table = _read(path)
        rows.append(table.num_rows)
        pieces.append(dict(zip(table.column_names, table.columns, strict=True)))
        del table
    names = list(dict.fromkeys(name for piece in pieces for name in piece))
    order = _order(pieces, rows)
    # one column after the other is let go: hits never stand twice
    ordered = pa.table({name: _column(pieces, rows, name, is_last_use=True).take(order) for name in names})
    named = {SOURCES.encode(): orjson.dumps(dict(sources), option=orjson.OPT_SORT_KEYS)}
    return file_bytes(ordered, level=SMALL_LEVEL, by_visitor=True, named_values=named)


def sources_in(file: bytes) -> Mapping[str, str]:
    """What a merged file was made of, from its end."""
    metadata = pq.read_metadata(pa.BufferReader(file)).metadata or {}
    found: Mapping[str, str] = orjson.loads(metadata.get(SOURCES.encode(), b"{}"))
    return found


def _read(path: str) -> pa.Table:
    """A file's table, texts that repeat encoded by dictionary: a third of the memory."""
    metadata = pq.read_metadata(path)
    repeated = [
        field.name
        for field in metadata.schema.to_arrow_schema()
        if pa.types.is_string(field.type) and field.name not in UNREPEATED | CHANCE
    ]
    with pq.ParquetFile(path, metadata=metadata, read_dictionary=repeated) as file:
        return restored(file.read(use_threads=False))


def _order(pieces: Sequence[Piece], rows: Sequence[int]) -> pa.Array:
    """The places of the rows in ORDER."""
    present = {name for piece in pieces for name in piece}
    keys = {name: _plain(_column(pieces, rows, name)) for name in ORDER if name in present}
    if {VISITOR, TIME} <= keys.keys():
        keys[BEGINS] = _begins(keys[VISITOR], keys[TIME])
    by = [(name, "ascending") for name in ORDER if name in keys]
    return pc.sort_indices(pa.table(keys), sort_keys=by)


def _begins(visitor: pa.Array, time: pa.Array) -> pa.ChunkedArray:
    """Of each row, when its visitor's first hit was."""
    first = pa.table({"visitor": visitor, "time": time}).group_by("visitor").aggregate([("time", "min")])
    return first["time_min"].take(pc.index_in(visitor, value_set=first["visitor"]))


def _plain(column: pa.Array) -> pa.Array:
    """The column as something that can be sorted."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _column(pieces: Sequence[Piece], rows: Sequence[int], name: str, *, is_last_use: bool = False) -> pa.Array:
    """A column of all files in one piece; without it they are left if this was its last use."""
    tables = []
    for piece, count in zip(pieces, rows, strict=True):
        found = piece.pop(name, None) if is_last_use else piece.get(name)
        tables.append(pa.table({name: pa.nulls(count) if found is None else found}))
    whole = pa.concat_tables(tables, promote_options="permissive").unify_dictionaries()[name]
    return whole.chunk(0) if whole.num_chunks == 1 else whole.combine_chunks()
