"""What happens to a method's answer before it is rendered, in Matomo's order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tidemark.definitions.texts import ENGLISH
from tidemark.model.table import (
    LABEL,
    PERIOD_METADATA,
    SEGMENT_METADATA,
    SITE_METADATA,
    DataTable,
    Row,
    Table,
    TableMap,
    table_leaves,
)
from tidemark.plugin import ProcessedMetric, Report
from tidemark.reporting.comparison import Comparison, is_compared
from tidemark.reporting.filters.columns import hide_columns, restrict_records, show_columns
from tidemark.reporting.filters.flat_labels import Flattening
from tidemark.reporting.filters.flatten import flatten, replace_summary_labels, run_own_queue, run_queued
from tidemark.reporting.filters.generic import COLUMN_PARAMETERS, run_generic_filters
from tidemark.reporting.filters.goals import name_goals
from tidemark.reporting.filters.labels import LabelSearch, is_one_level, keep_labels
from tidemark.reporting.filters.pattern import keep_matching_records
from tidemark.reporting.filters.segments import name_segments
from tidemark.reporting.filters.shown_labels import run_by_shown_labels
from tidemark.reporting.filters.together import subtables_of, together
from tidemark.reporting.filters.totals import add_totals
from tidemark.reporting.formatting import Formatter, format_tables
from tidemark.reporting.goal_columns import add_goal_columns
from tidemark.reporting.metrics import (
    SHOW_ALL_METRICS,
    add_show_all_metrics,
    compute_compared,
    compute_metrics,
    drop_columns,
    with_metrics,
)
from tidemark.reporting.parameters import Parameters, read_integer
from tidemark.reporting.pivoting import Pivoting
from tidemark.reporting.text import are_safe_labels, cell_text, safe_label

_PARAMETER = re.compile(r"\{(\w+)\}")
_ALL_ROWS: dict[str, Any] = {"expanded": 0, "format_metrics": 0, "totals": 0, "compare": 0, "filter_limit": -1}
"""Parameters of calls for a table of another level."""
LABELS_AS_SHOWN = "labels_as_shown"
"""Of our own: search and sort by the labels that people see, not by those that are stored."""
_NOT_BELOW = ("label", "flat", "filter_pattern_recursive")
"""Parameters that hold for the call's own level."""
_OF_ALL_ROWS = (
    *("pivotBy", "totals", "flat", "disable_generic_filters", "disable_queued_filters", "hideColumns", "showColumns"),
    *("filter_update_columns_when_show_all_goals", LABELS_AS_SHOWN, *COLUMN_PARAMETERS),
)
"""Parameters under which rows that are not asked for count, or the order of the steps."""
LabelText = Callable[[Any], Any]
SubtableLoader = Callable[[str, Parameters], Table]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The processing of one call's answer.

    ``load_table`` answers a method in process, fully processed; ``comparison`` compares the call's answer with others,
    ``pivoting`` pivots its tables; ``subtable_method`` serves the report's subtables, ``main_method`` the report whose
    subtables this one is.
    """

    method: str
    params: Parameters
    report: Report | None
    load_table: SubtableLoader
    comparison: Callable[[Parameters], Comparison]
    pivoting: Callable[[Parameters], Pivoting]
    subtable_method: str = ""
    main_method: str = ""
    subtable_dimension: str = ""
    label_text: LabelText | None = None
    """What labels are called in the language of the call; None where they are not ours to translate."""
    label_text_below: LabelText | None = None
    """The same for the rows of subtables."""
    currency_symbol: Callable[[DataTable], str] = lambda _table: "$"
    language: str = ENGLISH
    """In whose notation metrics are written."""

    def process(self, value: Any) -> Any:
        """Tables filtered, computed and formatted; lists and maps of records cut and restricted; others as they are."""
        if not isinstance(value, DataTable | TableMap):
            return self._records(value) if isinstance(value, list | dict) else value
        table = _changed(value, self._computed)
        if is_compared(self.params):
            self.comparison(self.params).apply(table)
            for leaf in table_leaves(table):
                compute_compared(leaf, self._declared)
        return _changed(table, self._finished)

    @property
    def _declared(self) -> tuple[ProcessedMetric, ...]:
        return self.report.processed if self.report is not None else ()

    @property
    def _totalled(self) -> tuple[ProcessedMetric, ...]:
        """Processed metrics of totals: also those that the report only offers."""
        offered = self.report.on_request if self.report is not None else ()
        return (*(metric for metric in SHOW_ALL_METRICS if metric.name in offered), *self._declared)

    def _computed(self, tables: list[DataTable]) -> list[DataTable]:
        """The steps on tables before they are compared. Source: Matomo 5.2, generic parameters, "processing order"."""
        params = self.params
        if self._chooses_rows_first(tables):
            self._generic(tables, cuts=False)
            return tables
        name_goals(tables)
        if params.is_given("pivotBy"):
            compute_metrics(tables, self._declared)
            self._name_segments(tables)
            for table in tables:
                self.pivoting(params).apply(table)
        if params.flag("totals"):
            for table in tables:
                self._add_totals(table)
        if params.flag("flat"):
            tables = list(map(self._flattened, tables))
        if not params.flag("disable_generic_filters"):
            self._generic(tables, cuts=not _labels(params))
        compute_metrics(tables, self._declared)
        return tables

    def _add_totals(self, table: DataTable) -> None:
        """Note the totals of the first level: those of a subtable's rows are of the table that it is below.

        Source: Matomo 5.2, core/API/DataTableManipulator/ReportTotalsCalculator.
        """
        if self.params.integer("idSubtable") is None or not self.main_method or table.is_simple:
            add_totals(table, self._totalled)
            return
        changes: dict[str, Any] = {
            **_of_one_period(table, self.params),
            **_ALL_ROWS,
            "filter_sort_column": "",
            "filter_offset": 0,
            "disable_queued_filters": 1,
        }
        first = self.load_table(self.main_method, self.params.without("idSubtable", *_NOT_BELOW, **changes))
        if isinstance(first, DataTable):
            add_totals(first, self._totalled)
            table.totals, table.totals_row = first.totals, first.totals_row

    def _finished(self, tables: list[DataTable]) -> list[DataTable]:
        """The steps on tables after they were compared."""
        params, labels = self.params, _labels(self.params)
        chooses_rows_first = self._chooses_rows_first(tables)
        self._name_segments(tables)
        if params.flag("disable_queued_filters"):
            for table in tables:
                table.queue(_make_labels_safe)
        else:
            _run_queued(tables)
            self._name_segments(tables)
            for table in together(tables):
                _translate(table, self.label_text, self.label_text_below)
        if chooses_rows_first:
            tables = self._with_labels(tables, labels)
            name_goals(tables)
            compute_metrics(tables, self._declared)
            self._choose_columns(tables)
        else:
            self._choose_columns(tables)
            tables = self._with_labels(tables, labels)
        for symbol, alike in groupby(tables, self.currency_symbol):
            format_tables(alike, self._declared, params.raw("format_metrics", "0"), Formatter(symbol, self.language))
        return tables

    def _chooses_rows_first(self, tables: list[DataTable]) -> bool:
        """Whether metrics can be left to the few rows whose labels are asked for: nothing else looks at them before."""
        labels = _labels(self.params)
        if not labels or any(map(self.params.is_given, _OF_ALL_ROWS)) or is_compared(self.params):
            return False
        if any(queued is not replace_summary_labels for table in tables for queued in table.queued):
            return False
        metrics = [metric for _, found in with_metrics(tables, self._declared) for metric in found]
        return is_one_level(labels) and not any(metric.only_with for metric in metrics)

    def _with_labels(self, tables: list[DataTable], labels: list[str]) -> list[DataTable]:
        search = self._label_search()
        return [keep_labels(table, labels, search) for table in tables] if labels else tables

    def _flattened(self, table: DataTable) -> DataTable:
        if self.report is not None and not self.report.supports_flatten:
            if any(table.row_subtables()):
                for row in table:
                    row.subtable = row.subtable_id = None
            return table
        dimension = self.report.dimension_id if self.report is not None else ""
        flattening = Flattening(
            separator=self.report.flat_separator if self.report is not None else " - ",
            dimensions=(self._named(dimension), self._named(self.subtable_dimension)) if dimension else (),
            keep_parents=self.params.flag("include_aggregate_rows"),
            load_subtable=self._load_subtable,
            translations=(self.label_text, self.label_text_below),
        )
        return flatten(table, flattening)

    def _named(self, dimension: str) -> str:
        """The id of a dimension, with the parameters that stand in it."""
        return _PARAMETER.sub(lambda found: self.params.raw(found[1]), dimension)

    def _generic(self, tables: list[DataTable], *, cuts: bool) -> None:
        params = self.params
        show_all = params.integer("filter_add_columns_when_show_all_columns")
        if show_all is not None:
            for table in tables:
                add_show_all_metrics(table, drops_empty_rows=show_all != 0)
        add_goal_columns(tables, params)
        wanted = {params.raw(parameter) for parameter in COLUMN_PARAMETERS}
        for alike, metrics in with_metrics(tables, self._declared):
            if any(metric.name in wanted for metric in metrics):
                compute_metrics(alike, self._declared)

        def run(found: list[DataTable]) -> None:
            run_generic_filters(found, params, self.report, cuts=cuts)

        if not self._looks_at_shown_labels:
            run(tables)
            return
        for table in tables:
            run_by_shown_labels(table, self._show_labels, lambda found: run([found]))

    @property
    def _looks_at_shown_labels(self) -> bool:
        """Whether rows are searched or sorted by the labels that people see; constant rows keep their own order."""
        params = self.params
        if not params.flag(LABELS_AS_SHOWN):
            return False
        is_sorted = params.raw("filter_sort_column") == LABEL and not (self.report and self.report.constant_rows)
        return is_sorted or (params.is_given("filter_pattern") and params.raw("filter_column", LABEL) == LABEL)

    def _show_labels(self, table: DataTable) -> None:
        table.queue(_make_labels_safe)
        run_queued(table)
        _translate(table, self.label_text, self.label_text_below)

    def _name_segments(self, tables: list[DataTable]) -> None:
        name_segments(tables, self.report.segment if self.report is not None else "")

    def _choose_columns(self, tables: list[DataTable]) -> None:
        params = self.params
        hidden, shown = params.words("hideColumns"), params.words("showColumns")
        for table in together(tables) if hidden or shown else ():
            if hidden:
                hide_columns(table, hidden, is_recursive=self._hides_recursively)
            if shown:
                show_columns(table, frozenset(shown))
        if not hidden and not shown and not params.flag("showRawMetrics"):
            for alike, metrics in with_metrics(tables, self._declared):
                temporary = [name for metric in metrics for name in metric.temporary]
                if temporary:
                    drop_columns(alike, temporary)

    @property
    def _hides_recursively(self) -> bool:
        """Answers that no report describes are nested in their own ways, so there names are hidden at every depth."""
        return self.params.flag("hideColumnsRecursively", default=self.report is None)

    def _label_search(self) -> LabelSearch:
        given = self.params.words("labelSeries") if is_compared(self.params) else []
        series = [read_integer(word) for word in given]
        return LabelSearch(
            self._load_subtable,
            adds_index=self.params.flag("labelFilterAddLabelIndex"),
            series=tuple(-1 if number is None else number for number in series),
        )

    def _load_subtable(self, table: DataTable, row: Row) -> DataTable | None:
        """A row's subtable, loaded or asked for; None where there is none."""
        if row.subtable is not None or row.subtable_id is None or not self.subtable_method:
            return row.subtable
        changes: dict[str, Any] = {
            **_of_one_period(table, self.params),
            **_ALL_ROWS,
            "idSubtable": row.subtable_id,
        }
        unwanted = (*_NOT_BELOW, "filter_offset", "filter_truncate")
        found = self.load_table(self.subtable_method, self.params.without(*unwanted, **changes))
        return found if isinstance(found, DataTable) else None

    def _records(self, records: list[Any] | dict[Any, Any]) -> Any:
        """Lists, and maps with numbers as keys, are searched and cut; rows in them lose columns.

        A cut map is numbered anew. Source: Matomo 5.2, generic parameters, filter_limit.
        """
        first_key = next(iter(records), None) if isinstance(records, dict) else 0
        is_numbered = bool(records) and str(first_key).lstrip("-").isdigit()
        if not is_numbered:
            return records
        params = self.params
        columns = params.get("filter_column")
        if isinstance(columns, list | dict) and params.is_given("filter_pattern"):
            records = keep_matching_records(
                _values(records), params.words("filter_column"), params.raw("filter_pattern")
            )
        row_limit, offset = params.integer("filter_limit", -1), max(0, params.integer("filter_offset", 0))
        if row_limit >= 0 or offset:
            records = _values(records)[offset : offset + row_limit if row_limit >= 0 else None]
        hidden, shown = params.words("hideColumns"), params.words("showColumns")
        if (hidden or shown) and isinstance(next(iter(_values(records)), None), dict):
            return restrict_records(records, hidden, shown)
        return records


