"""Sending reports: once per period, to everybody, whatever breaks in between; by a real SMTP server and by SES."""

from __future__ import annotations

import email
import email.policy
import os
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller

from tests.support.api_calls import NOW, Caller
from tests.support.memory_stores import MemoryTable
from tidemark.mail.nowhere import NoMailer
from tidemark.mail.smtp import SmtpMailer
from tidemark.model.calls import Calls
from tidemark.model.deliveries import Deliveries
from tidemark.model.errors import ApiError
from tidemark.model.mail import Attachment, Mail, Mailer, MailError
from tidemark.model.media import Media
from tidemark.model.scheduled_report import ScheduledReports
from tidemark.plugin import Plugins, load_plugins
from tidemark.plugins.image_graph.chart import Chart, Kind, Look, Series
from tidemark.plugins.image_graph.drawing import draw
from tidemark.plugins.scheduled_reports import methods
from tidemark.plugins.scheduled_reports.documents import generate_report
from tidemark.plugins.scheduled_reports.sending import send_report
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.registry.deliveries import LEASE_SECONDS, MAX_TRIES, RETRY_SECONDS, StoredDeliveries
from tidemark.registry.scheduled_reports import StoredReports

REPORT = {
    "idSite": 1,
    "description": "Weekly <news>",
    "period": "week",
    "hour": 7,
    "reportType": "email",
    "reportFormat": "html",
    "reports": ["VisitsSummary_get"],
    "parameters": {"emailMe": "1", "additionalEmails": "b@example.org"},
}
LOOK = Look(300, 100, 9, 9, ("#3366cc",), "#222222", "#ffffff", "#cccccc", has_legend=False)
PICTURE = draw(Chart(Kind.EVOLUTION, ("a", "b"), (Series("x", (1.0, 2.0)),)), LOOK)


class FakeCalls:
    """Reports with two numbers, and a graph of them; knows which dates were drawn."""

    client_ip = ""

    def __init__(self):
        self.drawn = []

    def pretty_date(self, id_site, period, date):
        return f"{period} of {date}"

    def answer(self, params):
        return {
            "metadata": {"name": "Visits & more"},
            "columns": {"nb_visits": "Visits", "label": "Żółć"},
            "reportData": {"nb_visits": 7, "label": "=1+1"},
        }

    def processed(self, method, params):
        assert method == "ImageGraph.get"
        self.drawn.append(params["date"])
        return Media(PICTURE)


class Outbox:
    is_set_up = True

    def __init__(self):
        self.mails = []
        self.breaks_at = None

    def send(self, mail):
        if self.breaks_at == len(self.mails):
            raise MailError("the server is gone")
        self.mails.append(mail)


@pytest.fixture
def world():
    clock = SimpleNamespace(now=NOW)
    outbox, calls = Outbox(), FakeCalls()
    call = Caller(
        services={
            ScheduledReports: StoredReports(MemoryTable()),
            Plugins: load_plugins(("visits_summary",)),
            Deliveries: StoredDeliveries(MemoryTable(), lambda: "salt", lambda: clock.now),
            Mailer: outbox,
            Calls: calls,
        }
    )
    call.registry.create_superuser("admin", "0" * 32, email="a@example.org")
    call(add_site, siteName="Shop")
    call(methods.add_report, **REPORT)
    return SimpleNamespace(call=call, outbox=outbox, calls=calls, clock=clock)


def receivers(world):
    return [mail.to for mail in world.outbox.mails]


def test_a_report_goes_to_everybody_once_per_period(world):
    for _ in range(3):
        world.call(send_report, idReport=1)
    assert receivers(world) == ["a@example.org", "b@example.org"]
    assert "week of 2027-01-04" in world.outbox.mails[0].subject
    world.call(send_report, idReport=1, date="2027-01-01")
    assert len(world.outbox.mails) == 4
    world.call(send_report, idReport=1, force=True)
    assert len(world.outbox.mails) == 6
    assert world.call(methods.get_reports)[0]["ts_last_sent"] == "2027-01-15 08:00:00"


def test_a_report_when_the_server_breaks_in_between_goes_on_where_it_stopped(world):
    world.outbox.breaks_at = 1
    with pytest.raises(ApiError, match="could not be sent"):
        world.call(send_report, idReport=1)
    world.outbox.breaks_at = None
    world.call(send_report, idReport=1)
    assert receivers(world) == ["a@example.org"], "not before some minutes are over"
    world.clock.now += RETRY_SECONDS + 1
    world.call(send_report, idReport=1)
    assert receivers(world) == ["a@example.org", "b@example.org"]


def test_a_report_when_the_process_dies_is_sent_under_the_same_key(world):
    deliveries = world.call.services[Deliveries]
    assert deliveries.claim("report#1", "week 2027-01-04") is not None
    world.call(send_report, idReport=1)
    assert world.outbox.mails == [], "another process may be at it"
    world.clock.now += LEASE_SECONDS + 1
    world.call(send_report, idReport=1)
    world.call(send_report, idReport=1, force=True)
    assert world.outbox.mails[0].key == world.outbox.mails[2].key


def test_a_report_when_it_fails_again_and_again_is_given_up(world):
    world.outbox.breaks_at = 0
    for _ in range(MAX_TRIES):
        with pytest.raises(ApiError):
            world.call(send_report, idReport=1)
        world.clock.now += RETRY_SECONDS + 1
    world.outbox.breaks_at = None
    world.call(send_report, idReport=1)
    assert world.outbox.mails == []


