"""Declarations made ready to be computed: done once per process, so that the archive of a small day costs little.

Equal expressions become one object each; whoever caches their values may do so by identity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from tidemark.archiving.kinds import ColumnTypes, Kind, columns_of, kind_of
from tidemark.archiving.numbers import is_real
from tidemark.archiving.shapes import Shape, shape_of
from tidemark.plugin.expression import Binary, Const, Expression, col
from tidemark.plugin.record import Aggregate, Measure, Numeric, Part, Record, Source


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """An expression over one source, the columns that it reads, and what it gives."""

    expression: Expression
    columns: tuple[str, ...]
    kind: Kind


@dataclass(frozen=True, slots=True, eq=False)
class CompiledMeasure:
    """A measure over one source. `of` is to be divided by `divisor` after it is aggregated."""

    measure: Measure
    of: Value | None
    divisor: int
    where: Value | None
    only: Value | None
    is_real: bool

    @property
    def is_row_count(self) -> bool:
        """Whether it is the number of rows, all of them."""
        return self.measure.aggregate is Aggregate.COUNT and self.where is None and self.only is None


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """What a source is grouped by, of which rows, and what is measured."""

    source: Source
    keys: tuple[Value, ...]
    where: Value | None
    measures: dict[CompiledMeasure, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledPart:
    """A part and its groupings: one, or one per bucket."""

    part: Part
    groupings: tuple[Grouping, ...]
    measures: tuple[CompiledMeasure, ...]
    texts: tuple[CompiledMeasure, ...] = ()
    """Those of the record, if this is its first part."""


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRecord:
    """A record, its columns and its parts."""

    record: Record
    shape: Shape
    parts: tuple[CompiledPart, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledNumber:
    """A number measured over a source."""

    number: Numeric
    measure: CompiledMeasure
    grouping: Grouping


class Compiler:
    """Compiles declarations over sources with these columns. What is equal is compiled once."""

    def __init__(self, types: Mapping[Source, ColumnTypes]) -> None:
        self._types = types
        self._expressions: dict[object, Expression] = {}
        self._uses: Counter[int] = Counter()
        self._values: dict[tuple[Source, int], Value] = {}
        self._measures: dict[object, CompiledMeasure] = {}
        self._groupings: dict[tuple[Source, tuple[Value, ...], Value | None], Grouping] = {}
        self._shapes: dict[Shape, Shape] = {}

    @property
    def shared(self) -> frozenset[int]:
        """Identities of the expressions that stand in more than one other."""
        return frozenset(identity for identity, uses in self._uses.items() if uses > 1)

    def record(self, record: Record) -> CompiledRecord:
        """A record with what its parts need."""
        parts = tuple(self._part(record, part) for part in record.parts)
        shape = shape_of(record, self._types)
        return CompiledRecord(record, self._shapes.setdefault(shape, shape), parts)

    def number(self, number: Numeric) -> CompiledNumber:
        """A number with what it needs."""
        keys = (col("idgoal"),) if number.per_goal else ()
        measure = self._measure(number.source, number.measure)
        return CompiledNumber(number, measure, self._grouping(number.source, keys, number.where, [measure]))

    def value(self, source: Source, expression: Expression) -> Value:
        """An expression over a source."""
        one = self._one(expression)
        found = self._values.get((source, id(one)))
        if found is None:
            columns = tuple(dict.fromkeys(columns_of(one)))
            found = self._values[source, id(one)] = Value(one, columns, kind_of(one, self._types[source]))
        return found

    def _part(self, record: Record, part: Part) -> CompiledPart:
        measures = tuple(self._measure(part.source, one) for one in part.metrics if isinstance(one, Measure))
        is_first = part is record.parts[0]
        texts = tuple(self._measure(part.source, text) for text in record.texts) if is_first else ()
        goal = (col("idgoal"),) if part.per_goal or record.per_goal else ()
        keys = goal if part.buckets else part.by + goal
        groupings = [self._grouping(part.source, keys, where, measures + texts) for where in _conditions(part)]
        return CompiledPart(part, tuple(groupings), measures, texts)

    def _grouping(
        self,
        source: Source,
        keys: tuple[Expression, ...],
        where: Expression | None,
        measures: Iterable[CompiledMeasure],
    ) -> Grouping:
        key = source, tuple(self.value(source, one) for one in keys), self._optional(source, where)
        found = self._groupings.get(key)
        if found is None:
            found = self._groupings[key] = Grouping(*key)
        found.measures.update(dict.fromkeys(measures))
        return found

    def _measure(self, source: Source, measure: Measure) -> CompiledMeasure:
        of, divisor = _divided(measure.of, self._types[source])
        values = tuple(self._optional(source, one) for one in (of, measure.where, measure.only))
        rest = tuple(getattr(measure, item.name) for item in fields(measure) if item.name not in _EXPRESSIONS)
        found = self._measures.get((source, divisor, values, rest))
        if found is None:
            found = self._measures[source, divisor, values, rest] = CompiledMeasure(
                measure, values[0], divisor, values[1], values[2], is_real(measure, self._types[source])
            )
        return found

    def _optional(self, source: Source, expression: Expression | None) -> Value | None:
        return None if expression is None else self.value(source, expression)

    def _one(self, expression: Expression) -> Expression:
        """The one object for expressions that are the same, made of such objects. (1, 1.0 and True are not.)"""
        inside = {
            item.name: _mapped(getattr(expression, item.name), self._one)
            for item in fields(expression)  # type: ignore[arg-type]
        }
        key = type(expression), tuple(map(_identity, inside.values()))
        found = self._expressions.get(key)
        if found is None:
            found = self._expressions[key] = replace(expression, **inside)  # type: ignore[type-var]
        self._uses[id(found)] += 1
        return found


_EXPRESSIONS = frozenset({"of", "where", "only"})


def _conditions(part: Part) -> Iterator[Expression | None]:
    """The rows that a part groups; those of each bucket, if it has buckets."""
    if not part.buckets:
        yield part.where
    for bucket in part.buckets:
        yield bucket.where if part.where is None else part.where & bucket.where


def _divided(expression: Expression | None, types: ColumnTypes) -> tuple[Expression | None, int]:
    """Whole numbers by a positive constant: dividing the aggregate is cheaper than every value, and exact."""
    match expression:
        case Binary("/", left, Const(int() as divisor)) if divisor > 0 and kind_of(left, types) is Kind.INTEGER:
            return left, divisor
    return expression, 1


def _mapped(value: Any, function: Any) -> Any:
    if isinstance(value, Expression):
        return function(value)
    if isinstance(value, tuple):
        return tuple(_mapped(item, function) for item in value)
    return value


def _identity(value: Any) -> object:
    """What tells values apart that compare as equal."""
    if isinstance(value, Expression):
        return id(value)
    return tuple(map(_identity, value)) if isinstance(value, tuple) else (type(value), value)
