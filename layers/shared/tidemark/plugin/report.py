"""Reports and API methods: what the reporting API serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from tidemark.plugin.record import Record

if TYPE_CHECKING:
    from tidemark.model.access import Identity
    from tidemark.model.archive import Archives
    from tidemark.model.period import Period
    from tidemark.model.settings import Settings
    from tidemark.model.site import Site
    from tidemark.model.table import DataTable, Row, Table

Value = int | float | str | bool | None
MetricType = Literal["number", "float", "money", "percent", "duration_s", "duration_ms", "byte", "text"]


class Access(Enum):
    """What a caller needs. VIEW, WRITE and ADMIN are per site (parameter `idSite`, one or several)."""

    NONE = "none"
    SOME_VIEW = "some view"
    VIEW = "view"
    SOME_WRITE = "some write"
    WRITE = "write"
    SOME_ADMIN = "some admin"
    ADMIN = "admin"
    NOT_ANONYMOUS = "not anonymous"
    SUPERUSER = "superuser"


class Context(Protocol):
    """What a method or filter may ask for while one call is answered."""

    @property
    def identity(self) -> Identity: ...

    @property
    def archives(self) -> Archives: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def params(self) -> Mapping[str, Any]:
        """The call's parameters as sent (texts, lists, maps)."""
        ...

    @property
    def now(self) -> float:
        """The instance's clock, unix seconds."""
        ...

    def site(self, idsite: int) -> Site:
        """Raises: ApiError when there is none."""
        ...

    @property
    def language(self) -> str:
        """The language of the call: what it asks for, what its caller chose, or English."""
        ...

    def translate(self, key: str, *values: object) -> str:
        """A text of our own in the call's language."""
        ...

    def in_words(self, seconds: float) -> str:
        """A duration as people read it, in the call's language: 13 min 31s."""
        ...

    def service(self, kind: type[S]) -> S:
        """A service of the instance by its type (the registry, the log reader …), given by bootstrap."""
        ...

    def call(self, method: str, **params: Any) -> Any:
        """The raw answer (table, map, value) of another method for the same caller.

        It comes before generic and queued filters, processed metrics and formatting; queued filters hang on it.
        """
        ...

    def record_table(
        self,
        record: str,
        idSite: str | int,
        period: str,
        date: str,
        segment: str = "",
        *,
        idSubtable: int | None = None,
        expanded: bool = False,
        depth: int | None = None,
    ) -> Table:
        """A record's table of an archive; a map for several sites or dates, as the parameters say."""
        ...

    def number_table(
        self, columns: Mapping[str, str], idSite: str | int, period: str, date: str, segment: str = ""
    ) -> Table:
        """Numbers (column -> numeric record) as a SimpleTable, 0 for what is not stored; a map as in record_table."""
        ...


S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class TableContext:
    """The one table at hand (of one site and period) while a report's filters run."""

    call: Context
    idsite: int
    period: Period
    segment: str
    report: Report
    idsubtable: int | None = None
    is_in_map: bool = False
    """Whether the answer has tables of several sites or dates."""


Filter = Callable[["DataTable", TableContext], None]
"""Changes a table in place."""


@dataclass(frozen=True, slots=True)
class ProcessedMetric:
    """A column computed on reading from other columns of the row.

    `compute` gets the row's columns and gives the value, or None to leave the column out. A row that already has
    the column keeps it.
    """

    name: str
    label: str
    needs: tuple[str, ...]
    compute: Callable[[Mapping[str, Any]], Value]
    type: MetricType = "number"
    documentation: str = ""
    temporary: tuple[str, ...] = ()
    """Columns that only serve to compute it: left out of the answer unless showColumns or hideColumns is used."""
    only_with: str = ""
    """Computed only in tables where this column's sum is above 0; in others (unless empty) `only_with` and `drops`
    are taken out of all rows, subtables included."""
    drops: tuple[str, ...] = ()
    root_only: bool = False
    """Not computed in subtables that come along with their parents."""
    is_listed: bool = True
    """Whether the metadata of reports name it."""
    keeps_nothing: bool = False
    """A row whose value is None has the column nevertheless, empty."""
    of_cells: Callable[..., Value] | None = None
    """What `compute` gives, from the cells of `needs` in their order (anything that is no number where a row has none):
    with it, whole columns are computed without making rows."""
    is_clock: bool = False
    """Whether a duration is formatted as 00:13:31 instead of 13 min 31s."""


@dataclass(frozen=True, slots=True)
class Metric:
    """Texts and type of an archived metric."""

    name: str
    label: str
    type: MetricType = "number"
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class GoalNames:
    """Names of what a report's rows have per goal, and its types."""

    metrics: Mapping[str, str]
    processed: Mapping[str, str]
    types: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowSearch:
    """Makes a report of the one row that a parameter names (`pageUrl`), found by its labels from the main table."""

    parameter: str
    path: Callable[[str, TableContext], tuple[str | int, ...]]
    """Labels for the parameter's value as sent."""


