"""How logs are written as Parquet: one place for what all writers share. Equal tables give equal bytes.

Encodings are those that every reader of Parquet knows. Chosen by measuring (docs/adr/0015): a dictionary where values
repeat, differences where they rise, shared beginnings for texts that hardly repeat, and plain values, which the
compression sees through, for ids that stand in runs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidemark import stored_columns, stored_pairs, stored_rows

FAST_LEVEL: Final = 3
"""For files that are written often and merged later."""
SMALL_LEVEL: Final = 9
"""For files that stay."""
ROW_GROUP_ROWS: Final = 1 << 20
DICTIONARY_BYTES: Final = 16 << 20
RISING: Final = frozenset(
    {
        "server_time",
        "received_after",
        "sequence",
        "visitor_localtime",
        "visit_first_action_time",
        "visit_last_action_time",
        "last_visit_start",
        "first_sequence",
        "visit_number",
    }
)
UNREPEATED: Final = frozenset({"hit_id", "order_id"})
CHANCE: Final = frozenset({"hit_code", "idpageview"})
"""Texts that have not even a beginning in common."""
COARSE: Final = frozenset({"received_after"})
"""Whole milliseconds below a second, where hits tell no time of their own: these have a dictionary."""
REPEATED: Final = 64
"""Rows for each value of such a dictionary, at least."""
WIDE_BITS: Final = 64


def file_bytes(
    table: pa.Table,
    *,
    level: int,
    by_visitor: bool,
    is_visit_log: bool = False,
    named_values: Mapping[bytes, bytes] | None = None,
) -> bytes:
    """The file of a table.

    `by_visitor`: a visitor's rows stand together. `is_visit_log`: else they are hits, which then stand by place, too;
    texts of visit logs are read as they are in the table, encoded by dictionary or not. `named_values`: what the file's metadata say.
    """
    bare = stored_columns.shortened(stored_rows.shortened(table.replace_schema_metadata(None)))
    if is_visit_log:
        bare = stored_pairs.shortened(bare)
    encodings = _encodings(bare.schema, by_visitor=by_visitor, by_place=not is_visit_log)
    for name in COARSE & encodings.keys():
        if pc.count_distinct(bare[name]).as_py() * REPEATED <= len(bare):
            del encodings[name]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        bare.schema,
        compression="zstd",
        compression_level=level,
        use_dictionary=[path for path in _paths(bare.schema) if path not in encodings],
        column_encoding=encodings or None,
        dictionary_pagesize_limit=DICTIONARY_BYTES,
        write_statistics=False,  # nobody skips row groups: they would cost half of the writing
        store_schema=is_visit_log,
    ) as writer:
        writer.write_table(bare, row_group_size=ROW_GROUP_ROWS)
        if named_values:
            writer.add_key_value_metadata(dict(named_values))
    return bytes(sink.getvalue())


def read_file(source: Any, columns: Collection[str] | None = None) -> pa.Table:
    """A file's table with its metadata, or those of its columns that exist."""
    with pq.ParquetFile(source) as file:
        names = file.schema_arrow.names
        near = None if columns is None else stored_pairs.names_to_read(stored_rows.names_to_read(columns))
        wanted = set(names) if near is None else stored_columns.names_to_read(near)
        table = file.read(columns=[name for name in names if name in wanted])
        whole = stored_rows.restored(stored_pairs.restored(stored_columns.restored(table, near)), columns)
        whole = whole if columns is None else whole.select([name for name in whole.column_names if name in columns])
        return whole.replace_schema_metadata(table.schema.metadata)


def read_rows(source: Any, keys: Mapping[str, pa.Array]) -> pa.Table:
    """The rows of a visit log's file whose key is among these, with all columns: whole visits, in the file's order.

    `keys`: values by column; the first of these columns that the file has is the key. No more than a few columns are in
    memory at once, so that one visit of a giant day takes no more than one of a small one.
    """
    with pq.ParquetFile(source) as file:
        names = file.schema_arrow.names
        key = next(name for name in keys if name in names)
        place = pc.indices_nonzero(pc.is_in(file.read(columns=[key])[key], value_set=keys[key]))
        if not len(place):
            return file.schema_arrow.empty_table().replace_schema_metadata(None)
        found: dict[str, pa.ChunkedArray] = {}
        for together in stored_pairs.read_together(names):
            part = stored_pairs.restored(file.read(columns=list(together))).take(place)
            found |= {name: part[name] for name in part.column_names}
        table = pa.table({name: found[name] for name in names if name in found})
    return stored_rows.restored(stored_columns.restored(table))


def _encodings(schema: pa.Schema, *, by_visitor: bool, by_place: bool) -> dict[str, str]:
    """The encodings of columns that have no dictionary."""
    found = {}
    for field in schema:
        name, kind = field.name, field.type
        if name in UNREPEATED and pa.types.is_string(kind):
            found[name] = "DELTA_BYTE_ARRAY"
        elif name in CHANCE and pa.types.is_string(kind):
            found[name] = "DELTA_LENGTH_BYTE_ARRAY"
        elif name in RISING and pa.types.is_integer(kind) and not (by_visitor and name in _jumping(by_place=by_place)):
            found[name] = "DELTA_BINARY_PACKED"
        elif by_visitor and _stands_in_runs(kind, by_place=by_place):
            found[name] = "PLAIN"
    return found


def _jumping(*, by_place: bool) -> frozenset[str]:
    """Columns that do not rise from visitor to visitor: those of a place come at any time of a day."""
    return frozenset({"sequence", "server_time"}) if by_place else frozenset({"sequence"})


def _stands_in_runs(kind: pa.DataType, *, by_place: bool) -> bool:
    """Whether equal values follow each other: ids where rows are by visitor, coordinates where they are by place."""
    return pa.types.is_primitive(kind) and kind.bit_width == WIDE_BITS and (by_place or not pa.types.is_floating(kind))


def _paths(schema: pa.Schema) -> list[str]:
    """The columns as Parquet names them, those inside lists too."""
    return [f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name for field in schema]
