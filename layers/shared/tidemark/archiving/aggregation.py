"""Group-bys over a day's sources: many groupings of a source at once where it is small, one by one where it is large."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pyarrow as pa

from tidemark.archiving.kinds import ColumnTypes, Kind, kind_of
from tidemark.archiving.measures import Parameters, measure_sql, value_sql
from tidemark.plugin.expression import Expression
from tidemark.plugin.record import Measure, Source

SMALL_ROWS = 20_000
"""Up to here a query's fixed costs outweigh its rows': all groupings of a source run as one."""

_MEASURE = "#m"
_KEY = "#k"
_GROUPING = '"#g"'


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a source is grouped by, and of which rows."""

    source: Source
    keys: tuple[Expression, ...]
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class Aggregation:
    """What shall be computed of a source: groupings with their measures (each measure once)."""

    source: Source
    columns: ColumnTypes
    groupings: dict[Grouping, dict[Measure, None]] = field(default_factory=dict)

    def want(self, grouping: Grouping, measures: Iterable[Measure]) -> None:
        """Ask for measures of a grouping."""
        self.groupings.setdefault(grouping, {}).update(dict.fromkeys(measures))


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one grouping: keys as texts (NULL stays NULL), measures as columns."""

    table: pa.Table
    kinds: tuple[Kind, ...]
    names: Mapping[Measure, str]

    def key(self, index: int) -> pa.ChunkedArray:
        """The values of one key."""
        return self.table.column(f"{_KEY}{index}")

    def measure(self, measure: Measure) -> pa.ChunkedArray:
        """The values of one measure."""
        return self.table.column(self.names[measure])


def aggregate(cursor: Any, wanted: Aggregation, parameters: Parameters, rows: int) -> dict[Grouping, Groups]:
    """Compute all groupings of a source that has `rows` rows. A grouping without keys is one group, even of no rows."""
    numbers = count()
    measures = {measure: None for wants in wanted.groupings.values() for measure in wants}
    names = {measure: f"{_MEASURE}{next(numbers)}" for measure in measures}
    keyed = [grouping for grouping in wanted.groupings if grouping.keys]
    keyless = [grouping for grouping in wanted.groupings if not grouping.keys]
    if rows <= SMALL_ROWS and len(keyed) > 1:
        tables = _together(cursor, wanted, keyed, names, parameters)
    else:
        tables = [_alone(cursor, wanted, grouping, names, parameters) for grouping in keyed]
    tables += _filtered(cursor, wanted, keyless, names, parameters) if keyless else []
    return {
        grouping: Groups(table, tuple(kind_of(key, wanted.columns) for key in grouping.keys), names)
        for grouping, table in zip([*keyed, *keyless], tables, strict=True)
    }


def key_sql(key: Expression, columns: ColumnTypes, parameters: Parameters) -> str:
    """A key as text; whole numbers without decimals."""
    sql = value_sql(key, columns, parameters)
    if kind_of(key, columns) is Kind.INTEGER:
        sql = f"CAST({sql} AS BIGINT)"
    return f"CAST({sql} AS VARCHAR)"


def _alone(
    cursor: Any, wanted: Aggregation, grouping: Grouping, names: Mapping[Measure, str], parameters: Parameters
) -> pa.Table:
    """One group-by of its own."""
    keys = [f'{key_sql(key, wanted.columns, parameters)} AS "{_KEY}{index}"' for index, key in enumerate(grouping.keys)]
    measures = [
        f'{measure_sql(measure, wanted.columns, parameters)} AS "{names[measure]}"'
        for measure in wanted.groupings[grouping]
    ]
    where = f" WHERE {grouping.where.sql(parameters)}" if grouping.where is not None else ""
    grouped = ", ".join(str(index + 1) for index in range(len(keys)))
    sql = f"SELECT {', '.join([*keys, *measures])} FROM {grouping.source.value}{where} GROUP BY {grouped}"
    return cursor.sql(sql).to_arrow_table()


def _filtered(
    cursor: Any,
    wanted: Aggregation,
    groupings: Sequence[Grouping],
    names: Mapping[Measure, str],
    parameters: Parameters,
) -> list[pa.Table]:
    """All groupings without keys in one scan: each measure counts the rows of its grouping."""
    asked = [(index, measure) for index, grouping in enumerate(groupings) for measure in wanted.groupings[grouping]]
    values = []
    for index, measure in asked:
        where = groupings[index].where
        condition = where.sql(parameters) if where is not None else ""
        values.append(measure_sql(measure, wanted.columns, parameters, condition))
    found = cursor.sql(f"SELECT {', '.join(values)} FROM {wanted.source.value}").to_arrow_table()
    tables: list[dict[str, Any]] = [{} for _ in groupings]
    for position, (index, measure) in enumerate(asked):
        tables[index][names[measure]] = found.column(position)
    return [pa.table(columns) for columns in tables]


def _together(
    cursor: Any,
    wanted: Aggregation,
    groupings: Sequence[Grouping],
    names: Mapping[Measure, str],
    parameters: Parameters,
) -> list[pa.Table]:
    """All group-bys as one: every row is repeated once per grouping that it belongs to."""
    width = max(len(grouping.keys) for grouping in groupings)
    repeats = ", ".join(
        _repeat(index, grouping, width, wanted.columns, parameters) for index, grouping in enumerate(groupings)
    )
    keys = [f'"{_KEY}{index}"' for index in range(width)]
    measures = []
    for measure, name in names.items():
        users = [index for index, grouping in enumerate(groupings) if measure in wanted.groupings[grouping]]
        if users:
            shared = _shared_measure(measure, wanted.columns, users, len(groupings), parameters)
            measures.append(f'{shared} AS "{name}"')
    grouped = ", ".join(str(index + 1) for index in range(width + 1))
    rows = f"(SELECT unnest([{repeats}], recursive := true), * FROM {wanted.source.value})"
    selected = ", ".join([_GROUPING, *keys, *measures])
    found = cursor.sql(
        f"SELECT {selected} FROM {rows} WHERE {_GROUPING} IS NOT NULL GROUP BY {grouped} ORDER BY {_GROUPING}"
    ).to_arrow_table()
    return _split(found, len(groupings))


def _repeat(index: int, grouping: Grouping, width: int, columns: ColumnTypes, parameters: Parameters) -> str:
    keys = [key_sql(key, columns, parameters) for key in grouping.keys]
    keys += ["CAST(NULL AS VARCHAR)"] * (width - len(keys))
    fields = ", ".join(f"'{_KEY}{position}': {key}" for position, key in enumerate(keys))
    row = f"{{'#g': {index}, {fields}}}"
    return f"CASE WHEN {grouping.where.sql(parameters)} THEN {row} END" if grouping.where is not None else row


def _shared_measure(
    measure: Measure, columns: ColumnTypes, users: Sequence[int], groupings: int, parameters: Parameters
) -> str:
    if len(users) == groupings:
        return measure_sql(measure, columns, parameters)
    listed = f"{_GROUPING} IN ({', '.join(map(str, users))})"
    return measure_sql(measure, columns, parameters, listed, present=listed)


def _split(found: pa.Table, groupings: int) -> list[pa.Table]:
    """The rows of each grouping, which follow each other."""
    sizes = [0] * groupings
    for entry in found.column("#g").value_counts().to_pylist():
        sizes[entry["values"]] = entry["counts"]
    tables, start = [], 0
    for size in sizes:
        tables.append(found.slice(start, size))
        start += size
    return tables