@dataclass(frozen=True, slots=True)
class Report:
    """A method that serves one record's table, or (without `record`) numbers as one row.

    A method of the same name in the plugin's functions gives the raw table instead, where neither fits; everything
    else here holds for it too. `filters` run at once, as if the method did it itself; `queued` after the generic
    filters (sorting, limits), where Matomo relabels ids and adds links, so that they only touch what is shown. Both
    get every table that the method answers with (all tables of a map); loaded subtables only through `everywhere`.
    """

    method: str
    name: str
    category: str
    subcategory: str = ""
    record: Record | None = None
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Column -> numeric record, in order. The parameter `columns` keeps those asked for."""
    search: RowSearch | None = None
    dimension: str = ""
    dimension_id: str = ""
    """"Plugin.Name" of the dimension, where row evolution, pivots and segments refer to it; `{idDimension}` in it is the
    parameter of that name."""
    segment: str = ""
    """Name of the segment that a row's metadata `segmentValue` becomes (`pageUrl==<urlencoded value>`)."""
    metrics: tuple[str, ...] = ("nb_visits", "nb_uniq_visitors", "nb_actions", "nb_users")
    processed: tuple[ProcessedMetric, ...] = ()
    """Computed in this order, after those they need."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Names of metrics that have another one in this report ("Unique Pageviews" for the visits of a page)."""
    unlisted: tuple[str, ...] = ()
    """Processed metrics that its rows have, and its metadata types, but does not name."""
    listed: tuple[str, ...] = ()
    """Metrics that its metadata names, where those are not `metrics`."""
    related: tuple[str, ...] = ()
    """Methods of reports that look at the same from another side."""
    goal_metrics: GoalNames | None = None
    """The names of goal metrics, where it has others than reports about visits."""
    on_request: tuple[str, ...] = ()
    """Processed metrics that the metadata names, but that only filter_add_columns_when_show_all_columns adds."""
    filters: tuple[Filter, ...] = ()
    queued: tuple[Filter, ...] = ()
    parameters: Mapping[str, str] | None = None
    """Fixed parameters that tell reports of one method apart (`idGoal=ecommerceOrder`)."""
    default_sort: str = "nb_visits"
    """Column of the generic sort, "" for none."""
    default_order: Literal["desc", "asc"] = "desc"
    order: int = 99
    load_subtables: str = ""
    """Method that serves the subtables, empty if there are none."""
    tells_subtables: bool = True
    """Whether its metadata names that method."""
    is_subtable: bool = False
    has_goal_metrics: bool = False
    """Whether its metadata names goal metrics."""
    constant_rows: bool = False
    """Always the same rows (hours): never sorted away, empty ones shown."""
    supports_flatten: bool = True
    is_expandable: bool = True
    """Whether `expanded` brings subtables along."""
    flat_separator: str = " - "
    is_named_at_once: bool = False
    """Whether its columns have their names before the queued filters; those of others are numbers without these."""
    is_listed: bool = True
    """Whether it stands in the report metadata; single numbers do not."""
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """A hand-written API method. The function's parameters are the method's, by Matomo's names.

    The first parameter is the Context. Annotations tell the types (int, float, bool, str, list[str], dict …), defaults
    which may be left out. The answer is a DataTable, a map of them, a plain value, list or dict, or None ("ok").
    """

    name: str
    function: Callable[..., Any]
    access: Access = Access.NONE
    site_parameter: str = "idSite"
    raw_strings: bool = False
    """Texts reach the function as sent, not HTML-escaped."""


F = TypeVar("F", bound=Callable[..., Any])


def method(
    name: str, access: Access = Access.NONE, *, site_parameter: str = "idSite", raw_strings: bool = False
) -> Callable[[F], F]:
    """Mark a function as an API method; a plugin lists its functions in `methods`."""

    def mark(function: F) -> F:
        function.api_method = Method(name, function, access, site_parameter, raw_strings)  # type: ignore[attr-defined]
        return function

    return mark


RowFilter = Callable[["Row"], None]


def each_row(change: RowFilter) -> Filter:
    """A filter that changes every row, the summary row left out."""

    def apply(table: DataTable, _context: TableContext) -> None:
        for row in table.rows:
            change(row)

    return apply


def everywhere(change: Filter) -> Filter:
    """A filter that also changes the loaded subtables, however deep."""

    def apply(table: DataTable, context: TableContext) -> None:
        change(table, context)
        for below in table.subtables():
            apply(below, context)

    return apply


def methods_of(functions: Sequence[Callable[..., Any]]) -> tuple[Method, ...]:
    """The declarations of functions marked with `method`."""
    return tuple(function.api_method for function in functions)  # type: ignore[attr-defined]
