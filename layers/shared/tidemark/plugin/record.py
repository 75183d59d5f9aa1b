"""Records: what is archived, declared as data and compiled by the archiving room.

A record is a table: rows grouped by one or more levels (main table, subtables), with metrics. One declaration serves
days (from the visit log), longer periods (by merging) and segments (by filtering the visit log).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from tidemark.plugin.expression import Expression, col


class Source(Enum):
    """What rows a record is made from. All but the first four are derived by the core."""

    VISITS = "visits"
    ACTIONS = "actions"
    CONVERSIONS = "conversions"
    ITEMS = "items"
    CONVERSION_PAGES = "conversion_pages"
    """A row per (conversion, distinct page viewed before it): idgoal, idvisit, url, url_prefix, title, hits (times
    viewed before it), pageviews_before, revenue. Carts are left out."""


class Aggregate(Enum):
    """How a measure is computed over a group."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    DISTINCT = "distinct"
    """Exact number of different values that are not NULL."""
    ANY = "any"
    """The value of the group's first row in the total order (for texts such as a URL)."""


class Merge(Enum):
    """How values of equal rows are merged: subtables into parents, days into periods, the rest into Others."""

    SUM = "sum"
    MIN = "min"
    MAX = "max"
    KEEP = "keep"
    """The value of the row with the most visits."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of a record."""

    name: str
    aggregate: Aggregate
    of: Expression | None = None
    where: Expression | None = None
    merge: Merge = Merge.SUM
    daily_sum: str | None = None
    """Name of the column above the day: uniques can only be summed there ("sum_daily_nb_uniq_visitors")."""
    decimals: int | None = None
    """Rounded to so many digits when the day is archived."""


def count(name: str, where: Expression | None = None) -> Measure:
    """The number of rows."""
    return Measure(name, Aggregate.COUNT, None, where)


def total(name: str, of: Expression, where: Expression | None = None, decimals: int | None = None) -> Measure:
    """The sum of a value."""
    return Measure(name, Aggregate.SUM, of, where, decimals=decimals)


def smallest(name: str, of: Expression, where: Expression | None = None) -> Measure:
    """The smallest value; merged by taking the smallest."""
    return Measure(name, Aggregate.MIN, of, where, Merge.MIN)


def largest(name: str, of: Expression, where: Expression | None = None) -> Measure:
    """The largest value; merged by taking the largest."""
    return Measure(name, Aggregate.MAX, of, where, Merge.MAX)


def distinct(name: str, of: Expression, daily_sum: str | None = None, where: Expression | None = None) -> Measure:
    """The exact number of different values."""
    return Measure(name, Aggregate.DISTINCT, of, where, daily_sum=daily_sum)


NB_UNIQ_VISITORS = distinct("nb_uniq_visitors", col("visitor_id"), "sum_daily_nb_uniq_visitors")
NB_VISITS = count("nb_visits")
NB_USERS = distinct("nb_users", col("user_id"), "sum_daily_nb_users")

