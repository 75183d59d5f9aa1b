"""Segments as sets of visits: an expression chooses visits, and every log table keeps the rows of those.

Source: Matomo 5.2, archiving rules, section 12, and its segment query builder. Conditions on actions, conversions or
items hold for one and the same row; `!=` and `!@` on them exclude visits that have a row for which the contrary holds.
Reports about actions keep all actions of the chosen visits (as Matomo does with its segment cache, the default).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark import engine
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.evaluation import Parameters
from tidemark.archiving.kinds import ColumnTypes, Kind, columns_of, kind_of
from tidemark.model.errors import BadSegment
from tidemark.model.segment import Condition, Operator, SegmentExpression, parse_segment
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin.dimension import Segment
from tidemark.plugin.expression import Expression, Scalar, literal
from tidemark.plugin.record import Source

_CONTRARY = {Operator.NOT_EQUAL: Operator.EQUAL, Operator.CONTAINS_NOT: Operator.CONTAINS}
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SIGNS = {
    Operator.GREATER: ">",
    Operator.GREATER_OR_EQUAL: ">=",
    Operator.LESS: "<",
    Operator.LESS_OR_EQUAL: "<=",
}
_TEXT_TESTS = {
    Operator.CONTAINS: "contains",
    Operator.STARTS_WITH: "starts_with",
    Operator.ENDS_WITH: "ends_with",
}

Tables = Mapping[Source, pa.Table]


class Segments:
    """The segments that the plugins offer."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._known = catalogue.segments
        self._types = catalogue.types
        self._connection: Any = None
        self._connecting = threading.Lock()

    def check(self, segment: str) -> SegmentExpression:
        """The expression, if every name in it is known. Raises: BadSegment."""
        expression = parse_segment(segment)
        for name in expression.names:
            self._find(name)
        return expression

    def columns_needed(self, expression: SegmentExpression) -> dict[Source, set[str]]:
        """The log columns that an expression reads."""
        needed: dict[Source, set[str]] = {Source.VISITS: {"idvisit"}} if expression else {}
        for name in expression.names:
            for segment in self._members(self._find(name)):
                needed.setdefault(Source(segment.table), {"idvisit"}).update(columns_of(segment.of))
        return needed

    def site_facts(self, expression: SegmentExpression, site: TrackedSite) -> tuple[Expression, ...]:
        """What the expression takes from the definitions of the site (names of its goals)."""
        members = (member for name in expression.names for member in self.members(name))
        return tuple(member.of_site(site) for member in members if member.of_site is not None)

    def filtered(
        self, tables: Tables, expression: SegmentExpression, parameters: Parameters, site: TrackedSite | None = None
    ) -> dict[Source, pa.Table]:
        """The rows of the visits that the expression chooses."""
        query = _Query(self, self._types, parameters, frozenset(tables), site)
        with self._connected() as cursor:
            for source, table in tables.items():
                cursor.register(source.value, table)
            chosen = cursor.sql(query.visits(expression.groups)).to_arrow_table()["idvisit"]
        return {source: table.filter(pc.is_in(table["idvisit"], value_set=chosen)) for source, table in tables.items()}

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """A cursor of the query engine, which is opened when first needed."""
        with self._connecting:
            if self._connection is None:
                self._connection = engine.connect()
            cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def members(self, name: str) -> tuple[Segment, ...]:
        """What a name stands for: itself, or the segments that it unites."""
        return self._members(self._find(name))

    def _find(self, name: str) -> Segment:
        segment = self._known.get(name)
        if segment is None:
            raise BadSegment(f"There is no segment '{name}'.")
        return segment

    def _members(self, segment: Segment) -> tuple[Segment, ...]:
        if segment.union_of:
            return tuple(self._find(name) for name in segment.union_of)
        return (segment,)


Groups = tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True, slots=True)
class _Query:
    """Writes the query of the visits that an expression chooses."""

    segments: Segments
    types: Mapping[Source, ColumnTypes]
    parameters: Parameters
    present: frozenset[Source]
    """The log tables that have rows."""
    site: TrackedSite | None = None

    def visits(self, groups: Groups) -> str:
        """SELECT of the ids of the visits that meet all groups."""
        tests = _Tests()
        conditions = [self._group(group, tests) for group in _with_merged_exclusions(groups, self._needs_exclusion)]
        joined = _joined(tests, self.present)
        return f"SELECT DISTINCT visits.idvisit AS idvisit FROM {joined} WHERE {' AND '.join(conditions)}"

    def _needs_exclusion(self, condition: Condition) -> bool:
        """Whether the condition is about visits that must not have some row outside the visits table."""
        members = self.segments.members(condition.name)
        return condition.operator in _CONTRARY and not any(member.table == "visits" for member in members)

    def _group(self, group: _Group, tests: _Tests) -> str:
        found = [self._any_member(condition, tests) for condition in group.conditions]
        if group.excluded:
            found.append(f"visits.idvisit NOT IN ({self.visits(group.excluded)})")
        return f"({' OR '.join(found)})"

    def _any_member(self, condition: Condition, tests: _Tests) -> str:
        return " OR ".join(
            tests.add(Source(member.table), self._test(member, condition), condition.operator is Operator.EMPTY)
            for member in self.segments.members(condition.name)
        )

    def _test(self, segment: Segment, condition: Condition) -> str:
        """The condition on one row of the segment's table."""
        of = segment.of if segment.of_site is None or self.site is None else segment.of_site(self.site)
        if of is None:
            return "FALSE"
        columns = self.types[Source(segment.table)]
        kind = kind_of(of, columns)
        value = value_sql(of, columns, self.parameters)
        if condition.operator is Operator.EMPTY:
            return _is_empty(value, kind)
        if condition.operator is Operator.NOT_EMPTY:
            return f"(NOT {_is_empty(value, kind)})"
        wanted: Scalar | tuple[Scalar, ...] = condition.value
        if segment.to_stored is not None:
            wanted = segment.to_stored(condition.value)
        if wanted is None:
            return "TRUE" if condition.operator in _CONTRARY else "FALSE"
        several = wanted if isinstance(wanted, tuple) else (wanted,)
        ignores_case = segment.table == "visits"
        tests = [_compare(value, kind, condition.operator, one, ignores_case=ignores_case) for one in several]
        together = " AND " if condition.operator in _CONTRARY else " OR "
        return f"({together.join(tests)})" if tests else "FALSE"


