"""Reports and API methods: what the reporting API serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from tidemark.plugin.record import Record

if TYPE_CHECKING:
    from tidemark.model.access import Identity
    from tidemark.model.archive import Archives
    from tidemark.model.period import Period
    from tidemark.model.settings import Settings
    from tidemark.model.site import Site
    from tidemark.model.table import DataTable, Row

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

    def translate(self, key: str, *values: object) -> str:
        """A text of our own in the call's language."""
        ...

    def service(self, kind: type[S]) -> S:
        """A service of the instance by its type (the registry, the log reader …), given by bootstrap."""
        ...

    def call(self, method: str, **params: Any) -> Any:
        """The raw answer (table, map, value) of another method for the same caller."""
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


Filter = Callable[["DataTable", TableContext], None]
"""Changes a table in place."""


@dataclass(frozen=True, slots=True)
class ProcessedMetric:
    """A column computed on reading from other columns of the row.

    `compute` gets the row's columns and gives the value, or None to leave the column out.
    """

    name: str
    label: str
    needs: tuple[str, ...]
    compute: Callable[[Mapping[str, Any]], Value]
    type: MetricType = "number"
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """Texts and type of an archived metric."""

    name: str
    label: str
    type: MetricType = "number"
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A method that serves one record's table, or (without `record`) numbers as one row.

    Filters run on each table of the answer: `filters` at once, as if the method did it itself; `queued` after the
    generic filters (sorting, limits), where Matomo relabels ids and adds links, so that they only touch what is shown.
    """

    method: str
    name: str
    category: str
    subcategory: str = ""
    record: Record | None = None
    numbers: tuple[str, ...] = ()
    """Numeric records that make the one row, in order."""
    dimension: str = ""
    dimension_id: str = ""
    """"Plugin.Name" of the dimension, where row evolution, pivots and segments refer to it."""
    metrics: tuple[str, ...] = ("nb_visits", "nb_uniq_visitors", "nb_actions", "nb_users")
    processed: tuple[ProcessedMetric, ...] = ()
    filters: tuple[Filter, ...] = ()
    queued: tuple[Filter, ...] = ()
    parameters: Mapping[str, str] | None = None
    """Fixed parameters that tell reports of one method apart (`idGoal=ecommerceOrder`)."""
    default_sort: str = "nb_visits"
    default_order: Literal["desc", "asc"] = "desc"
    order: int = 99
    load_subtables: str = ""
    """Method that serves the subtables, empty if there are none."""
    is_subtable: bool = False
    has_goal_metrics: bool = False
    constant_rows: bool = False
    """Always the same rows (hours): never sorted away, empty ones shown."""
    flat_separator: str = " - "
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


def methods_of(functions: Sequence[Callable[..., Any]]) -> tuple[Method, ...]:
    """The declarations of functions marked with `method`."""
    return tuple(function.api_method for function in functions)  # type: ignore[attr-defined]
