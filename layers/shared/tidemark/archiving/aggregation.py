"""Group-bys over the rows of a source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from tidemark.archiving.compiling import CompiledMeasure, Grouping, Value
from tidemark.archiving.evaluation import Array, SourceColumns, codes
from tidemark.archiving.kinds import Kind
from tidemark.archiving.measures import finished, measure_input, only_input


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one grouping, in the order of their first rows. Without keys there is one, even of no rows."""

    keys: tuple[Array, ...]
    """Texts; NULL stays NULL."""
    kinds: tuple[Kind, ...]
    measures: Mapping[CompiledMeasure, Array]
    count: int


def aggregate(groupings: Iterable[Grouping], rows: SourceColumns) -> dict[Grouping, Groups]:
    """Compute groupings of a source; those of the same rows one after the other, so that columns are reused.

    A grouping with keys that has no rows has no groups and is left out.
    """
    by_where: dict[Value | None, list[Grouping]] = {}
    for grouping in groupings:
        by_where.setdefault(grouping.where, []).append(grouping)
    found: dict[Grouping, Groups] = {}
    for where, wanted in by_where.items():
        chosen = rows if where is None else rows.where(where)
        found |= {grouping: _grouped(grouping, chosen) for grouping in wanted if chosen.count or not grouping.keys}
    return found


def _grouped(grouping: Grouping, rows: SourceColumns) -> Groups:
    results: dict[CompiledMeasure, Array] = {}
    inputs, onlys = {}, {}
    for index, measure in enumerate(grouping.measures):
        if measure.is_row_count and not grouping.keys:
            results[measure] = pa.array([rows.count])
            continue
        inputs[f"input{index}"] = measure_input(measure, rows)
        only = only_input(measure, rows)
        if only is not None:
            onlys[f"only{index}"] = only
    if not inputs and not grouping.keys:
        return Groups((), (), results, 1)
    keys = {f"key{index}": rows.values(key) for index, key in enumerate(grouping.keys)}
    columns = {name: codes(key) for name, key in keys.items()} | {
        name: one.values for name, one in (inputs | onlys).items()
    }
    functions = [(name, one.function, one.options) for name, one in (inputs | onlys).items()]
    found = pa.table(columns).group_by(list(keys), use_threads=False).aggregate(functions)
    for index, measure in enumerate(grouping.measures):
        one = inputs.get(f"input{index}")
        if one is not None:
            result = _column(found, f"input{index}_{one.function}")
            exists = _column(found, f"only{index}_any") if f"only{index}" in onlys else None
            results[measure] = finished(measure, result, exists, rows)
    texts = tuple(_texts(_column(found, name), key) for name, key in keys.items())
    return Groups(texts, tuple(key.kind for key in grouping.keys), results, found.num_rows)


def _column(table: pa.Table, name: str) -> pa.Array:
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _texts(found: pa.Array, key: Array) -> pa.Array:
    """Keys of groups as texts; truth as 1 and 0."""
    if isinstance(key, pa.DictionaryArray):
        return key.dictionary.take(found)
    if pa.types.is_boolean(found.type):
        found = found.cast(pa.int8())
    return found.cast(pa.string())