@dataclass(frozen=True, slots=True)
class _Group:
    """Conditions of which one must hold, or else none of a visit's rows may meet `excluded`."""

    conditions: tuple[Condition, ...]
    excluded: Groups = ()


def _with_merged_exclusions(groups: Groups, needs_exclusion: Any) -> Iterator[_Group]:
    """Excluding conditions turned round.

    What stands alone in its group excludes visits with any such row, what stands in one group those with a row that
    meets all of them at once.
    """
    alone: list[Condition] = []
    for group in groups:
        excluding = tuple(condition for condition in group if needs_exclusion(condition))
        if len(group) == 1 and excluding:
            alone.append(_contrary(group[0]))
            continue
        kept = tuple(condition for condition in group if condition not in excluding)
        yield _Group(kept, tuple((_contrary(condition),) for condition in excluding))
    if alone:
        yield _Group((), (tuple(alone),))


def _contrary(condition: Condition) -> Condition:
    return Condition(condition.name, _CONTRARY[condition.operator], condition.value)


class _Tests:
    """Tests on rows, by table; each becomes a column of its table."""

    def __init__(self) -> None:
        self.by_source: dict[Source, list[str]] = {Source.VISITS: []}

    def add(self, source: Source, sql: str, of_no_row: bool) -> str:
        """Note a test and give its column; `of_no_row` holds for visits without any row of the table."""
        tests = self.by_source.setdefault(source, [])
        tests.append(sql)
        return f'coalesce({source.value}."#t{len(tests) - 1}", {"TRUE" if of_no_row else "FALSE"})'


def _joined(tests: _Tests, present: frozenset[Source]) -> str:
    """The visits with the rows of every table that is tested, tests as columns."""
    parts: list[str] = []
    for source, found in tests.by_source.items():
        columns = ", ".join(f'{sql} AS "#t{index}"' for index, sql in enumerate(found))
        if source not in present:
            columns = ", ".join(f'NULL::BOOLEAN AS "#t{index}"' for index in range(len(found)))
            select = f"(SELECT CAST(NULL AS BIGINT) AS idvisit, {columns})"
        else:
            select = f"(SELECT idvisit{', ' if columns else ''}{columns} FROM {source.value})"
        alias = f"{select} AS {source.value}"
        parts.append(alias if not parts else f"LEFT JOIN {alias} ON {source.value}.idvisit = visits.idvisit")
    return " ".join(parts)


def value_sql(expression: Expression, columns: ColumnTypes, parameters: Parameters) -> str:
    """An expression as a value to compare; truth as 0 and 1."""
    sql = expression.sql(parameters)
    return f"CAST({sql} AS INTEGER)" if kind_of(expression, columns) is Kind.BOOLEAN else sql


def _is_empty(value: str, kind: Kind) -> str:
    if kind is Kind.TEXT:
        return f"({value} IS NULL OR {value} IN ('', '0'))"
    return f"({value} IS NULL OR {value} = 0)"


def _compare(value: str, kind: Kind, operator: Operator, wanted: Scalar, *, ignores_case: bool) -> str:
    """A comparison of a row's value; never NULL."""
    match operator:
        case Operator.NOT_EQUAL | Operator.CONTAINS_NOT:
            matched = _compare(value, kind, _CONTRARY[operator], wanted, ignores_case=ignores_case)
            # MySQL takes '0' for nothing: then rows without a value are left out
            keeps_missing = str(wanted) not in {"", "0"}
            return f"(NOT {matched} AND ({value} IS NOT NULL OR {'TRUE' if keeps_missing else 'FALSE'}))"
        case Operator.CONTAINS | Operator.STARTS_WITH | Operator.ENDS_WITH:
            text = literal(str(wanted))
            return f"coalesce({_TEXT_TESTS[operator]}(lower(CAST({value} AS VARCHAR)), lower({text})), FALSE)"
        case Operator.EQUAL if kind is Kind.TEXT:
            text = literal(str(wanted))
            return f"coalesce({f'lower({value}) = lower({text})' if ignores_case else f'{value} = {text}'}, FALSE)"
        case Operator.EQUAL:
            return f"coalesce({value} = {_number(wanted)}, FALSE)"
    if kind is Kind.TEXT:
        return f"coalesce({value} {_SIGNS[operator]} {literal(str(wanted))}, FALSE)"
    return f"coalesce({value} {_SIGNS[operator]} {_number(wanted)}, FALSE)"


def _number(wanted: Scalar) -> str:
    """A value compared with numbers, read as MySQL does: what stands at its start, else 0."""
    if isinstance(wanted, str):
        found = _NUMBER.match(wanted)
        return found[0].strip() if found else "0"
    return literal(int(wanted) if isinstance(wanted, bool) else wanted)