def _changed(table: Table, change: Callable[[list[DataTable]], list[DataTable]]) -> Table:
    """All tables of a map, or the table itself, changed step by step: each step on all of them."""
    return _with_leaves(table, iter(change(list(table_leaves(table)))))


def _with_leaves(table: Table, leaves: Iterator[DataTable]) -> Table:
    """The map with these tables inside, in their order, or the only one of them."""
    if isinstance(table, TableMap):
        tables = {key: _with_leaves(inner, leaves) for key, inner in table.tables.items()}
        return TableMap(table.key_name, tables, table.metadata)
    return next(leaves)


def _run_queued(tables: list[DataTable]) -> None:
    """Run what is queued for the tables, make their labels safe, then run what is queued for their subtables."""
    for table in tables:
        run_own_queue(table)
    for table in together(tables):
        _make_labels_safe(table)
    for table in subtables_of(tables):
        run_queued(table)


def _values(records: list[Any] | dict[Any, Any]) -> list[Any]:
    return list(records.values()) if isinstance(records, dict) else records


def _labels(params: Parameters) -> list[str]:
    """The labels asked for, as sent: one text, or a list."""
    value = params.get("label")
    if isinstance(value, list | dict):
        return [cell_text(item) for item in _values(value) if not isinstance(item, list | dict)]
    return [params.raw("label")] if params.is_given("label") and params.raw("label") else []


