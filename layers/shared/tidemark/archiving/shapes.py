"""The columns of a record's table, worked out from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa

from tidemark.archiving.kinds import ColumnTypes
from tidemark.archiving.numbers import REAL, WHOLE, is_real
from tidemark.plugin.record import Aggregate, Empty, Measure, Merge, Part, Ratio, Record, Source

METRIC = "m:"
TEXT = "t:"
GOAL = "g:"
GOALS = "goals"
PATH = "path"
"""A row's labels, from the top."""
ALWAYS = "always"
SHARED = "shared"
"""The group of columns that a row has whichever of a record's parts made it, conversions left out."""
BASE = "base"
"""What tables call the group "": a row that only conversions or clicks made gets it when somebody visits."""


@dataclass(frozen=True, slots=True)
class MetricColumn:
    """One metric: how it is typed, merged and read."""

    name: str
    merge: Merge = Merge.SUM
    is_real: bool = False
    same_label: Merge | None = None
    """How a day's groups that get one label are merged, where that is not how rows are."""
    daily_sum: str | None = None
    leaf_only: bool = False
    anchor: str | None = None
    """A column that tells whether the row has this one, then without a value, where it is NULL."""
    day_name: str | None = None
    """The column's name in days, where it has another above them."""
    group: str = ""
    """Columns of one group stand in a row together; those of `ALWAYS` in every row, those of "" in most."""

    @property
    def type(self) -> pa.DataType:
        """How it is stored."""
        return REAL if self.is_real else WHOLE

    @property
    def above_day(self) -> MetricColumn:
        """The column in longer periods, where Others may be left out of a day's rows, but not of their sums."""
        if self.daily_sum is None:
            return replace(self, leaf_only=False)
        return MetricColumn(self.daily_sum, self.merge, self.is_real, day_name=self.name, group=self.group)

    def merge_of(self, *, same_label: bool) -> Merge:
        """How values are merged: of groups with one label, or of rows."""
        return self.same_label if same_label and self.same_label is not None else self.merge


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a table. Records of one shape are worked on together."""

    metrics: tuple[MetricColumn, ...]
    goals: tuple[MetricColumn, ...]
    goal_sums: tuple[MetricColumn, ...]
    texts: tuple[str, ...]
    sort: str
    defaults: tuple[str, ...] = ()
    """Columns that are 0 in a day's rows where nothing gives them."""
    ratios: tuple[Ratio, ...] = ()
    goal_ratios: tuple[Ratio, ...] = ()
    tie: str = ""
    """The text that orders rows which tie, before their label."""
    keeps_first_texts: bool = False
    """Of merged rows the first gives the texts, not the heaviest."""
    groups: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Of tables whose rows are sums of days or of pages: of each group of columns that not every row has, the stored
    column that tells who has it."""

    @property
    def columns(self) -> tuple[MetricColumn, ...]:
        """All metrics of a row but those inside `goals`."""
        return self.metrics + self.goal_sums

    @property
    def above_day(self) -> Shape:
        """The shape in longer periods: columns that change their name stand last, texts are those of the first day.

        Source: Matomo 5.2, core/DataTable/Row (metadata of rows that are summed).
        """
        kept = tuple(column.above_day for column in self.metrics if column.daily_sum is None)
        renamed = tuple(column.above_day for column in self.metrics if column.daily_sum is not None)
        return Shape(
            kept,
            self.goals,
            self.goal_sums + renamed,
            self.texts,
            self.sort,
            tie=self.tie,
            keeps_first_texts=True,
            groups=_groups(kept, self.goals, self.defaults),
        )

    def columns_of_group(self, group: str) -> list[str]:
        """The names of a group's columns as rows have them."""
        own = [column.name for column in self.columns if column.group == ("" if group == BASE else group)]
        return [GOALS, *own] if group == GOALS else own

    @property
    def weight(self) -> str:
        """The metric that decides whose texts a merged row keeps."""
        names = {column.name for column in self.metrics}
        return next((name for name in ("nb_hits", "nb_visits", self.sort) if name in names), "")


