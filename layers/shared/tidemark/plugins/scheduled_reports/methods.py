"""The API methods of scheduled reports. Source: Matomo 5.2, ScheduledReports API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from tidemark.model.access import Role
from tidemark.model.deliveries import Deliveries
from tidemark.model.errors import ApiError, BadParameter, NoAccess
from tidemark.model.scheduled_report import (
    DISPLAYS,
    EMAIL,
    FORMATS,
    PERIODS,
    ScheduledReport,
    ScheduledReports,
    delivery_name,
)
from tidemark.plugin import Access, Context, Plugins, method, with_parameters_of
from tidemark.plugins.scheduled_reports.documents import own_report, segment_of

_HOURS: Final = 24
_LONGEST: Final = 250
_MOST_ADDRESSES: Final = 100
_MOST_PERIODS: Final = 366
_EMAIL: Final = re.compile(r"[^@\s<>\"(),:;\[\]]+@[^@\s<>\"(),:;\[\]]+\.[^@\s<>\"(),:;\[\].]{2,}")


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
    given = locals()
    if context.identity.is_anonymous:
        raise NoAccess.anonymous()
    blank = ScheduledReport(0, idSite, context.identity.login, "", "", 0, "", (), ts_created=int(context.now))
    return context.service(ScheduledReports).add(_described(context, blank, given)).idreport


@method("ScheduledReports.updateReport", Access.VIEW, raw_strings=True)
@with_parameters_of(add_report)
def update_report(context: Context, idReport: int, **given: Any) -> None:
    """Change a report of the caller's (superusers: of anyone's)."""
    changed = _described(context, own_report(context, idReport), given)
    context.service(ScheduledReports).change(idReport, lambda _: changed)


@method("ScheduledReports.deleteReport", Access.NOT_ANONYMOUS)
def delete_report(context: Context, idReport: int) -> None:
    """Delete a report of the caller's (superusers: of anyone's)."""
    own_report(context, idReport)
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
        _answer(context, report)
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


def _described(context: Context, report: ScheduledReport, given: Mapping[str, Any]) -> ScheduledReport:
    """The report with what the arguments of a call say of it. Raises: ApiError."""
    changed = replace(
        report,
        idsite=context.site(given["idSite"]).idsite,
        description=given["description"][:_LONGEST],
        period=given["period"],
        hour=given["hour"],
        type=given["reportType"],
        format=given["reportFormat"],
        reports=_reports(given["reports"]),
        parameters=_parameters(given["parameters"]),
        idsegment=given["idSegment"] or 0,
        evolution_graph_within_period=given["evolutionPeriodFor"] == "each",
        evolution_graph_period_n=given["evolutionPeriodN"] or 30,
        period_param=given["periodParam"],
    )
    return _checked(context, changed)


def _checked(context: Context, report: ScheduledReport) -> ScheduledReport:
    """Raises: BadParameter for what makes no sense."""
    if report.type != EMAIL:
        raise BadParameter(f"'{report.type}' is no type of reports: {EMAIL}.")
    if report.format not in FORMATS:
        raise BadParameter(f"'{report.format}' is no format of reports: {', '.join(FORMATS)}.")
    if report.period not in PERIODS:
        raise BadParameter(f"'{report.period}' is no rhythm of reports: {', '.join(PERIODS)}.")
    if not 1 <= report.evolution_graph_period_n <= _MOST_PERIODS:
        raise BadParameter(f"'evolutionPeriodN' has to lie between 1 and {_MOST_PERIODS}.")
    if not 0 <= report.hour < _HOURS:
        raise BadParameter(f"'hour' has to lie between 0 and {_HOURS - 1}, which {report.hour} does not.")
    known = {one.method.replace(".", "_", 1) for one in context.service(Plugins).reports()}
    for unique_id in report.reports:
        if unique_id not in known:
            raise BadParameter(f"There is no report '{unique_id}'.")
    if not report.reports:
        raise BadParameter("At least one report has to be named in 'reports'.")
    segment_of(context, report)
    return report


def _reports(sent: Any) -> tuple[str, ...]:
    texts = sent if isinstance(sent, list) else str(sent).split(",")
    return tuple(dict.fromkeys(str(text).strip() for text in texts if str(text).strip()))


def _parameters(sent: Any) -> dict[str, Any]:
    """Who gets the report, and with which graphs: those of the parameters that are known. Raises: BadParameter."""
    given = sent if isinstance(sent, dict) else {}
    additional = given.get("additionalEmails") or []
    emails = additional if isinstance(additional, list) else str(additional).split(",")
    addresses = list(dict.fromkeys(str(email).strip() for email in emails if str(email).strip()))
    for address in addresses:
        if not _EMAIL.fullmatch(address):
            raise BadParameter(f"'{address}' is not a valid e-mail address.")
    if len(addresses) > _MOST_ADDRESSES:
        raise BadParameter(f"A report goes to at most {_MOST_ADDRESSES} addresses.")
    display = str(given.get("displayFormat") or DISPLAYS[0])
    if display not in DISPLAYS:
        raise BadParameter(f"'displayFormat' has to be one of {', '.join(DISPLAYS)}, not '{display}'.")
    return {
        "emailMe": _is_set(given.get("emailMe")),
        "additionalEmails": addresses,
        "displayFormat": int(display),
        "evolutionGraph": _is_set(given.get("evolutionGraph")),
    }


def _is_set(value: Any) -> bool:
    return str(value).lower() in {"1", "true"}


def _moment(at: int | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S") if at is not None else None


def _answer(context: Context, report: ScheduledReport) -> dict[str, Any]:
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
        "ts_last_sent": _moment(context.service(Deliveries).last_sent(delivery_name(report.idreport))),
        "deleted": 0,
        "evolution_graph_within_period": int(report.evolution_graph_within_period),
        "evolution_graph_period_n": report.evolution_graph_period_n,
        "period_param": report.period_param or None,
    }


METHODS = (add_report, update_report, delete_report, get_reports)
