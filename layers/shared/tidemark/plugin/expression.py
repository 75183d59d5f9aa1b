"""Expressions over log columns, so that a plugin declares what it means and the core writes the SQL.

`col("visit_total_actions") <= 1` is a value; the archive's compiler renders it for the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Scalar = str | int | float | bool | None

Function = Literal[
    "coalesce",
    "concat",
    "lower",
    "length",
    "floor",
    "round",
    "least",
    "greatest",
    "nullif",
    "list_extract",
    "json_text",
    "json_item",
    "date_part",
    "date_text",
    "hex16",
    "replace",
    "single",
    "address_bytes",
]
"""What `call` knows: SQL's functions of these names; `list_extract(list, 1-based)`; `json_text(column, key)`;
`json_item(column, key, 0-based)`: one of the texts listed under a key;
`date_part("hour", unix seconds)` in UTC, with the engine's names of parts; `date_text(unix seconds)`: 2024-12-31;
`hex16(id)`: 16 hexadecimal digits;
`single(number)`: the nearest number of 32 bits;
`address_bytes(text)`: the bytes of an IP address in hexadecimal digits, which order as addresses do; NULL for others."""


class Expression:
    """A value computed from a row of a log table."""

    __slots__ = ()

    def sql(self, parameters: Mapping[str, Scalar]) -> str:
        """The expression in the engine's SQL. `parameters` are the archive's own values (see `parameter`)."""
        raise NotImplementedError

    def __add__(self, other: Expression | Scalar) -> Expression:
        return Binary("+", self, wrap(other))

    def __sub__(self, other: Expression | Scalar) -> Expression:
        return Binary("-", self, wrap(other))

    def __mul__(self, other: Expression | Scalar) -> Expression:
        return Binary("*", self, wrap(other))

    def __truediv__(self, other: Expression | Scalar) -> Expression:
        return Binary("/", self, wrap(other))

    def __rtruediv__(self, other: Scalar) -> Expression:
        return Binary("/", wrap(other), self)

    def __floordiv__(self, other: Expression | Scalar) -> Expression:
        return Binary("//", self, wrap(other))

    def __mod__(self, other: Expression | Scalar) -> Expression:
        return Binary("%", self, wrap(other))

    def __lt__(self, other: Expression | Scalar) -> Expression:
        return Binary("<", self, wrap(other))

    def __le__(self, other: Expression | Scalar) -> Expression:
        return Binary("<=", self, wrap(other))

    def __gt__(self, other: Expression | Scalar) -> Expression:
        return Binary(">", self, wrap(other))

    def __ge__(self, other: Expression | Scalar) -> Expression:
        return Binary(">=", self, wrap(other))

    def __and__(self, other: Expression) -> Expression:
        return Binary("AND", self, other)

    def __or__(self, other: Expression) -> Expression:
        return Binary("OR", self, other)

    def __invert__(self) -> Expression:
        return Not(self)

    def eq(self, other: Expression | Scalar) -> Expression:
        """Equal; never true for NULL."""
        return Binary("=", self, wrap(other))

    def ne(self, other: Expression | Scalar) -> Expression:
        """Not equal; never true for NULL."""
        return Binary("<>", self, wrap(other))

    def is_in(self, *values: Scalar) -> Expression:
        """One of the values."""
        return In(self, values)

    def is_null(self) -> Expression:
        """Absent."""
        return IsNull(self)

    def not_null(self) -> Expression:
        """Present."""
        return Not(IsNull(self))


@dataclass(frozen=True, slots=True, eq=True)
class Col(Expression):
    """A column of the log table (or of the derived source) at hand."""

    name: str

    def sql(self, parameters: Mapping[str, Scalar]) -> str:  # noqa: ARG002 (one signature for all)
        return '"' + self.name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Const(Expression):
    """A fixed value."""

    value: Scalar

    def sql(self, parameters: Mapping[str, Scalar]) -> str:  # noqa: ARG002
        return literal(self.value)


@dataclass(frozen=True, slots=True)
class Parameter(Expression):
    """A value of the archive being built: `utc_offset_seconds` of the site's local day, `idsite` …"""

    name: str

    def sql(self, parameters: Mapping[str, Scalar]) -> str:
        return literal(parameters[self.name])


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """Two values and what is between them."""

    operator: str
    left: Expression
    right: Expression

    def sql(self, parameters: Mapping[str, Scalar]) -> str:
        return f"({self.left.sql(parameters)} {self.operator} {self.right.sql(parameters)})"


