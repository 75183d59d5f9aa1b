"""What kind of value an expression gives, so that sums are exact and keys come back as what they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import Enum

from tidemark.model.hit import ColumnType
from tidemark.plugin.expression import (
    Binary,
    Call,
    Case,
    Col,
    Const,
    Expression,
    In,
    IsNull,
    Not,
    Parameter,
)


class Kind(Enum):
    """Kinds of values; order is how they mix: an integer and a real number give a real one."""

    NULL = 0
    BOOLEAN = 1
    INTEGER = 2
    REAL = 3
    TEXT = 4


_OF_COLUMN: dict[ColumnType, Kind] = {
    "string": Kind.TEXT,
    "json": Kind.TEXT,
    "strings": Kind.TEXT,
    "int64": Kind.INTEGER,
    "int32": Kind.INTEGER,
    "uint64": Kind.INTEGER,
    "uint8": Kind.INTEGER,
    "float64": Kind.REAL,
    "bool": Kind.BOOLEAN,
}
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "=", "<>", "AND", "OR"})
_TEXT_FUNCTIONS = frozenset(
    {"concat", "lower", "json_text", "json_item", "list_extract", "date_text", "hex16", "replace", "address_bytes"}
)
_INTEGER_FUNCTIONS = frozenset({"length", "date_part", "floor"})

ColumnTypes = Mapping[str, ColumnType]


def kind_of(expression: Expression, columns: ColumnTypes) -> Kind:  # noqa: PLR0911  one line per kind of node
    """The kind of an expression over a source with these columns; an unknown column counts as text."""
    match expression:
        case Col(name):
            return _OF_COLUMN.get(columns.get(name, "string"), Kind.TEXT)
        case Const(value):
            return _of_scalar(value)
        case Parameter():
            return Kind.INTEGER
        case Not() | IsNull() | In():
            return Kind.BOOLEAN
        case Binary(operator, left, right):
            if operator in _COMPARISONS:
                return Kind.BOOLEAN
            return Kind.REAL if operator == "/" else _widest(kind_of(left, columns), kind_of(right, columns))
        case Case(whens, otherwise):
            return _widest(*(kind_of(then, columns) for _, then in whens), kind_of(otherwise, columns))
        case Call(function, arguments):
            return _of_call(function, arguments, columns)
    return Kind.TEXT


def columns_of(expression: Expression | None) -> Iterator[str]:
    """Names of the columns that an expression reads."""
    if isinstance(expression, Col):
        yield expression.name
    elif expression is not None:
        for child in _children(expression):
            yield from columns_of(child)


def _children(expression: Expression) -> Iterator[Expression]:
    for field in fields(expression):  # type: ignore[arg-type]
        yield from _expressions(getattr(expression, field.name))


def _expressions(value: object) -> Iterator[Expression]:
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)


def _of_scalar(value: object) -> Kind:
    match value:
        case None:
            return Kind.NULL
        case bool():
            return Kind.BOOLEAN
        case int():
            return Kind.INTEGER
        case float():
            return Kind.REAL
    return Kind.TEXT


def _of_call(function: str, arguments: tuple[Expression, ...], columns: ColumnTypes) -> Kind:
    if function in _TEXT_FUNCTIONS:
        return Kind.TEXT
    if function in _INTEGER_FUNCTIONS:
        return Kind.INTEGER
    if function == "single":
        return Kind.REAL
    kinds = [kind_of(argument, columns) for argument in arguments]
    return kinds[0] if function in {"round", "nullif"} else _widest(*kinds)


def _widest(*kinds: Kind) -> Kind:
    return max(kinds, key=lambda kind: kind.value)
