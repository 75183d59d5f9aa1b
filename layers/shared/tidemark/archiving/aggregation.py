"""Group-bys over the rows of a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.compiling import CompiledMeasure, Grouping, Value
from tidemark.archiving.evaluation import Array, SourceColumns
from tidemark.archiving.kinds import Kind
from tidemark.archiving.measures import Input, finished, measure_input, only_input
from tidemark.archiving.numbers import row_numbers

STACKED_ROWS = 50_000
"""Up to so many rows, groupings are computed in one pass: there a pass costs more than its rows do."""

_ROW, _GROUPING, _CODE = "row", "grouping", "code"


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
        found |= {grouping: _total(grouping, chosen) for grouping in wanted if not grouping.keys}
        if chosen.count:
            for alike in _alike([grouping for grouping in wanted if grouping.keys], chosen.count):
                found |= _grouped(alike, chosen)
    return found


def _alike(groupings: Sequence[Grouping], count: int) -> Iterator[list[Grouping]]:
    """Groupings with the same measures, so many at a time as are worked on together."""
    by_measures: dict[tuple[CompiledMeasure, ...], list[Grouping]] = {}
    for grouping in groupings:
        by_measures.setdefault(tuple(grouping.measures), []).append(grouping)
    size = max(1, STACKED_ROWS // count)
    for alike in by_measures.values():
        for start in range(0, len(alike), size):
            yield alike[start : start + size]


def _total(grouping: Grouping, rows: SourceColumns) -> Groups:
    """The one group of a grouping without keys."""
    results: dict[CompiledMeasure, Array] = {}
    for measure in grouping.measures:
        if measure.is_row_count:
            results[measure] = pa.array([rows.count])
    others = [measure for measure in grouping.measures if measure not in results]
    if others:
        inputs = _inputs(others, rows)
        table = pa.table({name: one.values for name, one in inputs.items()})
        results |= _results(others, inputs, _aggregated(table, [], inputs), rows)
    return Groups((), (), results, 1)


def _grouped(groupings: Sequence[Grouping], rows: SourceColumns) -> dict[Grouping, Groups]:
    """Groupings with the same measures in one pass: rows are repeated for each grouping."""
    measures = list(groupings[0].measures)
    inputs = _inputs(measures, rows)
    times = len(groupings)
    columns = {name: pa.chunked_array([one.values] * times) for name, one in inputs.items()}
    columns[_ROW] = pa.chunked_array([row_numbers(rows.count)] * times)
    columns[_GROUPING] = pa.chunked_array([pa.repeat(pa.scalar(place), rows.count) for place in range(times)])
    columns[_CODE] = pa.chunked_array([_code([rows.values(key) for key in one.keys]) for one in groupings])
    inputs[_ROW] = Input(columns[_ROW], "min")
    found = _aggregated(pa.table(columns), [_GROUPING, _CODE], inputs)
    results = _results(measures, inputs, found, rows)
    firsts = _column(found, f"{_ROW}_min")
    sizes = {entry["values"]: entry["counts"] for entry in _column(found, _GROUPING).value_counts().to_pylist()}
    groups: dict[Grouping, Groups] = {}
    start = 0
    for place, grouping in enumerate(groupings):
        count = sizes[place]
        first = firsts.slice(start, count)
        texts = tuple(_texts(rows.values(key), first) for key in grouping.keys)
        values = {measure: result.slice(start, count) for measure, result in results.items()}
        groups[grouping] = Groups(texts, tuple(key.kind for key in grouping.keys), values, count)
        start += count
    return groups


def _inputs(measures: Sequence[CompiledMeasure], rows: SourceColumns) -> dict[str, Input]:
    inputs = {f"input{index}": measure_input(measure, rows) for index, measure in enumerate(measures)}
    for index, measure in enumerate(measures):
        only = only_input(measure, rows)
        if only is not None:
            inputs[f"only{index}"] = only
    return inputs


def _aggregated(table: pa.Table, keys: list[str], inputs: Mapping[str, Input]) -> pa.Table:
    """Groups in the order of their first rows: one thread, so that it is the same every time."""
    functions = [(name, one.function, one.options) for name, one in inputs.items()]
    return table.group_by(keys, use_threads=False).aggregate(functions)


def _results(
    measures: Sequence[CompiledMeasure], inputs: Mapping[str, Input], found: pa.Table, rows: SourceColumns
) -> dict[CompiledMeasure, Array]:
    results = {}
    for index, measure in enumerate(measures):
        exists = _column(found, f"only{index}_any") if f"only{index}" in inputs else None
        result = _column(found, f"input{index}_{inputs[f'input{index}'].function}")
        results[measure] = finished(measure, result, exists, rows)
    return results


def _code(keys: Sequence[Array]) -> pa.Array:
    """A number for each row that tells groups apart; NULL is a group of its own."""
    code: pa.Array | None = None
    for key in keys:
        encoded = key if isinstance(key, pa.DictionaryArray) else key.dictionary_encode()
        own = encoded.indices.cast(pa.int64())
        own = pc.fill_null(own, -1) if own.null_count else own
        if code is not None:
            own = pc.add(pc.multiply(code, len(encoded.dictionary) + 1), pc.add(own, 1))
            own = own.dictionary_encode().indices.cast(pa.int64())  # stays small whatever is still to come
        code = own
    return code


def _column(table: pa.Table, name: str) -> pa.Array:
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _texts(key: Array, places: pa.Array) -> pa.Array:
    """Keys of groups, by the places of their first rows, as texts; truth as 1 and 0."""
    found = key.take(places)
    if isinstance(found, pa.DictionaryArray):
        return found.dictionary.take(found.indices)
    if pa.types.is_boolean(found.type):
        found = found.cast(pa.int8())
    return found.cast(pa.string())
