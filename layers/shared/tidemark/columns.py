"""Log columns as Arrow columns: the one mapping of the model's logical types to the files' types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.model.hit import Column, ColumnType

ARROW_TYPES: Final[Mapping[ColumnType, pa.DataType]] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "int32": pa.int32(),
    "uint64": pa.uint64(),
    "uint8": pa.uint8(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "json": pa.string(),
    "strings": pa.list_(pa.string()),
}
DICTIONARY: Final = pa.dictionary(pa.int32(), pa.string())


def arrow_schema(columns: Iterable[Column]) -> pa.Schema:
    """The columns as Arrow fields, texts plain; all are nullable."""
    return pa.schema([pa.field(column.name, ARROW_TYPES[column.type]) for column in columns])


def conform(table: pa.Table, columns: Iterable[Column]) -> pa.Table:
    """The table with exactly these columns, in their order: cast where a file differs, NULL where it lacks one.

    Texts may stay encoded by dictionary. A value that does not fit its column becomes NULL.
    """
    chosen: dict[str, Any] = {}
    present = dict(zip(table.column_names, table.columns, strict=True))
    for column in columns:
        wanted = ARROW_TYPES[column.type]
        if column.name not in present:
            chosen[column.name] = pa.nulls(table.num_rows, wanted)
            continue
        values = present[column.name]
        same = values.type == wanted or (pa.types.is_dictionary(values.type) and wanted == pa.string())
        chosen[column.name] = values if same else _cast(values, wanted)
    return pa.table(chosen)


def encoded(values: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    """Texts as codes of one dictionary, which has each text once and no NULL."""
    if isinstance(values, pa.ChunkedArray):
        if values.num_chunks != 1 and pa.types.is_dictionary(values.type):
            values = values.unify_dictionaries()
        values = values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
        if isinstance(values, pa.ChunkedArray):  # no chunk at all
            values = pa.nulls(0, pa.string())
    if values.null_count == len(values):
        return pa.DictionaryArray.from_arrays(pa.nulls(len(values), pa.int32()), pa.array([], pa.string()))
    if not pa.types.is_dictionary(values.type):
        return values.cast(pa.string()).dictionary_encode()
    values = values if values.type == DICTIONARY else values.cast(DICTIONARY)
    texts = values.dictionary.dictionary_encode()
    if len(texts.dictionary) == len(values.dictionary) and not values.dictionary.null_count:
        return values
    return pa.DictionaryArray.from_arrays(texts.indices.take(values.indices), texts.dictionary)


def canonical(values: pa.DictionaryArray) -> pa.DictionaryArray:
    """Encoded texts, with a dictionary that holds what is used in order of first use.

    So equal columns are equal to the last byte, whatever their dictionaries were made from.
    """
    used = values.indices.unique().drop_null()
    codes = pc.inverse_permutation(used, max_index=max(0, len(values.dictionary) - 1), output_type=pa.int32())
    return pa.DictionaryArray.from_arrays(codes.take(values.indices), values.dictionary.take(used))


def listed(values: pa.Array) -> list[Any]:
    """The values as Python's; encoded texts are decoded first, which is many times faster."""
    plain = values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values
    return list(plain.to_pylist())


def given(texts: pa.DictionaryArray) -> pa.BooleanArray:
    """Where a text is neither NULL nor empty."""
    return pc.fill_null(pc.not_equal(texts.dictionary, "").take(texts.indices), False)


def _cast(values: pa.ChunkedArray, wanted: pa.DataType) -> pa.ChunkedArray:
    try:
        return values.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.chunked_array([pa.array([_fitting(value, wanted) for value in values.to_pylist()], wanted)])


def _fitting(value: Any, wanted: pa.DataType) -> Any:
    try:
        return pa.scalar(value, wanted).as_py()
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return None