TypesOf = Callable[[Source], ColumnTypes]

SAME_LABEL = {Aggregate.MIN: Merge.MIN, Aggregate.MAX: Merge.MAX}
GOAL_SUMS = (
    MetricColumn("nb_conversions", group=GOALS),
    MetricColumn("revenue", is_real=True, group=GOALS),
)


def shape_of(record: Record, types: Mapping[Source, ColumnTypes]) -> Shape:
    """The columns of a record's day table, in order."""
    own: dict[str, MetricColumn] = {}
    goals: dict[str, MetricColumn] = {}
    for number, part in enumerate(record.parts):
        columns = goals if part.per_goal else own
        for column in _columns(part, types[part.source], frozenset(record.defaults)):
            columns.setdefault(column.name, replace(column, group=column.group or (str(number) if number else "")))
    if record.goal_sums:
        own.setdefault("nb_visits", MetricColumn("nb_visits"))
    first = [replace(own.get(name, MetricColumn(name)), group=ALWAYS) for name in record.defaults]
    rest = [column for name, column in own.items() if name not in record.defaults]
    shared = _shared(record)
    rest = [replace(column, group=SHARED) if column.name in shared else column for column in rest]
    sums = tuple(column for column in GOAL_SUMS if column.name not in own) if record.goal_sums else ()
    defaults = (*record.defaults, *(("nb_visits",) if record.goal_sums else ()))
    lasting = [column for column in rest if column.daily_sum is None]
    return Shape(
        (*first, *rest),
        tuple(goals.values()),
        sums,
        tuple(text.name for text in record.texts),
        record.sort,
        defaults,
        _ratios(record, per_goal=False),
        _ratios(record, per_goal=True),
        record.tie,
        groups=_groups(lasting, goals, defaults) if record.path is not None else {},
    )


def _ratios(record: Record, *, per_goal: bool) -> tuple[Ratio, ...]:
    return tuple(
        measure
        for part in record.parts
        if part.per_goal is per_goal
        for measure in part.metrics
        if isinstance(measure, Ratio)
    )


def _columns(part: Part, types: ColumnTypes, defaults: frozenset[str]) -> Iterable[MetricColumn]:
    anchor = next((measure.name for measure in part.metrics if _can_anchor(measure, defaults)), None)
    for measure in part.metrics:
        if isinstance(measure, Ratio):
            yield MetricColumn(measure.name, is_real=True)
        else:
            yield MetricColumn(
                measure.name,
                measure.merge,
                is_real(measure, types),
                SAME_LABEL.get(measure.aggregate),
                measure.daily_sum,
                measure.leaf_only,
                anchor if measure.empty is Empty.NULL else None,
                group=measure.name if measure.empty is Empty.ABSENT else "",
            )


def _shared(record: Record) -> frozenset[str]:
    """The columns that all of several parts have."""
    parts = [frozenset(measure.name for measure in part.metrics) for part in record.parts if not part.per_goal]
    return frozenset.intersection(*parts) if len(parts) > 1 else frozenset()


def _groups(columns: Collection[MetricColumn], goals: Collection[object], defaults: Collection[str]) -> dict[str, str]:
    """The groups of columns that not every row has, with their first column, which tells that a row has them."""
    found: dict[str, str] = {}
    own = [column for column in columns if column.group != ALWAYS and column.name not in defaults]
    for column in own:
        found.setdefault(column.group or BASE, METRIC + column.name)
    if goals:
        found[GOALS] = GOALS
    is_one = set(found) == {BASE} and len(own) == len(columns)
    return {} if is_one else found


def _can_anchor(measure: Measure | Ratio, defaults: frozenset[str]) -> bool:
    return (
        isinstance(measure, Measure)
        and measure.empty is Empty.ZERO
        and measure.only is None
        and measure.daily_sum is None
        and not measure.leaf_only
        and measure.name not in defaults
    )
