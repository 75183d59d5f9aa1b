"""The API methods of scheduled reports. Source: Matomo 5.2, ScheduledReports API."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from tidemark.model.access import Role
from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError, BadParameter, NoAccess
from tidemark.model.media import Media
from tidemark.model.registry import Registry
from tidemark.model.scheduled_report import EMAIL, FORMATS, PERIODS, ScheduledReport, ScheduledReports
from tidemark.plugin import Access, Context, Plugins, method
from tidemark.plugins.scheduled_reports.rendering import Chapter, chapter_of, csv_text, html

_HOURS: Final = 24
_LONGEST: Final = 250
_MOST_ROWS: Final = 100
_NEVER: Final = "never"


@method("ScheduledReports.addReport", Access.VIEW, raw_strings=True)
def add_report(
    context: Context,
    idSite: int,
    description: str,
    period: str,
    hour: int,
    reportType: str,
    reportFormat: str,
    reports: Any,
    parameters: Any,
    idSegment: int | None = None,
    evolutionPeriodFor: str = "prev",
    evolutionPeriodN: int | None = None,
    periodParam: str = "",
) -> int:
    """Number of the new report, which belongs to the caller."""
    if context.identity.is_anonymous:
        raise NoAccess.anonymous()
    report = ScheduledReport(
        idreport=0,
        idsite=context.site(idSite).idsite,
        login=context.identity.login,
        description=description[:_LONGEST],
        period=period,
        hour=hour,
        type=reportType,
        format=reportFormat,
        reports=_reports(reports),
        parameters=_parameters(parameters),
        idsegment=idSegment or 0,
        evolution_graph_within_period=evolutionPeriodFor == "each",
        evolution_graph_period_n=evolutionPeriodN or 30,
        period_param=periodParam,
        ts_created=int(context.now),
    )
    return context.service(ScheduledReports).add(_checked(context, report)).idreport


@method("ScheduledReports.updateReport", Access.VIEW, raw_strings=True)
def update_report(
    context: Context,
    idReport: int,
    idSite: int,
    description: str,
    period: str,
    hour: int,
    reportType: str,
    reportFormat: str,
    reports: Any,
    parameters: Any,
    idSegment: int | None = None,
    evolutionPeriodFor: str = "prev",
    evolutionPeriodN: int | None = None,
    periodParam: str = "",
) -> None:
    """Change a report of the caller's (superusers: of anyone's)."""
    changed = replace(
        _own(context, idReport),
        idsite=context.site(idSite).idsite,
        description=description[:_LONGEST],
        period=period,
        hour=hour,
        type=reportType,
        format=reportFormat,
        reports=_reports(reports),
        parameters=_parameters(parameters),
        idsegment=idSegment or 0,
        evolution_graph_within_period=evolutionPeriodFor == "each",
        evolution_graph_period_n=evolutionPeriodN or 30,
        period_param=periodParam,
    )
    _checked(context, changed)
    context.service(ScheduledReports).change(idReport, lambda _: changed)


@method("ScheduledReports.deleteReport", Access.NOT_ANONYMOUS)
def delete_report(context: Context, idReport: int) -> None:
    """Delete a report of the caller's (superusers: of anyone's)."""
    _own(context, idReport)
    context.service(ScheduledReports).change(idReport, lambda report: replace(report, deleted=True))


@method("ScheduledReports.getReports", Access.SOME_VIEW)
def get_reports(
    context: Context,
    idSite: int | None = None,
    period: str = "",
    idReport: int | None = None,
    ifSuperUserReturnOnlySuperUserReports: bool = False,
    idSegment: int | None = None,
) -> list[dict[str, Any]]:
    """The caller's reports on sites that they may see (superusers: everyone's), as the parameters narrow them."""
    if idSite is not None and not context.identity.may(Role.VIEW, idSite):
        raise NoAccess.to_site(Role.VIEW.id, [idSite])
    only_own = not context.identity.is_superuser or ifSuperUserReturnOnlySuperUserReports
    found = [
        _answer(report)
        for report in context.service(ScheduledReports).all()
        if context.identity.may(Role.VIEW, report.idsite)
        and (not only_own or report.login == context.identity.login)
        and idSite in (None, report.idsite)
        and period in ("", report.period)
        and idReport in (None, report.idreport)
        and idSegment in (None, report.idsegment)
    ]
    if idReport is not None and not found:
        raise ApiError(f"There is no report {idReport}.")
    return found


@method("ScheduledReports.generateReport", Access.VIEW)
def generate_report(
    context: Context,
    idReport: int,
    date: str,
    language: str = "",  # noqa: ARG001  there is one language
    outputType: int | None = None,  # noqa: ARG001  the answer is the document itself
    period: str = "",
    reportFormat: str = "",
    parameters: Any = None,  # noqa: ARG001  nothing of them changes the document
) -> Media:
    """The document of a report for a date: a page, or CSV. The answer is the document itself, in whatever format."""
    report = _own(context, idReport)
    chosen = reportFormat or report.format
    if chosen not in FORMATS:
        raise BadParameter(f"'{chosen}' is no format of reports: {', '.join(FORMATS)}.")
    span = period or report.period_param or ("day" if report.period == _NEVER else report.period)
    title = report.description or context.site(report.idsite).name
    words = context.service(Calls).pretty_date(report.idsite, span, date)
    segment = _segment(context, report)
    subtitle = f"{context.site(report.idsite).name}, {words}" + (f", {segment[0]}" if segment else "")
    chapters = [_chapter(context, report, one, span, date, segment[1] if segment else "") for one in report.reports]
    if chosen == "html":
        return Media(html(title, subtitle, chapters).encode(), "text/html; charset=utf-8")
    return Media(csv_text(title, subtitle, chapters).encode(), "text/csv; charset=utf-8")


def _chapter(
    context: Context, report: ScheduledReport, unique_id: str, period: str, date: str, segment: str
) -> Chapter:
    module, _, action = unique_id.partition("_")
    asked = {"idSite": report.idsite, "period": period, "date": date, "segment": segment, "filter_limit": _MOST_ROWS}
    answer = context.service(Calls).answer(
        {"method": "API.getProcessedReport", "apiModule": module, "apiAction": action, **asked}
    )
    if not isinstance(answer, dict) or answer.get("result") == "error":
        return Chapter(unique_id, (), ())
    return chapter_of(str(answer.get("metadata", {}).get("name", unique_id)), answer)


def _segment(context: Context, report: ScheduledReport) -> tuple[str, str] | None:
    """Name and expression of a report's segment."""
    if not report.idsegment:
        return None
    for one in context.service(Registry).segments():
        if one.idsegment == report.idsegment and not one.deleted:
            return one.name, one.definition
    raise ApiError(f"The segment {report.idsegment} of this report was deleted.")


