"""Reports that somebody wants to have again and again: which, of which site, how often and in which form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

PERIODS: Final = ("day", "week", "month", "never")
FORMATS: Final = ("html", "pdf", "csv", "tsv")
GRAPHS_FOR_KEY_METRICS: Final = 1
GRAPHS_ONLY: Final = 2
TABLES_AND_GRAPHS: Final = 3
TABLES_ONLY: Final = 4
DISPLAYS: Final = ("1", "2", "3", "4")
"""What a document shows: tables, with graphs of single numbers only; graphs only; both; tables only."""
EMAIL: Final = "email"


@dataclass(frozen=True, slots=True)
class ScheduledReport:
    """One scheduled report, with Matomo's attribute names; `idreport` counts from 1 and is never given twice.

    `hour` is that of the site's clocks. `reports` are unique ids of reports ("Actions_getPageUrls"). `idsegment` 0: all visits. `period_param` is the
    period that is told of, by default `period`.
    """

    idreport: int
    idsite: int
    login: str
    description: str
    period: str
    hour: int
    format: str
    reports: tuple[str, ...]
    type: str = EMAIL
    parameters: Mapping[str, Any] = field(default_factory=dict)
    idsegment: int = 0
    evolution_graph_within_period: bool = False
    evolution_graph_period_n: int = 30
    period_param: str = ""
    ts_created: int = 0
    deleted: bool = False


class ScheduledReports(Protocol):
    """All scheduled reports; asked for as ``context.service(ScheduledReports)``."""

    def all(self) -> Sequence[ScheduledReport]:
        """Those that are not deleted, in order of their numbers."""
        ...

    def add(self, report: ScheduledReport) -> ScheduledReport:
        """Store a report under the next number."""
        ...

    def change(self, idreport: int, change: Callable[[ScheduledReport], ScheduledReport]) -> ScheduledReport | None:
        """Change a report; None if there is none."""
        ...


def delivery_name(idreport: int) -> str:
    """What the deliveries call a report."""
    return f"report#{idreport}"


def delivery_due(period: str, date: str) -> str:
    """What they call what it tells of."""
    return f"{period} {date}"
