"""Sending a report by e-mail, once for each period."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tidemark.model.deliveries import Claim, Deliveries
from tidemark.model.due import RHYTHMS, before
from tidemark.model.errors import ApiError
from tidemark.model.mail import Attachment, Mail, Mailer, MailError
from tidemark.model.period import local_date
from tidemark.model.registry import Registry
from tidemark.model.scheduled_report import ScheduledReport, delivery_due, delivery_name
from tidemark.model.time_zone import time_zone
from tidemark.plugin import Access, Context, method
from tidemark.plugins.scheduled_reports.documents import Asked, asked_of, document_of, media_of, own_report
from tidemark.plugins.scheduled_reports.rendering import Document, html

_EXTENSIONS: Final = {"pdf": "pdf", "csv": "csv", "tsv": "tsv"}


@method("ScheduledReports.sendReport", Access.NOT_ANONYMOUS)
def send_report(context: Context, idReport: int, period: str = "", date: str = "", force: bool = False) -> None:
    """Mail a report of the caller's (superusers: of anyone's) to those who are to get it.

    What was sent of the same period already is not sent again, unless it is forced.
    """
    report = own_report(context, idReport)
    asked = asked_of(report, period, date or _date_before(context, report))
    receivers = _receivers(context, report)
    if not receivers:
        raise ApiError(f"Nobody is to get the report {idReport}: it names no address.")
    if not context.service(Mailer).is_set_up:
        raise ApiError("This deployment sends no mails: it names no sender (see docs/administration.md).")
    deliveries = context.service(Deliveries)
    claim = deliveries.claim(
        delivery_name(report.idreport), _forced(context, asked) if force else delivery_due(asked.period, asked.date)
    )
    if claim is not None:
        _send(context, report, asked, receivers, claim)


def _forced(context: Context, asked: Asked) -> str:
    return f"{asked.period} {asked.date} forced {int(context.now * 1000)}"


def _send(context: Context, report: ScheduledReport, asked: Asked, receivers: list[str], claim: Claim) -> None:
    """Raises: ApiError if not everybody was reached; what made it fail is tried again by the schedule."""
    deliveries, mailer = context.service(Deliveries), context.service(Mailer)
    try:
        document = document_of(context, report, asked)
        for receiver in receivers:
            if not deliveries.has_got(claim, receiver):
                mailer.send(_mail(document, report, asked, receiver))
                deliveries.note(claim, receiver)
    except (ApiError, MailError) as error:
        deliveries.fail(claim, str(error))
        raise ApiError(f"The report {report.idreport} could not be sent: {error}") from error
    deliveries.finish(claim)


def _mail(document: Document, report: ScheduledReport, asked: Asked, receiver: str) -> Mail:
    subject = f"{document.title}: {document.subtitle}".replace("\r", " ").replace("\n", " ")
    key = f"report-{report.idreport}-{asked.period}-{asked.date}-{asked.format}"
    text = (
        f"{document.title}\n{document.subtitle}\n\n"
        f"{', '.join(chapter.name for chapter in document.chapters)}\n\n"
        f"{report.login} has asked Tidemark to send you this report. Tell them if you do not want it any more.\n"
    )
    if asked.format == "html":
        pictures: list[Attachment] = []

        def attached(name: str, picture: bytes, content_type: str) -> str:
            file_name = f"{name}.{content_type.removeprefix('image/')}"
            pictures.append(Attachment(file_name, picture, content_type, f"{name}@tidemark"))
            return f"cid:{name}@tidemark"

        page = html(document, attached)
        return Mail(receiver, subject, text, page, tuple(pictures), key)
    media = media_of(document, asked.format)
    name = f"report-{report.idreport}-{asked.date}.{_EXTENSIONS[asked.format]}"
    return Mail(receiver, subject, text, attachments=(Attachment(name, media.body, media.content_type),), key=key)


def _receivers(context: Context, report: ScheduledReport) -> list[str]:
    """Addresses, each once: the owner's if they want it, and the further ones."""
    owner = context.service(Registry).user(report.login)
    own = [owner.email] if owner is not None and owner.email and report.parameters.get("emailMe") else []
    further = [str(address) for address in report.parameters.get("additionalEmails", ())]
    return list({address.lower(): address for address in (*own, *further)}.values())


def _date_before(context: Context, report: ScheduledReport) -> str:
    """A day in the last period that is over in the site's time zone."""
    today = local_date(context.now, time_zone(context.site(report.idsite).timezone))
    rhythm = report.period if report.period in RHYTHMS else "day"
    begin = {"week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}.get(rhythm, today)
    return str(before(rhythm, begin))


METHODS = (send_report,)
