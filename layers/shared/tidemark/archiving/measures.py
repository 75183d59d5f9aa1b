"""Measures of records as aggregates of the query engine."""

from __future__ import annotations

from collections.abc import Mapping

from tidemark.archiving.kinds import ColumnTypes, Kind, kind_of
from tidemark.plugin.expression import Binary, Const, Expression, Scalar
from tidemark.plugin.record import Aggregate, Empty, Measure

EXACT = "DECIMAL(38, 6)"
"""Real numbers are summed and stored as decimals: then sums do not depend on the order of their rows."""
ROW = '"#row"'
"""A row's number in its log table: the total order of the rows."""

Parameters = Mapping[str, Scalar]


def is_real(measure: Measure, columns: ColumnTypes) -> bool:
    """Whether a measure's values may have decimals."""
    if measure.aggregate in {Aggregate.COUNT, Aggregate.DISTINCT} or measure.of is None:
        return False
    return measure.decimals is not None or kind_of(measure.of, columns) is Kind.REAL


def value_sql(expression: Expression, columns: ColumnTypes, parameters: Parameters) -> str:
    """An expression as a value to aggregate: whole numbers as such, truth as 0 and 1."""
    sql = expression.sql(parameters)
    if kind_of(expression, columns) is Kind.BOOLEAN:
        return f"CAST({sql} AS INTEGER)"
    return sql


def measure_sql(
    measure: Measure, columns: ColumnTypes, parameters: Parameters, condition: str = "", *, present: str = ""
) -> str:
    """A measure over the rows that meet `condition` (SQL, empty: all) and its own `where`.

    Groups for which `present` (SQL over the group's keys) does not hold have no value.
    """
    conditions = [text for text in (condition, _sql(measure.where, parameters)) if text]
    value = _finished(_aggregate_sql(measure, columns, parameters, conditions), measure, columns)
    if measure.only is not None:
        held = [f"coalesce(bool_or({measure.only.sql(parameters)}){_filter([condition] if condition else [])}, FALSE)"]
        value = f"CASE WHEN {held[0]} THEN {value} END"
    return f"CASE WHEN {present} THEN {value} END" if present else value


def _finished(value: str, measure: Measure, columns: ColumnTypes) -> str:
    """The aggregate as it is stored: rounded, typed, and with what stands for nothing."""
    if measure.aggregate is Aggregate.ANY:
        return value
    if measure.decimals is not None:
        value = f"round({value}, {measure.decimals})"
    value = f"CAST({value} AS {EXACT if is_real(measure, columns) else 'BIGINT'})"
    match measure.empty:
        case Empty.ZERO:
            return f"coalesce({value}, 0)"
        case Empty.ABSENT:
            return f"nullif({value}, 0)"
        case Empty.NULL:
            return value


def _aggregate_sql(measure: Measure, columns: ColumnTypes, parameters: Parameters, conditions: list[str]) -> str:
    if measure.aggregate is Aggregate.COUNT or measure.of is None:
        return f"count(*){_filter(conditions)}"
    value = value_sql(measure.of, columns, parameters)
    match measure.aggregate:
        case Aggregate.DISTINCT:
            return f"count(DISTINCT {value}){_filter(conditions)}"
        case Aggregate.ANY:
            return f"arg_min({value}, {ROW}){_filter([*conditions, f'{value} IS NOT NULL'])}"
    if kind_of(measure.of, columns) is not Kind.REAL:
        return f"{measure.aggregate.value}({value}){_filter(conditions)}"
    whole, divisor = _divided(measure.of, columns)
    if divisor:
        return f"({measure.aggregate.value}({whole.sql(parameters)}){_filter(conditions)} / {divisor})"
    return f"{measure.aggregate.value}(TRY_CAST({value} AS {EXACT})){_filter(conditions)}"


def _divided(expression: Expression, columns: ColumnTypes) -> tuple[Expression, int]:
    """Whole numbers by a positive constant: dividing the aggregate is cheaper than every value, and exact."""
    match expression:
        case Binary("/", left, Const(int() as divisor)) if divisor > 0 and kind_of(left, columns) is Kind.INTEGER:
            return left, divisor
    return expression, 0


def _filter(conditions: list[str]) -> str:
    return f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""


def _sql(expression: Expression | None, parameters: Parameters) -> str:
    return "" if expression is None else expression.sql(parameters)