@dataclass(frozen=True, slots=True)
class Not(Expression):
    """The contrary."""

    inner: Expression

    def sql(self, parameters: Mapping[str, Scalar]) -> str:
        return f"(NOT {self.inner.sql(parameters)})"


@dataclass(frozen=True, slots=True)
class IsNull(Expression):
    """Absence."""

    inner: Expression

    def sql(self, parameters: Mapping[str, Scalar]) -> str:
        return f"({self.inner.sql(parameters)} IS NULL)"


@dataclass(frozen=True, slots=True)
class In(Expression):
    """Membership."""

    inner: Expression
    values: tuple[Scalar, ...]

    def sql(self, parameters: Mapping[str, Scalar]) -> str:
        return f"({self.inner.sql(parameters)} IN ({', '.join(literal(value) for value in self.values)}))"


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function of the engine."""

    function: Function
    arguments: tuple[Expression, ...]

    def sql(self, parameters: Mapping[str, Scalar]) -> str:
        rendered = [argument.sql(parameters) for argument in self.arguments]
        template = _TEMPLATES.get(self.function)
        if template is not None:
            return template.format(*rendered)
        if self.function == "concat":
            return "(" + " || ".join(rendered) + ")"
        return f"{self.function}({', '.join(rendered)})"


def _groups(half: int) -> str:
    """The groups of an IPv6 address before or behind its gap, each of four digits."""
    return (
        f"list_transform(list_filter(string_split(split_part(CAST({{0}} AS VARCHAR), '::', {half}), ':'), lambda g: g <> ''),"
        " lambda g: lpad(lower(g), 4, '0'))"
    )


_ADDRESS_BYTES = (
    "(CASE WHEN regexp_full_match(CAST({0} AS VARCHAR), '[0-9]{{1,3}}([.][0-9]{{1,3}}){{3}}') THEN"
    " array_to_string(list_transform(string_split(CAST({0} AS VARCHAR), '.'),"
    " lambda n: lpad(lower(to_hex(CAST(n AS INTEGER))), 2, '0')), '')"
    " WHEN contains(CAST({0} AS VARCHAR), ':') THEN"
    f" array_to_string({_groups(1)}, '') || repeat('0', 32 - 4 * (len({_groups(1)}) + len({_groups(2)})))"
    f" || array_to_string({_groups(2)}, '') END)"
)
_TEMPLATES: Mapping[str, str] = {
    "address_bytes": _ADDRESS_BYTES,
    "json_text": "json_extract_string({0}, '$.\"' || {1} || '\"')",
    "json_item": "json_extract_string({0}, '$.\"' || {1} || '\"[' || {2} || ']')",
    "date_part": "date_part({0}, make_timestamp(CAST({1} AS BIGINT) * 1000000))",
    "floor": "CAST(floor({0}) AS BIGINT)",
    "date_text": "strftime(make_timestamp(CAST({0} AS BIGINT) * 1000000), '%Y-%m-%d')",
    "single": "CAST(CAST({0} AS FLOAT) AS DOUBLE)",
    "hex16": "lpad(lower(hex({0})), 16, '0')",
}
"""The SQL of functions that the engine does not know by their names, or gives another type (floor: DOUBLE)."""


@dataclass(frozen=True, slots=True)
class Case(Expression):
    """The value of the first condition that holds."""

    whens: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression

    def sql(self, parameters: Mapping[str, Scalar]) -> str:
        branches = " ".join(f"WHEN {when.sql(parameters)} THEN {then.sql(parameters)}" for when, then in self.whens)
        return f"(CASE {branches} ELSE {self.otherwise.sql(parameters)} END)"


def col(name: str) -> Expression:
    """A column."""
    return Col(name)


def parameter(name: str) -> Expression:
    """A value of the archive being built: utc_offset_seconds (of the local day's start), idsite."""
    return Parameter(name)


def call(function: Function, *arguments: Expression | Scalar) -> Expression:
    """A function of the engine."""
    return Call(function, tuple(wrap(argument) for argument in arguments))


def case(*whens: tuple[Expression, Expression | Scalar], otherwise: Expression | Scalar = None) -> Expression:
    """The value of the first condition that holds, else `otherwise`."""
    return Case(tuple((when, wrap(then)) for when, then in whens), wrap(otherwise))


def wrap(value: Expression | Scalar) -> Expression:
    """The expression itself, or a fixed value as one."""
    return value if isinstance(value, Expression) else Const(value)


def literal(value: Scalar) -> str:
    """A fixed value in SQL; texts are quoted."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return repr(value)
    return "'" + value.replace("'", "''") + "'"
