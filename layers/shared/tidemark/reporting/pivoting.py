"""Where the columns of a pivoted report come from: its own subtables, or another report for each row's segment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tidemark.model.errors import ApiError
from tidemark.model.settings import Settings
from tidemark.model.table import PERIOD_METADATA, SITE_METADATA, DataTable, Row, Table
from tidemark.plugin import Report
from tidemark.plugin.filters import url_encoded
from tidemark.reporting.catalogue import Catalogue
from tidemark.reporting.filters.pivot import pivot
from tidemark.reporting.parameters import Parameters
from tidemark.reporting.text import cell_text

BY_SEGMENT = "General.pivot_by_filter_enable_fetch_by_segment"
COLUMN_LIMIT = "General.pivot_by_filter_default_column_limit"
_PLACEHOLDER = re.compile(r"\\\{(\w+)\\\}")
_UNFILTERED = {
    "pivotBy": "",
    "flat": 0,
    "totals": 0,
    "disable_queued_filters": 1,
    "disable_generic_filters": 1,
    "showColumns": "",
    "hideColumns": "",
    "format_metrics": 0,
    "label": "",
    "compare": 0,
}
"""Parameters of the calls that give the columns."""
_Found = tuple[Report, Mapping[str, str]]
"""A report, and the parameters that its dimension's id names."""


@dataclass(frozen=True, slots=True)
class Pivoting:
    """Pivots the tables of one call. ``load_table`` answers a method in process, fully processed."""

    catalogue: Catalogue
    settings: Settings
    params: Parameters
    report: Report | None
    load_table: Callable[[str, Parameters], Table]
    is_of_one_site: bool
    """Whether the call is for a single site."""

    def apply(self, table: DataTable) -> None:
        """Pivot one table.

        Raises:
            ApiError: the dimension is unknown, or the report cannot be pivoted by it.

        """
        report, dimension = self.report, self.params.raw("pivotBy")
        found = self._reports_of(dimension)
        if not found:
            raise ApiError(f"There is no dimension '{dimension}' to pivot by.")
        if report is None:
            raise ApiError("This answer cannot be pivoted: it is no report.")
        below = self.catalogue.report(self.catalogue.subtable_method(report), {}) if report.load_subtables else None
        if below is not None and below.dimension_id == dimension:
            self._pivot(table, self._subtable)
            return
        if not self.settings.flag(BY_SEGMENT):
            raise ApiError(f"{report.method} can be pivoted only by the dimension of its subtables, if it has some.")
        tops = [one for one in found if not one[0].is_subtable]
        is_selectable = bool(report.segment) or any(row.metadata.get("segment") for row in table) or not len(table)
        if not tops or not is_selectable:
            raise ApiError(f"{report.method} cannot be pivoted by '{dimension}': a report or a segment is missing.")
        top, fixed = tops[0]
        self._pivot(table, lambda whole, row: self._selected(whole, row, report, top, fixed))

    def _pivot(self, table: DataTable, intersect: Callable[[DataTable, Row], DataTable | None]) -> None:
        limit = self.params.integer("pivotByColumnLimit", 0) or self.settings.number(COLUMN_LIMIT)
        pivot(table, intersect, metric=self.params.raw("pivotByColumn"), column_limit=limit)
        table.pop_metadata("segment")
        table.pop_metadata("segmentValue")

    def _reports_of(self, dimension: str) -> list[_Found]:
        """The reports of a dimension. Those whose dimension has a number belong to a single site."""
        found: list[_Found] = []
        for report in (report for reports in self.catalogue.reports.values() for report in reports):
            pattern = _PLACEHOLDER.sub(r"(?P<\1>[0-9]+)", re.escape(report.dimension_id))
            matched = re.fullmatch(pattern, dimension) if report.dimension_id else None
            if matched is not None and (self.is_of_one_site or not matched.groupdict()):
                found.append((report, matched.groupdict() | dict(report.parameters or {})))
        return found

    def _subtable(self, table: DataTable, row: Row) -> DataTable | None:
        if row.subtable is not None or row.subtable_id is None or self.report is None:
            return row.subtable
        return self._load(table, self.catalogue.subtable_method(self.report), {"idSubtable": row.subtable_id})

    def _selected(
        self, table: DataTable, row: Row, report: Report, top: Report, fixed: Mapping[str, str]
    ) -> DataTable | None:
        own, value = row.metadata.get("segment"), row.metadata.get("segmentValue")
        if not own and not report.segment:
            return None
        segment = own or f"{report.segment}=={url_encoded(cell_text(row.label if value is None else value))}"
        whole = self.params.raw("segment")
        return self._load(table, top.method, {"segment": f"{whole};{segment}" if whole else segment, **fixed})

    def _load(self, table: DataTable, method: str, changes: Mapping[str, Any]) -> DataTable | None:
        period = table.metadata.get(PERIOD_METADATA)
        given: dict[str, Any] = {**_UNFILTERED, "idSite": table.metadata.get(SITE_METADATA, self.params.get("idSite"))}
        if period is not None:
            is_range = period.kind.value == "range"
            given["period"] = period.kind.value
            given["date"] = period.range_text if is_range else period.first.isoformat()
        found = self.load_table(method, self.params.without("idSubtable", **{**given, **changes}))
        return found if isinstance(found, DataTable) else None
