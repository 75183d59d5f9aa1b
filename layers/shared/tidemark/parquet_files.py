"""How logs are written as Parquet: one place for what all writers share. Equal tables give equal bytes.

Encodings are those that every reader of Parquet knows. Chosen by measuring (docs/adr/0015): a dictionary where values
repeat, differences where they rise, shared beginnings for texts that hardly repeat, and plain values, which the
compression sees through, for ids that stand in runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

FAST_LEVEL: Final = 3
"""For files that are written often and merged later."""
SMALL_LEVEL: Final = 9
"""For files that stay."""
ROW_GROUP_ROWS: Final = 1 << 20
DICTIONARY_BYTES: Final = 16 << 20
RISING: Final = frozenset(
    {
        "server_time",
        "sequence",
        "visitor_localtime",
        "visit_first_action_time",
        "visit_last_action_time",
        "last_visit_start",
        "first_sequence",
    }
)
UNREPEATED: Final = frozenset({"hit_id", "idpageview", "order_id"})
WIDE_BITS: Final = 64


def file_bytes(
    table: pa.Table,
    *,
    level: int,
    by_visitor: bool,
    keeps_types: bool = False,
    named_values: Mapping[bytes, bytes] | None = None,
) -> bytes:
    """The file of a table.

    `by_visitor`: a visitor's rows stand together. `keeps_types`: texts are read as they are in the table, encoded by
    dictionary or not. `named_values`: what the file's metadata say.
    """
    bare = table.replace_schema_metadata(None)
    encodings = _encodings(bare.schema, by_visitor=by_visitor)
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
        store_schema=keeps_types,
    ) as writer:
        writer.write_table(bare, row_group_size=ROW_GROUP_ROWS)
        if named_values:
            writer.add_key_value_metadata(dict(named_values))
    return bytes(sink.getvalue())


def _encodings(schema: pa.Schema, *, by_visitor: bool) -> dict[str, str]:
    """The encodings of columns that have no dictionary."""
    found = {}
    for field in schema:
        name, kind = field.name, field.type
        if name in UNREPEATED and pa.types.is_string(kind):
            found[name] = "DELTA_BYTE_ARRAY"
        elif name in RISING and pa.types.is_integer(kind):
            found[name] = "DELTA_BINARY_PACKED"
        elif by_visitor and pa.types.is_primitive(kind) and kind.bit_width == WIDE_BITS:
            found[name] = "PLAIN"
    return found


def _paths(schema: pa.Schema) -> list[str]:
    """The columns as Parquet names them, those inside lists too."""
    return [f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name for field in schema]
