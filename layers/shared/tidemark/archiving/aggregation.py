"""Group-bys over the rows of a source, or over parts of them one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.compiling import CompiledMeasure, Grouping, Value, is_apart
from tidemark.archiving.evaluation import Array, SourceColumns, plain
from tidemark.archiving.kinds import Kind
from tidemark.archiving.measures import Input, Raw, finished, measure_input, merged_by, only_input, summed_by
from tidemark.archiving.numbers import row_numbers
from tidemark.plugin.record import Aggregate

STACKED_ROWS = 50_000
"""Up to so many rows, groupings are computed in one pass: there a pass costs more than its rows do."""

_ROW, _GROUPING, _CODE = "row", "grouping", "code"
_KEY, _VALUE, _EXISTS, _COUNTED = "key", "value", "exists", "counted"
_FINISHED = "finished"
_ORDER = ("start", "sent", "idvisit")
_IDVISIT = _ORDER[-1]


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one grouping, in the order of their first rows. Without keys there is one, even of no rows."""

    keys: tuple[Array, ...]
    """Texts; NULL stays NULL."""
    kinds: tuple[Kind, ...]
    measures: Mapping[CompiledMeasure, Array]
    count: int


@dataclass(frozen=True, slots=True)
class Partial:
    """The groups of one grouping in a part of the rows, to be merged with those of other parts."""

    keys: tuple[Array, ...]
    kinds: tuple[Kind, ...]
    columns: Mapping[str, Array]
    """Raw measures: `value`, `exists` and `counted`, each with the measure's number; `start`, `sent` and `idvisit` of
    the first row's visit where a measure depends on which row is the first. Where groups were put together they are
    `finished`, and the keys that told them apart are NULL."""
    count: int


Starts = Callable[[Array], Mapping[str, Array]]
"""Start and sending of visits (`start`, `sent`), by their ids: parts have visits of their own, in this order."""


def partial(
    groupings: Iterable[Grouping], rows: SourceColumns, starts: Starts | None = None
) -> dict[Grouping, Partial]:
    """Compute groupings of a source; those of the same rows one after the other, so that columns are reused.

    A grouping with keys that has no rows has no groups and is left out. Without `starts` the rows are all there are.
    """
    by_where: dict[Value | None, list[Grouping]] = {}
    for grouping in groupings:
        by_where.setdefault(grouping.where, []).append(grouping)
    found: dict[Grouping, Partial] = {}
    for where, wanted in by_where.items():
        chosen = rows if where is None else rows.where(where)
        found |= {grouping: _total(grouping, chosen, starts) for grouping in wanted if not grouping.keys}
        if chosen.count:
            for alike in _alike([grouping for grouping in wanted if grouping.keys], chosen.count):
                found |= _grouped(alike, chosen, starts)
    return found


def merged(grouping: Grouping, parts: Sequence[Partial]) -> Partial:
    """One grouping's groups in several parts of the rows as those of all of them."""
    if len(parts) == 1:
        return parts[0]
    names = [_KEY + str(place) for place in grouping.kept]
    functions = [one for one in _merging(grouping) if one[0] in parts[0].columns]
    tables = [
        pa.table(
            [*(part.keys[place] for place in grouping.kept), *(part.columns[name] for name, _, _ in functions)],
            [*names, *(one[0] for one in functions)],
        )
        for part in parts
    ]
    rows = pa.concat_tables(tables)
    if _IDVISIT in rows.column_names:
        order: list[tuple[str, str, str]] = [(name, "ascending", "at_end") for name in _ORDER]
        rows = rows.take(pc.sort_indices(rows, sort_keys=order))
    if not _are_apart(grouping, parts):
        found = rows.group_by(names, use_threads=False).aggregate(functions)
        merged_names = {f"{name}_{function}": name for name, function, _ in functions}
        rows = found.rename_columns([merged_names.get(name, name) for name in found.column_names])
    columns = {name: _column(rows, name) for name, _, _ in functions}
    keys = _all_keys(grouping, [_column(rows, name) for name in names], rows.num_rows)
    return Partial(keys, parts[0].kinds, columns, rows.num_rows)


def _are_apart(grouping: Grouping, parts: Sequence[Partial]) -> bool:
    """Whether no group is found in two parts."""
    return any(
        is_apart(grouping.keys[place].expression) and not any(part.keys[place].null_count for part in parts)
        for place in grouping.kept
    )


def _all_keys(grouping: Grouping, kept: Sequence[Array], count: int) -> tuple[Array, ...]:
    """All keys of groups, of which only those are known that were kept."""
    known = dict(zip(grouping.kept, kept, strict=True))
    return tuple(
        known[place] if place in known else pa.nulls(count, pa.string()) for place in range(len(grouping.keys))
    )


def groups_of(grouping: Grouping, found: Partial) -> Groups:
    """The groups as they are stored, once no part is missing."""
    measures = {}
    for index, measure in enumerate(grouping.measures):
        if grouping.summed:
            measures[measure] = found.columns[f"{_FINISHED}{index}"]
            continue
        parts = (found.columns.get(f"{name}{index}") for name in (_VALUE, _EXISTS, _COUNTED))
        measures[measure] = finished(measure, Raw(*parts))
    return Groups(found.keys, found.kinds, measures, found.count)


