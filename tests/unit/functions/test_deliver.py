"""The scheduled function that sends reports and alerts, with everything behind it but the mail server."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.unit.functions.conftest import NOON
from tidemark.local.functions import Functions
from tidemark.local.queue_events import schedule_event
from tidemark.local.template import find_template, read_wiring
from tidemark.model.access import Identity
from tidemark.model.mail import Mailer

ADMIN = Identity("admin", is_superuser=True)
REPORTS = ["VisitsSummary_get", "Actions_getPageUrls", "UserCountry_getCountry"]


@pytest.fixture
def deliver(instance, monkeypatch):
    mails = []
    mailer = SimpleNamespace(is_set_up=True, send=mails.append)
    monkeypatch.setattr(type(instance), "mailer", lambda _: mailer)
    assert instance.reporter().services[Mailer] is mailer
    call = Functions(read_wiring(find_template()).functions).call

    def delivered():
        done = call("DeliverFunction", schedule_event("DeliverFunctionEveryFiveMinutes", NOON))
        sent = [(mail.to, mail.attachments[0].body[:5] if mail.attachments else b"") for mail in mails]
        mails.clear()
        return done, sent

    return delivered


def test_reports_and_alerts_are_sent_once(instance, deliver):
    api, clock = instance.reporter(), instance._clock
    clock.set(NOON - 86_400)
    for chosen in ("pdf", "csv"):
        given = {
            "idSite": 1,
            "description": chosen,
            "period": "day",
            "hour": 7,
            "reportType": "email",
            "reportFormat": chosen,
            "reports": REPORTS,
            "parameters": {"additionalEmails": "a@example.org", "displayFormat": 3},
        }
        api.call("ScheduledReports.addReport", given, ADMIN)
    api.call(
        "CustomAlerts.addAlert",
        {
            "name": "Nobody came",
            "idSites": "1",
            "period": "day",
            "metric": "nb_visits",
            "metricCondition": "less_than",
            "metricValue": "1",
            "reportUniqueId": "VisitsSummary_get",
            "additionalEmails": "b@example.org",
        },
        ADMIN,
    )
    clock.set(NOON)
    done, sent = deliver()
    assert done == {"reports_due": 2, "reports_failed": 0, "alerts_evaluated": 1, "alerts_failed": 0}
    assert sent == [("a@example.org", b"%PDF-"), ("a@example.org", b'csv\n"'), ("b@example.org", b"")]
    done, sent = deliver()
    assert (sum(done.values()), sent) == (0, [])
    clock.set(NOON + 86_400)
    assert len(deliver()[1]) == 3
