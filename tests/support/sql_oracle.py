"""A second way to every number: group-bys as SQL on the query engine, to compare archives with."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from tidemark.archiving.compiling import Grouping
from tidemark.archiving.kinds import ColumnTypes, Kind, kind_of
from tidemark.plugin.expression import Expression
from tidemark.plugin.record import Aggregate, Empty, Measure

PARAMETERS = {"idsite": 1, "utc_offset_seconds": 3600}
_ROW = '"#row"'


def value_sql(expression: Expression, columns: ColumnTypes) -> str:
    """The expression in SQL; what archives hold as a whole number is one here too (SQL's floor gives a DOUBLE)."""
    sql = expression.sql(PARAMETERS)
    whole = {Kind.BOOLEAN: "INTEGER", Kind.INTEGER: "HUGEINT"}.get(kind_of(expression, columns))
    return sql if whole is None else f"CAST({sql} AS {whole})"


def measure_sql(measure: Measure, columns: ColumnTypes, is_real: bool) -> str:
    where = "TRUE" if measure.where is None else measure.where.sql(PARAMETERS)
    value = "1" if measure.of is None else value_sql(measure.of, columns)
    match measure.aggregate:
        case Aggregate.COUNT:
            found = f"count(*) FILTER (WHERE {where})"
        case Aggregate.DISTINCT:
            found = f"count(DISTINCT {value}) FILTER (WHERE {where})"
        case Aggregate.ANY:
            return f"arg_min(coalesce(CAST({value} AS VARCHAR), ''), {_ROW})"
        case Aggregate.SUM:
            found = f"sum(CAST({value} AS DOUBLE)) FILTER (WHERE {where})"
        case Aggregate.MEAN:
            found = f"avg({value}) FILTER (WHERE {where})"
        case _:
            found = f"{measure.aggregate.value}({value}) FILTER (WHERE {where})"
    if measure.decimals is not None:
        found = f"round({found}, {measure.decimals})"
    found = f"CAST({found} AS {'DOUBLE' if is_real else 'BIGINT'})"
    if measure.empty is Empty.ZERO:
        found = f"coalesce({found}, 0)"
    elif measure.empty is Empty.ABSENT:
        found = f"nullif({found}, 0)"
    if measure.only is not None:
        found = f"CASE WHEN bool_or({measure.only.sql(PARAMETERS)}) THEN {found} END"
    return found


class SqlOracle:
    """One table, to be grouped."""

    def __init__(self, table: pa.Table, columns: ColumnTypes) -> None:
        self._columns = columns
        self._connection = duckdb.connect()
        self._connection.execute("SET threads = 1")
        numbered = table.append_column("#row", pa.array(range(table.num_rows), pa.int64()))
        self._connection.register("source", numbered)

    def close(self) -> None:
        self._connection.close()

    def grouped(self, grouping: Grouping) -> dict[tuple[str | None, ...], list[Any]]:
        """Key texts -> values of the grouping's measures."""
        keys = [f"CAST({value_sql(key.expression, self._columns)} AS VARCHAR)" for key in grouping.keys]
        measures = [measure_sql(one.measure, self._columns, one.is_real) for one in grouping.measures]
        where = "" if grouping.where is None else f"WHERE {grouping.where.expression.sql(PARAMETERS)}"
        by = f"GROUP BY {', '.join(str(place + 1) for place in range(len(keys)))}" if keys else ""
        sql = f"SELECT {', '.join([*keys, *measures, '1'])} FROM source {where} {by}"
        return {row[: len(keys)]: list(row[len(keys) : -1]) for row in self._connection.execute(sql).fetchall()}