VISIT_METRICS: tuple[Measure, ...] = (
    NB_UNIQ_VISITORS,
    NB_VISITS,
    total("nb_actions", col("visit_total_actions")),
    largest("max_actions", col("visit_total_actions")),
    total("sum_visit_length", col("visit_total_time")),
    count("bounce_count", where=col("visit_total_actions") <= 1),
    total("nb_visits_converted", col("visit_goal_converted")),
    NB_USERS,
)
"""The metrics of every record over visits. Source: Matomo 5.2, metrics, table columns 1-7 and 39."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many rows; the rest becomes one row "Others". Names are Matomo's configuration keys."""

    rows: str = "General.datatable_archiving_maximum_rows_standard"
    subtable_rows: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One aggregation of a record that is made from several; parts are joined on their levels."""

    source: Source
    by: tuple[Expression, ...]
    metrics: tuple[Measure, ...]
    where: Expression | None = None
    per_goal: bool = False
    """Metrics go into the column `goals` under the row's `idgoal` instead of the row itself."""


Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A table of an archive.

    `parts` are aggregated at their keys and joined; each key is then placed in the tree of labels: one level per
    expression of `by`, or, with `path`, the labels that it gives for the key. Parents are the merge of their rows.
    Rows whose main label is None are left out, unless `missing_label` names them.
    """

    name: str
    parts: tuple[Part, ...]
    path: Callable[..., Path | None] | None = None
    """Labels from main table to leaf for the values of a part's `by`; called once per distinct key, after
    `options` are bound. None leaves the key out."""
    options: tuple[str, ...] = ()
    """Instance settings (Matomo's names) passed to `path` by keyword, dots and the section cut off."""
    leaf_texts: tuple[Measure, ...] = ()
    """Texts of a leaf row that become its metadata ("url"); Aggregate.ANY over the first part."""
    labels_from: int | None = None
    """Only the first so many `by` values make labels (the rest is a finer grain whose rows are summed)."""
    missing_label: str | None = None
    limit: Limit = field(default_factory=Limit)
    sort: str = "nb_visits"
    """Column by which tables are ordered (descending, then label) before they are cut."""
    needs: Callable[..., bool] | None = None


def record(
    name: str,
    by: Expression | tuple[Expression, ...],
    metrics: tuple[Measure, ...] = VISIT_METRICS,
    *,
    source: Source = Source.VISITS,
    where: Expression | None = None,
    grain: tuple[Expression, ...] = (),
    goals: bool = False,
    limit: Limit | None = None,
    sort: str = "nb_visits",
    missing_label: str | None = None,
) -> Record:
    """The usual record: one source grouped by `by`; further `grain` is summed away; `goals` adds goal columns.

    With `goals` the levels' columns must stand in conversions too (Dimension.on_conversion).
    """
    levels = by if isinstance(by, tuple) else (by,)
    parts = [Part(source, levels + grain, metrics, where)]
    if goals:
        parts.append(Part(Source.CONVERSIONS, levels + grain, GOAL_METRICS, where, per_goal=True))
    return Record(
        name,
        tuple(parts),
        labels_from=len(levels),
        limit=limit or Limit(),
        sort=sort,
        missing_label=missing_label,
    )


GOAL_METRICS: tuple[Measure, ...] = (
    count("nb_conversions"),
    total("revenue", col("revenue"), decimals=2),
    distinct("nb_visits_converted", col("idvisit")),
    total("revenue_subtotal", col("revenue_subtotal"), col("idgoal").eq(0), decimals=2),
    total("revenue_tax", col("revenue_tax"), col("idgoal").eq(0), decimals=2),
    total("revenue_shipping", col("revenue_shipping"), col("idgoal").eq(0), decimals=2),
    total("revenue_discount", col("revenue_discount"), col("idgoal").eq(0), decimals=2),
    total("items", col("items"), col("idgoal") <= 0),
)
"""Goal columns of records over visits. Source: Matomo 5.2, metrics, goal columns 1-8."""


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number of an archive, measured over a source."""

    name: str
    source: Source
    measure: Measure
    where: Expression | None = None
    per_goal: bool = False
    """One number per goal, `{idgoal}` in the name replaced."""


@dataclass(frozen=True, slots=True)
class TableTotal:
    """A number of an archive: the sum of a column over a record's main table, before rows are cut."""

    name: str
    record: str
    column: str


@dataclass(frozen=True, slots=True)
class RowCount:
    """A number of an archive: how many rows a record has, counted again on every merged table."""

    name: str
    record: str
    level: int = 0
    """0: rows of the main table; 1: rows of all its subtables (distinct labels)."""


def with_metrics(base: Record, *metrics: Measure, part: int = 0) -> Record:
    """The record with further metrics in one of its parts."""
    parts = list(base.parts)
    parts[part] = replace(parts[part], metrics=parts[part].metrics + metrics)
    return replace(base, parts=tuple(parts))