def test_a_report_when_nobody_is_to_get_it_or_nothing_can_be_sent(world):
    world.call(methods.update_report, idReport=1, **{**REPORT, "parameters": {}})
    with pytest.raises(ApiError, match="Nobody"):
        world.call(send_report, idReport=1)
    world.call(methods.update_report, idReport=1, **REPORT)
    world.call.services[Mailer] = NoMailer()
    with pytest.raises(ApiError, match="sends no mails"):
        world.call(send_report, idReport=1)
    with pytest.raises(ApiError, match="no report 9"):
        world.call(send_report, idReport=9)


@pytest.mark.parametrize(
    ("chosen", "begin", "kind"),
    [
        ("html", b"<!doctype html>", "text/html; charset=utf-8"),
        ("pdf", b"%PDF-", "application/pdf"),
        ("csv", b"Weekly <news>\n", "text/csv; charset=utf-8"),
        ("tsv", b"Weekly <news>\n", "text/tab-separated-values; charset=utf-8"),
    ],
)
def test_a_document_in_each_format(world, chosen, begin, kind):
    made = [world.call(generate_report, idReport=1, date="2027-01-04", reportFormat=chosen) for _ in range(2)]
    assert made[0].body.startswith(begin)
    assert made[0].content_type == kind
    assert made[0].body == made[1].body
    has_graph = world.calls.drawn == ["2026-06-15,2027-01-04"] * 2
    assert has_graph is (chosen in {"html", "pdf"})
    if chosen == "tsv":
        assert b"Visits\t" in made[0].body
        assert b"\t'=1+1" in made[0].body


@pytest.mark.parametrize(("display", "has_graph", "has_table"), [(1, True, True), (2, True, False), (4, False, True)])
def test_what_a_document_shows(world, display, has_graph, has_table):
    parameters = {**REPORT["parameters"], "displayFormat": display}
    world.call(methods.update_report, idReport=1, **{**REPORT, "parameters": parameters})
    page = world.call(generate_report, idReport=1, date="2027-01-04").body.decode()
    assert ("<img" in page, "<table" in page) == (has_graph, has_table)


@pytest.mark.parametrize("wrong", [{"displayFormat": 9}, {"additionalEmails": "no address"}])
def test_parameters_that_make_no_sense_are_refused(world, wrong):
    with pytest.raises(ApiError):
        world.call(methods.add_report, **{**REPORT, "parameters": wrong})


class Received:
    """What an SMTP server got."""

    def __init__(self):
        self.messages = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - the server's name
        if address.startswith("refused"):
            return "550 there is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the server's name
        self.messages.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.SMTP)))
        return "250 OK"


class OnAnyPort(Controller):
    """A server on a port that the system chooses."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def smtp():
    received = Received()
    controller = OnAnyPort(received, hostname="127.0.0.1", port=0)
    controller.start()
    yield SimpleNamespace(url=f"smtp://127.0.0.1:{controller.port}", received=received)
    controller.stop()


def test_a_report_by_a_real_mail_server(world, smtp):
    world.call.services[Mailer] = SmtpMailer(smtp.url, "reports@stats.example")
    world.call(send_report, idReport=1)
    (to_anna, first), (to_ben, _) = smtp.received.messages
    assert (to_anna, to_ben) == (["a@example.org"], ["b@example.org"])
    assert first["From"] == "reports@stats.example"
    page = first.get_body(("html",))
    assert "Żółć" in page.get_content()
    assert "cid:graph0@tidemark" in page.get_content()
    (picture,) = [part for part in first.walk() if part.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content()) == ("<graph0@tidemark>", PICTURE)
    assert "Weekly" in first.get_body(("plain",)).get_content()
    world.call(methods.update_report, idReport=1, **{**REPORT, "reportFormat": "pdf"})
    world.call(send_report, idReport=1, force=True)
    (attached,) = smtp.received.messages[2][1].iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", "report-1-2027-01-04.pdf")
    assert attached.get_content().startswith(b"%PDF-")


def test_a_mail_server_that_refuses_or_is_not_there(smtp):
    mailer = SmtpMailer(smtp.url, "")
    with pytest.raises(MailError):
        mailer.send(Mail("refused@example.org", "x", "x"))
    with pytest.raises(MailError):
        mailer.send(Mail("a@example.org\r\nBcc: c@example.org", "x", "x"))
    with pytest.raises(MailError):
        mailer.send(Mail("a@example.org", "x\r\nBcc: c@example.org", "x"))
    assert smtp.received.messages == []
    with pytest.raises(MailError):
        SmtpMailer("smtp://127.0.0.1:1", "").send(Mail("a@example.org", "x", "x"))
    with pytest.raises(ValueError, match="TIDEMARK_SMTP_URL"):
        SmtpMailer("http://example.org", "")


def test_a_mail_by_ses(monkeypatch):
    from moto import mock_aws

    from tidemark.stores.aws.mail import SesMailer

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert "AWS_PROFILE" not in os.environ
    with mock_aws():
        import boto3
        from moto.core import DEFAULT_ACCOUNT_ID
        from moto.ses.models import ses_backends

        mailer = SesMailer("reports@stats.example")
        mail = Mail("a@example.org", "Zahlen", "x", "<p>x", (Attachment("r.csv", b"1", "text/csv; charset=utf-8"),))
        with pytest.raises(MailError):
            mailer.send(mail)
        boto3.client("sesv2").create_email_identity(EmailIdentity="reports@stats.example")
        mailer.send(mail)
        (sent,) = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sent_messages
        assert set(sent.destinations) == {"a@example.org"}
        assert 'filename="r.csv"' in str(sent.raw_data)
