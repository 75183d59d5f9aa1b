"""Expressions over the columns of a source, evaluated column by column with Arrow.

Truth is three-valued as in SQL: what is compared with NULL is NULL, and a condition that is NULL does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.compiling import Value
from tidemark.columns import encoded
from tidemark.model.ip_range import address_bytes
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
    Scalar,
)

Parameters = Mapping[str, Scalar]
Array = Any
"""A pyarrow Array (texts: a DictionaryArray) or, while an expression is worked out, a pyarrow Scalar."""
_WIDEST = pa.int64()


class SourceColumns:
    """The columns of a source's rows, and what expressions give for them. Texts are encoded by dictionary.

    Values are kept by the identity of compiled expressions. `shared`: identities of the parts of expressions that are
    worth keeping too.
    """

    def __init__(
        self, count: int, column: Callable[[str], Array], parameters: Parameters, shared: frozenset[int]
    ) -> None:
        self.count = count
        self._read = column
        self._parameters = parameters
        self._shared = shared
        self._columns: dict[str, Array] = {}
        self._known: dict[object, Array] = {}

    @classmethod
    def of(cls, table: pa.Table, parameters: Parameters, shared: frozenset[int] = frozenset()) -> SourceColumns:
        """All rows of a table."""
        return cls(table.num_rows, lambda name: _array(table[name]), parameters, shared)

    def where(self, condition: Value) -> SourceColumns:
        """The rows for which a condition holds."""
        held = self.holds(condition)
        return SourceColumns(
            pc.sum(held).as_py() or 0, lambda name: self.column(name).filter(held), self._parameters, self._shared
        )

    def at(self, places: pa.Array) -> SourceColumns:
        """The rows at these places."""
        return SourceColumns(len(places), lambda name: self.column(name).take(places), self._parameters, self._shared)

    def column(self, name: str) -> Array:
        """A column; texts as a DictionaryArray."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = self._read(name)
        return found

    def values(self, value: Value) -> Array:
        """The expression's values, one per row; texts as a DictionaryArray whose texts are all different."""
        found = self._known.get(value)
        if found is None:
            found = self._known[value] = self._computed(value)
        return found

    def derived(self, value: Value, function: Callable[[Array], Array]) -> Array:
        """A function of an expression's values, computed once."""
        found = self._known.get((value, function))
        if found is None:
            found = self._known[value, function] = function(self.values(value))
        return found

    def holds(self, condition: Value) -> pa.Array:
        """For every row whether a condition holds; never NULL."""
        return self.derived(condition, _truth)

    def _computed(self, value: Value) -> Array:
        if isinstance(value.expression, Col):
            return self.column(value.expression.name)
        if len(value.columns) == 1:
            only = self.column(value.columns[0])
            if isinstance(only, pa.DictionaryArray):
                return self._by_text(value.expression, only)
        return _filled(self._evaluated(value.expression), self.count)

    def _evaluated(self, expression: Expression) -> Array:
        """An expression and, kept for others, its shared parts; texts are plain here."""
        if isinstance(expression, Col):
            return plain(self.column(expression.name))
        if id(expression) not in self._shared:
            return _evaluate(expression, self._evaluated, self._parameters)
        found = self._known.get(id(expression))
        if found is None:
            found = self._known[id(expression)] = _evaluate(expression, self._evaluated, self._parameters)
        return found

    def _by_text(self, expression: Expression, column: pa.DictionaryArray) -> Array:
        """An expression of one text column: worked out once per different text."""
        texts = pa.concat_arrays([column.dictionary, pa.nulls(1, pa.string())])

        def inner(child: Expression) -> Array:
            return texts if isinstance(child, Col) else _evaluate(child, inner, self._parameters)

        results = _filled(inner(expression), len(texts))
        places = column.indices if not column.null_count else pc.fill_null(column.indices, len(texts) - 1)
        if not isinstance(results, pa.DictionaryArray):
            return results.take(places)
        return pa.DictionaryArray.from_arrays(results.indices.take(places), results.dictionary)


def _truth(values: Array) -> pa.Array:
    truth = values if pa.types.is_boolean(values.type) else values.cast(pa.bool_())
    return pc.fill_null(truth, fill_value=False) if truth.null_count else truth