def _make_labels_safe(table: DataTable) -> None:
    if not are_safe_labels(table.column(LABEL)):
        table.change_cells(LABEL, _safe, summary=True, is_constant=True)
    for inner in table.subtables():
        _make_labels_safe(inner)


def _translate(table: DataTable, own: LabelText | None, below: LabelText | None) -> None:
    """Give rows, and those of loaded subtables, their labels in the language of the call."""
    if own is not None:
        table.change_cells(LABEL, own, summary=True)
    if below is not None:
        for inner in table.subtables():
            _translate(inner, below, below)


def _safe(label: Any) -> Any:
    return safe_label(label) if type(label) is str and not (label.isascii() and label.isalnum()) else label


def _of_one_period(table: DataTable, params: Parameters) -> dict[str, Any]:
    """The parameters that mean the site, segment and period of one table."""
    period = table.metadata.get(PERIOD_METADATA)
    own = {
        "idSite": table.metadata.get(SITE_METADATA, params.get("idSite")),
        "segment": table.metadata.get(SEGMENT_METADATA, params.raw("segment")),
    }
    return own if period is None else own | {"period": period.kind.value, "date": _date_text(period)}


def _date_text(period: Any) -> str:
    return str(period.range_text if period.kind.value == "range" else period.first.isoformat())