def _own(context: Context, idreport: int) -> ScheduledReport:
    """A report that the caller may change. Raises: ApiError."""
    for report in context.service(ScheduledReports).all():
        is_mine = context.identity.is_superuser or report.login == context.identity.login
        if report.idreport == idreport and is_mine and context.identity.may(Role.VIEW, report.idsite):
            return report
    raise ApiError(f"There is no report {idreport}.")


def _checked(context: Context, report: ScheduledReport) -> ScheduledReport:
    """Raises: BadParameter for what makes no sense."""
    if report.type != EMAIL:
        raise BadParameter(f"'{report.type}' is no type of reports: {EMAIL}.")
    if report.format not in FORMATS:
        raise BadParameter(f"'{report.format}' is no format of reports: {', '.join(FORMATS)}.")
    if report.period not in PERIODS:
        raise BadParameter(f"'{report.period}' is no rhythm of reports: {', '.join(PERIODS)}.")
    if not 0 <= report.hour < _HOURS:
        raise BadParameter(f"'hour' has to lie between 0 and {_HOURS - 1}, which {report.hour} does not.")
    known = {one.method.replace(".", "_", 1) for one in context.service(Plugins).reports()}
    for unique_id in report.reports:
        if unique_id not in known:
            raise BadParameter(f"There is no report '{unique_id}'.")
    if not report.reports:
        raise BadParameter("At least one report has to be named in 'reports'.")
    _segment(context, report)
    return report


def _reports(sent: Any) -> tuple[str, ...]:
    texts = sent if isinstance(sent, list) else str(sent).split(",")
    return tuple(dict.fromkeys(str(text).strip() for text in texts if str(text).strip()))


def _parameters(sent: Any) -> dict[str, Any]:
    """Who gets the report: those of the parameters that are known."""
    given = sent if isinstance(sent, dict) else {}
    additional = given.get("additionalEmails") or []
    emails = additional if isinstance(additional, list) else str(additional).split(",")
    return {
        "emailMe": str(given.get("emailMe", "")).lower() in {"1", "true"},
        "additionalEmails": [str(email).strip() for email in emails if str(email).strip()],
    }


def _answer(report: ScheduledReport) -> dict[str, Any]:
    return {
        "idreport": report.idreport,
        "idsite": report.idsite,
        "login": report.login,
        "description": report.description,
        "idsegment": report.idsegment or None,
        "period": report.period,
        "hour": report.hour,
        "type": report.type,
        "format": report.format,
        "reports": list(report.reports),
        "parameters": dict(report.parameters),
        "ts_created": report.ts_created,
        "ts_last_sent": None,
        "deleted": 0,
        "evolution_graph_within_period": int(report.evolution_graph_within_period),
        "evolution_graph_period_n": report.evolution_graph_period_n,
        "period_param": report.period_param or None,
    }


METHODS = (add_report, update_report, delete_report, get_reports, generate_report)