def codes(values: Array) -> pa.Array:
    """Values to group or count by: texts by their codes."""
    return values.indices if isinstance(values, pa.DictionaryArray) else values


def _array(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_string(column.type) or pa.types.is_dictionary(column.type):
        return encoded(column)
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def plain(values: Array) -> pa.Array:
    """Values with texts as such."""
    return values.dictionary_decode() if isinstance(values, pa.DictionaryArray) else values


def _filled(result: Array, rows: int) -> Array:
    """A result as one value per row, texts encoded."""
    if isinstance(result, pa.Scalar):
        result = pa.repeat(result, rows) if result.is_valid else pa.nulls(rows, result.type)
    if isinstance(result, pa.ChunkedArray):
        result = result.combine_chunks()
    return encoded(result) if pa.types.is_string(result.type) else result


def _evaluate(  # noqa: PLR0911  one case per kind of node
    expression: Expression, inner: Callable[[Expression], Array], parameters: Parameters
) -> Array:
    """What an expression gives where `inner` gives what its parts give."""
    match expression:
        case Const(value):
            return pa.scalar(value)
        case Parameter(name):
            return pa.scalar(parameters[name])
        case Not(child):
            return pc.invert(inner(child))
        case IsNull(child):
            return pc.is_null(inner(child))
        case In(child, values):
            return _is_in(inner(child), values)
        case Binary(operator, left, right):
            return _BINARY[operator](inner(left), inner(right))
        case Case(whens, otherwise):
            return _case([(inner(when), inner(then)) for when, then in whens], inner(otherwise))
        case Call(function, arguments):
            return _FUNCTIONS[function](*(inner(argument) for argument in arguments))
    raise TypeError(f"{type(expression).__name__} is no expression that archives know.")


def _is_in(values: Array, wanted: Sequence[Scalar]) -> Array:
    found = pc.is_in(values, value_set=pa.array([one for one in wanted if one is not None]).cast(values.type))
    is_known = pc.is_valid(values) if None not in wanted else found
    return pc.if_else(is_known, found, pa.scalar(None, pa.bool_()))


def _case(branches: Sequence[tuple[Array, Array]], otherwise: Array) -> Array:
    result = otherwise
    for when, then in reversed(branches):
        result = pc.if_else(pc.fill_null(when, fill_value=False), then, result)
    return result


def _wide(value: Array) -> Array:
    """Small whole numbers as 64 bits, so that arithmetic does not overflow."""
    kind = value.type
    if kind == _WIDEST:
        return value
    is_small = pa.types.is_integer(kind) and kind != pa.uint64()
    return value.cast(_WIDEST) if is_small or pa.types.is_boolean(kind) else value


def _arithmetic(function: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    return lambda left, right: function(_wide(left), _wide(right))


def _not_zero(value: Array) -> Array:
    return pc.if_else(pc.equal(value, 0), pa.scalar(None, value.type), value)


def _ratio(left: Array, right: Array) -> Array:
    return pc.divide(left.cast(pa.float64()), _not_zero(right.cast(pa.float64())))


def _quotient(left: Array, right: Array) -> Array:
    return pc.divide(_wide(left), _not_zero(_wide(right)))


def _remainder(left: Array, right: Array) -> Array:
    return pc.subtract(_wide(left), pc.multiply(_quotient(left, right), _wide(right)))


def _comparison(function: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    def compare(left: Array, right: Array) -> Array:
        if pa.types.is_boolean(left.type) != pa.types.is_boolean(right.type):
            return function(_wide(left), _wide(right))
        return function(left, right)

    return compare


_BINARY: Mapping[str, Callable[[Array, Array], Array]] = {
    "+": _arithmetic(pc.add),
    "-": _arithmetic(pc.subtract),
    "*": _arithmetic(pc.multiply),
    "/": _ratio,
    "//": _quotient,
    "%": _remainder,
    "=": _comparison(pc.equal),
    "<>": _comparison(pc.not_equal),
    "<": _comparison(pc.less),
    "<=": _comparison(pc.less_equal),
    ">": _comparison(pc.greater),
    ">=": _comparison(pc.greater_equal),
    "AND": pc.and_kleene,
    "OR": pc.or_kleene,
}


def _text(value: Array) -> Array:
    return value if pa.types.is_string(value.type) else value.cast(pa.string())


def _round(value: Array, digits: Array | None = None) -> Array:
    return pc.round(value, digits.as_py() if digits is not None else 0, round_mode="half_towards_infinity")


def _each(function: Callable[..., str | None], *arguments: Array) -> Array:
    """A function of Python on every value; arguments behind the first are the same for all."""
    first, *rest = arguments
    if first.null_count == len(first):
        return pa.nulls(len(first), pa.string())
    if not pa.types.is_list(first.type):  # Arrow cannot tell lists apart
        codes = first.dictionary_encode()
        return _each_value(function, codes.dictionary, rest).take(codes.indices)
    return _each_value(function, first, rest)


def _each_value(function: Callable[..., str | None], values: pa.Array, rest: Sequence[Array]) -> pa.Array:
    fixed = [argument.as_py() for argument in rest]
    return pa.array([None if value is None else function(value, *fixed) for value in values.to_pylist()], pa.string())


def _json_text(document: str, key: str) -> str | None:
    value = orjson.loads(document).get(str(key))
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()


def _json_item(document: str, key: str, place: int) -> str | None:
    values = orjson.loads(document).get(str(key))
    return values[place] if isinstance(values, list) and 0 <= place < len(values) else None


def _list_extract(values: list[str], place: int) -> str | None:
    return values[place - 1] if 0 < place <= len(values) else None


def _timestamps(seconds: Array) -> Array:
    return seconds.cast(pa.int64()).cast(pa.timestamp("s"))


_DATE_PARTS: Mapping[str, Callable[[Array], Array]] = {
    "second": pc.second,
    "minute": pc.minute,
    "hour": pc.hour,
    "day": pc.day,
    "month": pc.month,
    "quarter": pc.quarter,
    "year": pc.year,
    "week": pc.iso_week,
    "isoyear": pc.iso_year,
    "doy": pc.day_of_year,
    "dayofyear": pc.day_of_year,
    "dow": lambda moments: pc.day_of_week(moments, count_from_zero=True, week_start=7),
    "isodow": lambda moments: pc.day_of_week(moments, count_from_zero=False, week_start=1),
}


def _extreme(function: Callable[..., Array]) -> Callable[..., Array]:
    return lambda *arguments: function(*map(_wide, arguments), skip_nulls=True)


_FUNCTIONS: Mapping[str, Callable[..., Array]] = {
    "coalesce": pc.coalesce,
    "concat": lambda *arguments: pc.binary_join_element_wise(*map(_text, arguments), ""),
    "lower": pc.utf8_lower,
    "length": lambda text: pc.utf8_length(text).cast(pa.int64()),
    "replace": lambda text, old, new: pc.replace_substring(text, old.as_py(), new.as_py()),
    "floor": lambda value: pc.floor(value.cast(pa.float64())).cast(pa.int64()),
    "round": _round,
    "least": _extreme(pc.min_element_wise),
    "greatest": _extreme(pc.max_element_wise),
    "nullif": lambda value, other: pc.if_else(
        pc.fill_null(pc.equal(value, other), fill_value=False), pa.scalar(None, value.type), value
    ),
    "list_extract": lambda values, place: _each(_list_extract, values, place),
    "json_text": lambda documents, key: _each(_json_text, documents, key),
    "json_item": lambda documents, key, place: _each(_json_item, documents, key, place),
    "single": lambda value: value.cast(pa.float64()).cast(pa.float32(), safe=False).cast(pa.float64()),
    "hex16": lambda ids: _each(lambda number: f"{number:016x}", ids),
    "address_bytes": lambda addresses: _each(address_bytes, addresses),
    "date_part": lambda part, seconds: _DATE_PARTS[part.as_py()](_timestamps(seconds)).cast(pa.int64()),
    "date_text": lambda seconds: pc.strftime(_timestamps(seconds), format="%Y-%m-%d"),
}
