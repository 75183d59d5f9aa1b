"""Records: what is archived, declared as data and compiled by the archiving room.

A record is a table: rows grouped by one or more levels (main table, subtables), with metrics. One declaration serves
days (from the visit log), longer periods (by merging) and segments (by filtering the visit log).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin.expression import Expression, col


class Source(Enum):
    """What rows a record is made from. All but the first four are derived by the core."""

    VISITS = "visits"
    ACTIONS = "actions"
    CONVERSIONS = "conversions"
    ITEMS = "items"
    CONVERSION_PAGES = "conversion_pages"
    """A row per (conversion, page view of its visit up to its time), carts included: the conversion's columns idgoal,
    idvisit, buster, pageviews_before, revenue, revenue_subtotal, revenue_tax, revenue_shipping, revenue_discount,
    items, and the page's url, url_prefix and title."""


class Aggregate(Enum):
    """How a measure is computed over a group."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    DISTINCT = "distinct"
    """Exact number of different values that are not NULL."""
    MEAN = "mean"
    """The average of the values; merged by sum like everything that cannot be averaged again."""
    ANY = "any"
    """The value of the group's first row in the total order (for texts such as a URL)."""


class Merge(Enum):
    """How values of equal rows are merged: subtables into parents, days into periods, the rest into Others."""

    SUM = "sum"
    MIN = "min"
    MAX = "max"
    KEEP = "keep"
    """The value of the row with the most visits."""


class Empty(Enum):
    """What a measure's NULL means in a row that its part made."""

    ZERO = "zero"
    """The column is 0."""
    NULL = "null"
    """The column stands in the row, without a value (no page view brought this timing)."""
    ABSENT = "absent"
    """The column is left out, also when the value is 0."""


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
    empty: Empty = Empty.ZERO
    only: Expression | None = None
    """The column exists only in groups with a row for which this holds (tax: only of orders)."""
    leaf_only: bool = False
    """Folders and Others lack it, because it cannot be summed (unique visitors of pages)."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A column computed once, when a day's rows are joined; summed afterwards like any other.

    `of` is a column of the same part, `per` one of the row; left out where `per` is not above 0.
    """

    name: str
    of: str
    per: str
    decimals: int = 2


def count(name: str, where: Expression | None = None) -> Measure:
    """The number of rows."""
    return Measure(name, Aggregate.COUNT, None, where)


def total(
    name: str,
    of: Expression,
    where: Expression | None = None,
    decimals: int | None = None,
    *,
    empty: Empty = Empty.ZERO,
    only: Expression | None = None,
) -> Measure:
    """The sum of a value."""
    return Measure(name, Aggregate.SUM, of, where, decimals=decimals, empty=empty, only=only)


def smallest(
    name: str,
    of: Expression,
    where: Expression | None = None,
    *,
    decimals: int | None = None,
    empty: Empty = Empty.NULL,
) -> Measure:
    """The smallest value; merged by taking the smallest."""
    return Measure(name, Aggregate.MIN, of, where, Merge.MIN, decimals=decimals, empty=empty)


def largest(
    name: str,
    of: Expression,
    where: Expression | None = None,
    *,
    decimals: int | None = None,
    empty: Empty = Empty.ZERO,
) -> Measure:
    """The largest value; merged by taking the largest."""
    return Measure(name, Aggregate.MAX, of, where, Merge.MAX, decimals=decimals, empty=empty)


def mean(name: str, of: Expression, decimals: int = 2, *, empty: Empty = Empty.ZERO) -> Measure:
    """The average of a value."""
    return Measure(name, Aggregate.MEAN, of, decimals=decimals, empty=empty)


def text(name: str, of: Expression) -> Measure:
    """A text of the group's first row; of a day's merged rows the one with the most visits gives it, of days the first."""
    return Measure(name, Aggregate.ANY, of, None, Merge.KEEP, empty=Empty.ABSENT)


def distinct(
    name: str,
    of: Expression,
    daily_sum: str | None = None,
    where: Expression | None = None,
    *,
    leaf_only: bool = False,
) -> Measure:
    """The exact number of different values."""
    return Measure(name, Aggregate.DISTINCT, of, where, daily_sum=daily_sum, leaf_only=leaf_only)


NB_UNIQ_VISITORS = distinct("nb_uniq_visitors", col("visitor_id"), "sum_daily_nb_uniq_visitors")
NB_VISITS = count("nb_visits")
NB_USERS = distinct("nb_users", col("user_id"), "sum_daily_nb_users")

VISIT_METRICS: tuple[Measure, ...] = (
    NB_UNIQ_VISITORS,
    NB_VISITS,
    total("nb_actions", col("visit_total_actions")),
    NB_USERS,
    largest("max_actions", col("visit_total_actions")),
    total("sum_visit_length", col("visit_total_time")),
    count("bounce_count", where=col("visit_total_actions") <= 1),
    total("nb_visits_converted", col("visit_goal_converted")),
)
"""The metrics of every record over visits, in the order of their columns.

Source: Matomo 5.2, metrics, table columns 1-7 and 39. Above the day, columns renamed by `daily_sum` stand last.
"""

_ORDER = col("idgoal").eq(0)
_ORDER_OR_CART = col("idgoal") <= 0

GOAL_METRICS: tuple[Measure, ...] = (
    count("nb_conversions"),
    distinct("nb_visits_converted", col("idvisit")),
    total("revenue", col("revenue"), decimals=2),
    total("revenue_subtotal", col("revenue_subtotal"), decimals=2, only=_ORDER),
    total("revenue_tax", col("revenue_tax"), decimals=2, only=_ORDER),
    total("revenue_shipping", col("revenue_shipping"), decimals=2, only=_ORDER),
    total("revenue_discount", col("revenue_discount"), decimals=2, only=_ORDER),
    total("items", col("items"), only=_ORDER_OR_CART),
)
"""Goal columns of records over visits. Source: Matomo 5.2, metrics, goal columns 1-8."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many rows; the rest becomes one row "Others". Names are Matomo's configuration keys, None: no limit."""

    rows: str | None = "General.datatable_archiving_maximum_rows_standard"
    subtable_rows: str | None = None