def _merging(grouping: Grouping) -> Iterator[tuple[str, str, object]]:
    """Columns of a partial, and how each is merged."""
    for index, measure in enumerate(grouping.measures):
        if grouping.summed:
            yield f"{_FINISHED}{index}", summed_by(measure), None
            continue
        yield f"{_VALUE}{index}", *merged_by(measure)
        yield f"{_EXISTS}{index}", "any", None
        yield f"{_COUNTED}{index}", "sum", None
    yield from ((name, "first", None) for name in _ORDER)


def _alike(groupings: Sequence[Grouping], count: int) -> Iterator[list[Grouping]]:
    """Groupings with the same measures, so many at a time as are worked on together."""
    by_measures: dict[tuple[CompiledMeasure, ...], list[Grouping]] = {}
    for grouping in groupings:
        by_measures.setdefault(tuple(grouping.measures), []).append(grouping)
    size = max(1, STACKED_ROWS // count)
    for alike in by_measures.values():
        for start in range(0, len(alike), size):
            yield alike[start : start + size]


def _total(grouping: Grouping, rows: SourceColumns, starts: Starts | None) -> Partial:
    """The one group of a grouping without keys."""
    measures = list(grouping.measures)
    if all(measure.is_row_count for measure in measures):
        return Partial((), (), {f"{_VALUE}{index}": pa.array([rows.count]) for index in range(len(measures))}, 1)
    inputs = _inputs(measures, rows)
    table = pa.table({name: one.values for name, one in inputs.items()})
    return Partial((), (), _raw(measures, inputs, _aggregated(table, [], inputs), rows, starts), 1)


def _grouped(groupings: Sequence[Grouping], rows: SourceColumns, starts: Starts | None) -> dict[Grouping, Partial]:
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
    results = _raw(measures, inputs, found, rows, starts)
    firsts = _column(found, f"{_ROW}_min")
    sizes = {entry["values"]: entry["counts"] for entry in _column(found, _GROUPING).value_counts().to_pylist()}
    groups: dict[Grouping, Partial] = {}
    start = 0
    for place, grouping in enumerate(groupings):
        count = sizes[place]
        first = firsts.slice(start, count)
        kinds = tuple(key.kind for key in grouping.keys)
        values = {name: result.slice(start, count) for name, result in results.items()}
        start += count
        if grouping.summed:
            keys = [rows.values(key).take(first) for key in grouping.keys]
            groups[grouping] = _put_together(grouping, keys, values, kinds)
            continue
        texts = tuple(_texts(rows.values(key), first) for key in grouping.keys)
        groups[grouping] = Partial(texts, kinds, values, count)
    return groups


def _put_together(
    grouping: Grouping, keys: Sequence[Array], values: Mapping[str, Array], kinds: tuple[Kind, ...]
) -> Partial:
    """Groups, each of which is whole, without the keys that only made the grain finer."""
    count = len(keys[0])
    every = groups_of(replace(grouping, summed=()), Partial(tuple(keys), kinds, values, count))
    columns = {f"{_FINISHED}{index}": every.measures[measure] for index, measure in enumerate(grouping.measures)}
    functions = [*(one for one in _merging(grouping) if one[0] in columns), (_ROW, "min", None)]
    table = pa.table({**columns, _ROW: row_numbers(count), _CODE: _code([keys[place] for place in grouping.kept])})
    found = table.group_by(_CODE, use_threads=False).aggregate(functions)
    first = _column(found, f"{_ROW}_min")
    kept = [_texts(keys[place], first) for place in grouping.kept]
    made = {name: _column(found, f"{name}_{function}") for name, function, _ in functions if name != _ROW}
    return Partial(_all_keys(grouping, kept, len(first)), kinds, made, len(first))


def _inputs(measures: Sequence[CompiledMeasure], rows: SourceColumns) -> dict[str, Input]:
    inputs: dict[str, Input] = {}
    for index, measure in enumerate(measures):
        own = inputs[f"{_VALUE}{index}"] = measure_input(measure, rows)
        only = only_input(measure, rows)
        if only is not None:
            inputs[f"{_EXISTS}{index}"] = only
        if measure.measure.aggregate is Aggregate.MEAN:
            inputs[f"{_COUNTED}{index}"] = Input(own.values, "count")
    return inputs


def _aggregated(table: pa.Table, keys: list[str], inputs: Mapping[str, Input]) -> pa.Table:
    """Groups in the order of their first rows: one thread, so that it is the same every time."""
    functions = [(name, one.function, one.options) for name, one in inputs.items()]
    return table.group_by(keys, use_threads=False).aggregate(functions)


def _raw(
    measures: Sequence[CompiledMeasure],
    inputs: Mapping[str, Input],
    found: pa.Table,
    rows: SourceColumns,
    starts: Starts | None,
) -> dict[str, Array]:
    """The columns of a partial. Where a measure is taken from the first row, that is a row number in `found`."""
    columns = {name: _column(found, f"{name}_{one.function}") for name, one in inputs.items() if name != _ROW}
    for index, measure in enumerate(measures):
        if measure.measure.aggregate is not Aggregate.ANY or measure.of is None:
            continue
        first = columns[f"{_VALUE}{index}"]
        columns[f"{_VALUE}{index}"] = plain(rows.at(first).values(measure.of))
        if starts is not None:
            columns[_IDVISIT] = rows.column(_IDVISIT).take(first)
            columns |= starts(columns[_IDVISIT])
    return columns


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
