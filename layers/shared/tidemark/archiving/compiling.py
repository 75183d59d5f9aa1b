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
from tidemark.plugin.expression import Binary, Col, Const, Expression, col
from tidemark.plugin.record import Aggregate, Measure, Numeric, Part, Ratio, Record, Source


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
    summed: tuple[int, ...] = ()
    """Keys that only make the grain finer: groups that differ in nothing else are put together once they are finished."""
    measures: dict[CompiledMeasure, None] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[int, ...]:
        """The other keys."""
        return tuple(place for place in range(len(self.keys)) if place not in self.summed)

    @property
    def is_apart(self) -> bool:
        """Whether no group is found in two parts of a day's visitors, as far as its keys are known."""
        return any(is_apart(self.keys[place].expression) for place in self.kept)


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
        self._groupings: dict[tuple[Source, tuple[Value, ...], Value | None, tuple[int, ...]], Grouping] = {}
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
        summed = _summed(record, part)
        groupings = [
            self._grouping(part.source, keys, where, measures + texts, summed) for where in _conditions(record, part)
        ]
        return CompiledPart(part, tuple(groupings), measures, texts)

    def _grouping(
        self,
        source: Source,
        keys: tuple[Expression, ...],
        where: Expression | None,
        measures: Iterable[CompiledMeasure],
        summed: tuple[int, ...] = (),
    ) -> Grouping:
        key = source, tuple(self.value(source, one) for one in keys), self._optional(source, where), summed
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
_APART = frozenset({"idvisit", "visitor_id"})
"""Columns whose values are found in one part of a day's visitors only, and that no row should lack."""


def is_apart(expression: Expression) -> bool:
    """Whether an expression's values are found in one part of a day's visitors only."""
    return isinstance(expression, Col) and expression.name in _APART


def _grain(part: Part) -> tuple[Expression, ...]:
    """The keys of a part that no label is made of."""
    return () if part.levels is None else part.by[part.levels :]


def _summed(record: Record, part: Part) -> tuple[int, ...]:
    """Places of the keys by which groups of a part need not be told apart once they are finished.

    Those are its grain, if nothing but the measures' own rules is asked of the groups from then on: no ratios of
    theirs, no texts, and no other part that has the same columns.
    """
    if not part.per_goal or part.buckets or not any(map(is_apart, _grain(part))):
        return ()
    per_goal = [other for other in record.parts if other.per_goal]
    ratios = {one.of for other in per_goal for one in other.metrics if isinstance(one, Ratio)}
    others = {one.name for other in per_goal if other is not part for one in other.metrics}
    names = {one.name for one in part.metrics}
    is_plain = all(isinstance(one, Measure) and one.aggregate is not Aggregate.ANY for one in part.metrics)
    if not is_plain or names & (ratios | others) or (part is record.parts[0] and record.texts):
        return ()
    return tuple(range(len(part.by) - len(_grain(part)), len(part.by)))


def _conditions(record: Record, part: Part) -> Iterator[Expression | None]:
    """The rows that a part groups; those of each bucket, if it has buckets.

    Groups without a label are left out: where there would be one for every visitor, their rows are left out before.
    """
    if not part.buckets:
        has_label = record.missing_label is not None or record.path is not None or not any(map(is_apart, _grain(part)))
        if has_label or part.levels == 0:
            yield part.where
            return
        labelled = part.by[0].not_null()
        yield labelled if part.where is None else part.where & labelled
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
