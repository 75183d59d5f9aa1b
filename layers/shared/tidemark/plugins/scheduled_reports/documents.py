"""The document of a scheduled report: its chapters with their graphs, in one of the formats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from tidemark.model.access import Role
from tidemark.model.branding import shown_logo
from tidemark.model.calls import Calls
from tidemark.model.due import RHYTHMS, before
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.media import Media
from tidemark.model.registry import Registry
from tidemark.model.scheduled_report import (
    FORMATS,
    GRAPHS_FOR_KEY_METRICS,
    GRAPHS_ONLY,
    TABLES_ONLY,
    ScheduledReport,
    ScheduledReports,
)
from tidemark.plugin import Access, Context, method
from tidemark.plugins.scheduled_reports.pdf import pdf
from tidemark.plugins.scheduled_reports.rendering import Chapter, Document, chapter_of, csv_bytes, embedded, html

_MOST_ROWS: Final = 100
_NEVER: Final = "never"
_WIDTH: Final = 700
_HEIGHT: Final = 220
_PICTURED: Final = ("html", "pdf")


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which period a document tells, in which format, and in which language; by default the caller's."""

    period: str
    date: str
    format: str
    language: str = ""


@method("ScheduledReports.generateReport", Access.VIEW)
def generate_report(
    context: Context,
    idReport: int,
    date: str,
    language: str = "",
    outputType: int | None = None,  # noqa: ARG001  the answer is the document itself
    period: str = "",
    reportFormat: str = "",
    parameters: Any = None,  # noqa: ARG001  nothing of them changes the document
) -> Media:
    """The document of a report for a date: a page, PDF, CSV or TSV. The answer is the document itself, in whatever format."""
    report = own_report(context, idReport)
    asked = replace(asked_of(report, period, date, reportFormat), language=language)
    return media_of(document_of(context, report, asked), asked.format)


def asked_of(report: ScheduledReport, period: str, date: str, chosen_format: str = "") -> Asked:
    """What is wanted of a report, filled up by what it says itself. Raises: BadParameter."""
    chosen = chosen_format or report.format
    if chosen not in FORMATS:
        raise BadParameter(f"'{chosen}' is no format of reports: {', '.join(FORMATS)}.")
    span = period or report.period_param or ("day" if report.period == _NEVER else report.period)
    return Asked(span, date, chosen)


def document_of(context: Context, report: ScheduledReport, asked: Asked) -> Document:
    """Titles, and one chapter for each report in it. Raises: ApiError for a wrong period or date, or a deleted segment."""
    site = context.site(report.idsite).name
    words = context.service(Calls).pretty_date(report.idsite, asked.period, asked.date)
    segment = segment_of(context, report)
    subtitle = f"{site}, {words}" + (f", {segment[0]}" if segment else "")
    chapters = [_chapter(context, report, one, asked, segment[1] if segment else "") for one in report.reports]
    return Document(report.description or site, subtitle, chapters, shown_logo(context.settings))


def media_of(document: Document, chosen: str) -> Media:
    """The document in a format."""
    if chosen == "pdf":
        return Media(pdf(document), "application/pdf")
    if chosen == "html":
        return Media(html(document, embedded).encode(), "text/html; charset=utf-8")
    delimiter, name = (",", "csv") if chosen == "csv" else ("\t", "tab-separated-values")
    return Media(csv_bytes(document, delimiter), f"text/{name}; charset=utf-8")


def _chapter(context: Context, report: ScheduledReport, unique_id: str, asked: Asked, segment: str) -> Chapter:
    module, _, action = unique_id.partition("_")
    params = {"idSite": report.idsite, "period": asked.period, "date": asked.date, "segment": segment}
    answer = context.service(Calls).answer(
        {
            "method": "API.getProcessedReport",
            "apiModule": module,
            "apiAction": action,
            **params,
            "language": asked.language,
            "filter_limit": _MOST_ROWS,
        }
    )
    if not isinstance(answer, dict) or answer.get("result") == "error":
        return Chapter(unique_id, (), ())
    metadata = answer.get("metadata") or {}
    chapter = chapter_of(str(metadata.get("name", unique_id)), answer)
    if asked.format not in _PICTURED or not _has_graph(report, is_key="dimension" not in metadata) or not chapter.rows:
        return chapter
    drawn = {**params, "date": _dates(report, asked, is_key="dimension" not in metadata)}
    picture = _graph(context, {**drawn, "apiModule": module, "apiAction": action, "width": _WIDTH, "height": _HEIGHT})
    shows_rows = report.parameters.get("displayFormat") != GRAPHS_ONLY or not picture
    return Chapter(chapter.name, chapter.titles, chapter.rows if shows_rows else (), picture)


def _has_graph(report: ScheduledReport, *, is_key: bool) -> bool:
    display = report.parameters.get("displayFormat", GRAPHS_FOR_KEY_METRICS)
    return is_key if display == GRAPHS_FOR_KEY_METRICS else display != TABLES_ONLY


def _dates(report: ScheduledReport, asked: Asked, *, is_key: bool) -> str:
    """Single numbers, and tables where it is asked for, are drawn over the last periods."""
    if asked.period not in RHYTHMS or not (is_key or report.parameters.get("evolutionGraph")):
        return asked.date
    try:
        last = date.fromisoformat(asked.date)
    except ValueError:
        return asked.date
    return f"{before(asked.period, last, max(report.evolution_graph_period_n, 2) - 1)},{last}"


def _graph(context: Context, params: dict[str, Any]) -> bytes:
    """The picture, empty if this report has none."""
    try:
        picture = context.service(Calls).processed("ImageGraph.get", params)
    except ApiError:
        return b""
    return picture.body if isinstance(picture, Media) else b""


def segment_of(context: Context, report: ScheduledReport) -> tuple[str, str] | None:
    """Name and expression of a report's segment."""
    if not report.idsegment:
        return None
    for one in context.service(Registry).segments():
        if one.idsegment == report.idsegment and not one.deleted:
            return one.name, one.definition
    raise ApiError(f"The segment {report.idsegment} of this report was deleted.")


def own_report(context: Context, idreport: int) -> ScheduledReport:
    """A report that the caller may change. Raises: ApiError."""
    for report in context.service(ScheduledReports).all():
        is_mine = context.identity.is_superuser or report.login == context.identity.login
        if report.idreport == idreport and is_mine and context.identity.may(Role.VIEW, report.idsite):
            return report
    raise ApiError(f"There is no report {idreport}.")


METHODS = (generate_report,)