UNLIMITED = Limit(None)

Label = str | int


@dataclass(frozen=True, slots=True)
class Bucket:
    """A fixed row of a record: its label and which source rows count in it. One source row may count in several."""

    label: Label
    where: Expression


@dataclass(frozen=True, slots=True)
class Part:
    """One aggregation of a record that is made from several; parts are joined on their labels.

    `by` are the keys of the aggregation; the first `levels` of them (all, if None) are labels from the main table
    down, the others only make the grain finer: their groups are summed. With a record's `path` the first ones are
    given to it instead. A part with fewer levels than others adds to the rows of the upper tables.
    With `buckets` there is one row per bucket instead, also where nothing counts in it.
    """

    source: Source
    by: tuple[Expression, ...]
    metrics: tuple[Measure | Ratio, ...]
    where: Expression | None = None
    per_goal: bool = False
    """Metrics go into the column `goals` under the row's `idgoal` instead of the row itself."""
    levels: int | None = None
    buckets: tuple[Bucket, ...] = ()
    joins_only: bool = False
    """Adds columns to rows that parts before it made, makes none of its own."""
    joined_levels: int | None = None
    """So many of the labels have to be there already; all, if None. Rows below them are made."""


Path = tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class FolderText:
    """Metadata of rows with a subtable: the labels from the main table to the row, joined."""

    name: str
    separator: str = "/"
    setting: str = ""
    """The instance setting that is the separator instead."""


@dataclass(frozen=True, slots=True)
class Record:
    """A table of an archive.

    `parts` are aggregated, placed in the tree of labels and joined; parents are the merge of their rows. A group
    whose first label is None is left out, unless `missing_label` names it; one whose later label is None counts
    in its parent only. Columns come in the order of the parts and their metrics, then `goals`, then `goal_sums`;
    a row lacks the columns of parts that have no group for it, but `defaults`.
    """

    name: str
    parts: tuple[Part, ...]
    path: Callable[..., Path | None] | None = None
    """Labels from main table to leaf for the values of a part's `by`; called once per distinct key, with `options`
    as keyword arguments. None leaves the key out."""
    options: tuple[str, ...] = ()
    """Instance settings (Matomo's names) passed to `path` by keyword, dots and the section cut off."""
    texts: tuple[Measure, ...] = ()
    """Texts (`text`) over the first part's rows that become the metadata of a leaf row ("url")."""
    folder_text: FolderText | None = None
    defaults: tuple[str, ...] = ()
    """Columns that every row starts with, 0 where no part gives them."""
    always: tuple[Label, ...] = ()
    """Labels whose rows are there in every day that is not empty: if no part makes them, with the first part's columns
    at 0."""
    goal_sums: bool = False
    """Adds nb_conversions and revenue over the row's goals, carts left out, and nb_visits = 0 if it is missing."""
    missing_label: Label | None = None
    limit: Limit = field(default_factory=Limit)
    sort: str = "nb_visits"
    """Column by which tables are ordered (descending, then label) before they are cut; "label": ascending by it;
    "": as they come."""
    tie: str = ""
    """The text (of `texts`) by which rows that tie are ordered before their label."""
    per_goal: bool = False
    """One table per goal (0: orders, -1: carts) with conversions; `{idgoal}` in the name is replaced. The parts'
    sources are conversions."""
    needs: Callable[[TrackedSite], bool] | None = None
    """Whether a site has this record at all; None: every site."""


def record(
    name: str,
    by: Expression | tuple[Expression, ...],
    metrics: tuple[Measure | Ratio, ...] = VISIT_METRICS,
    *,
    source: Source = Source.VISITS,
    where: Expression | None = None,
    grain: tuple[Expression, ...] = (),
    goals: bool = False,
    texts: tuple[Measure, ...] = (),
    limit: Limit | None = None,
    sort: str = "nb_visits",
    missing_label: Label | None = None,
) -> Record:
    """The usual record: one source grouped by `by`; further `grain` is summed away; `goals` adds goal columns.

    With `goals` the levels' columns must stand in conversions too (Dimension.on_conversion).
    """
    levels = by if isinstance(by, tuple) else (by,)
    parts = [Part(source, levels + grain, metrics, where, levels=len(levels))]
    if goals:
        parts.append(Part(Source.CONVERSIONS, levels, GOAL_METRICS, where, per_goal=True))
    return Record(
        name,
        tuple(parts),
        texts=texts,
        goal_sums=goals,
        limit=limit or Limit(),
        sort=sort,
        missing_label=missing_label,
    )


def buckets(
    name: str,
    rows: tuple[Bucket, ...],
    metrics: tuple[Measure | Ratio, ...] = (NB_VISITS,),
    *,
    source: Source = Source.VISITS,
    where: Expression | None = None,
    per_goal: bool = False,
) -> Record:
    """A record of fixed rows in this order."""
    return Record(name, (Part(source, (), metrics, where, buckets=rows),), limit=UNLIMITED, sort="", per_goal=per_goal)


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number of an archive, measured over a source."""

    name: str
    source: Source
    measure: Measure
    where: Expression | None = None
    per_goal: bool = False
    """One number per goal (0: orders, -1: carts), `{idgoal}` in the name replaced."""
    needs: Callable[[TrackedSite], bool] | None = None
    """Which sites have it, None for all; a record of the same plugin has to need the same."""


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
