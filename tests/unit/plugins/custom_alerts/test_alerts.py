"""Setting alerts up, evaluating them once per period, and telling people why."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.support.api_calls import NOW, Caller
from tests.support.memory_stores import MemoryTable
from tidemark.model.access import Identity, Role
from tidemark.model.alert import Alerts
from tidemark.model.calls import Calls
from tidemark.model.deliveries import Deliveries
from tidemark.model.errors import ApiError, BadParameter, NoAccess
from tidemark.model.mail import Mailer, MailError
from tidemark.model.notices import Topic, Webhooks
from tidemark.model.table import DataTable, Row
from tidemark.plugins.custom_alerts.evaluating import evaluate_alert, get_values_for_alert_in_past
from tidemark.plugins.custom_alerts.managing import (
    add_alert,
    delete_alert,
    edit_alert,
    get_alert,
    get_alerts,
    get_triggered_alerts,
)
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.registry.alerts import StoredAlerts
from tidemark.registry.deliveries import RETRY_SECONDS, StoredDeliveries

ALERT = {
    "name": "Traffic",
    "idSites": [1],
    "period": "day",
    "metric": "nb_visits",
    "metricCondition": "less_than",
    "metricValue": 50,
    "reportUniqueId": "VisitsSummary_get",
    "emailMe": True,
}
YESTERDAY = "2027-01-14"
SECRET = "sixteen letters!"


class Reports:
    """Numbers and tables by (method, date, segment); everything else is empty."""

    client_ip = ""

    def __init__(self):
        self.tables = {}
        self.asked = []

    def put(self, method, date, rows, segment=""):
        rows = rows if isinstance(rows, dict) else {"": rows}
        columns = [{**({"label": label} if label else {}), "nb_visits": count} for label, count in rows.items()]
        self.tables[method, date, segment] = DataTable([Row(one) for one in columns])

    def knows(self, _method):
        return True

    def processed(self, method, params):
        self.asked.append((method, params))
        if params.get("filter_pattern"):
            table = self.tables.get((method, params["date"], params["segment"]), DataTable())
            return DataTable([row for row in table if params["filter_pattern"] in row.label])
        return self.tables.get((method, params["date"], params["segment"]), DataTable())


class Outbox:
    is_set_up = True

    def __init__(self):
        self.mails, self.published, self.posted, self.is_broken = [], [], [], False

    def send(self, mail):
        if self.is_broken:
            raise MailError("gone")
        self.mails.append(mail)

    def publish(self, subject, text):
        self.published.append((subject, text))

    def problem(self, url):
        return "" if url.startswith("https://") else "no https"

    def post(self, url, secret, body):
        self.posted.append((url, secret, json.loads(body)))


class Asker(Caller):
    """A caller who also knows the reports' metadata."""

    def call(self, method, **params):
        assert method == "API.getMetadata"
        known = params["apiModule"] in {"VisitsSummary", "Referrers"}
        return [{"metrics": {"nb_visits": "Visits"}, "processedMetrics": {"bounce_rate": "Bounce"}}] if known else []

    def as_user(self, login, **roles):
        return Asker(self.registry, Identity(login, roles=roles.get("roles", {})), now=self.now, services=self.services)


@pytest.fixture
def world():
    clock, reports, outbox = SimpleNamespace(now=NOW), Reports(), Outbox()
    call = Asker(
        services={
            Alerts: StoredAlerts(MemoryTable()),
            Deliveries: StoredDeliveries(MemoryTable(), lambda: "salt", lambda: clock.now),
            Mailer: outbox,
            Topic: outbox,
            Webhooks: outbox,
            Calls: reports,
        }
    )
    call.registry.create_superuser("admin", "0" * 32, email="a@example.org")
    for name in ("Shop", "Blog"):
        call(add_site, siteName=name)
    call.registry.change_site(1, lambda site: replace(site, ts_created=0))
    return SimpleNamespace(call=call, reports=reports, outbox=outbox, clock=clock)


def evaluated(world, idalert=1):
    return world.call(evaluate_alert, idAlert=idalert, idSite=1)


def test_an_alert_goes_off_once_per_period_and_says_why(world):
    world.call(add_alert, **ALERT)
    world.reports.put("VisitsSummary.get", YESTERDAY, 10)
    world.reports.put("Referrers.getReferrerType", YESTERDAY, {"Search": 2, "Direct": 8})
    world.reports.put("Referrers.getReferrerType", "2027-01-07", {"Search": 80, "Direct": 10})
    assert evaluated(world) == {"evaluated": True, "triggered": True}
    assert evaluated(world) == {"evaluated": False, "triggered": False}
    (mail,) = world.outbox.mails
    assert (mail.to, mail.subject) == ("a@example.org", "Traffic: Shop")
    assert "Search (Referrers_getReferrerType): 80 -> 2, 98 % of it" in mail.text
    assert "Direct" not in mail.text
    (told,) = world.call(get_triggered_alerts, idSites=[1])
    assert (told["name"], told["period"], told["value_new"], told["value_old"]) == ("Traffic", YESTERDAY, 10, 50)
    assert told["explanation"][0]["label"] == "Search"
    assert world.call(get_triggered_alerts, idSites=[2]) == []


def test_an_alert_that_does_not_go_off_tells_nobody(world):
    world.call(add_alert, **ALERT)
    world.reports.put("VisitsSummary.get", YESTERDAY, 50)
    assert evaluated(world) == {"evaluated": True, "triggered": False}
    assert world.outbox.mails == []
    assert world.call(get_triggered_alerts, idSites=[1]) == []


def test_an_anomaly_of_an_hour_against_the_same_hours_before(world):
    world.call(add_alert, **{**ALERT, "period": "hour", "metricCondition": "anomaly", "metricValue": 3.5})
    for day, visits in (("2026-12-31", 20), ("2026-12-24", 18), ("2026-12-17", 22), ("2026-12-10", 21)):
        world.reports.put("VisitsSummary.get", day, visits, "visitStartServerHour==6")
    for day, visits in (("2027-01-07", 19), ("2027-01-14", 90), ("2027-01-15", 90), ("2027-01-08", 20)):
        world.reports.put("VisitsSummary.get", day, visits, "visitStartServerHour==6")
    for day in ("2027-01-01", "2026-12-25", "2026-12-18", "2026-12-11", "2026-12-04", "2026-11-27"):
        world.reports.put("VisitsSummary.get", day, 20, "visitStartServerHour==6")
    world.reports.put("VisitsSummary.get", "2026-11-20", 21, "visitStartServerHour==6")
    assert evaluated(world)["triggered"] is True
    assert "hour 2027-01-15T06 (UTC)" in world.outbox.mails[0].text


def test_a_new_site_has_no_past_to_be_unusual_against(world):
    world.call(add_alert, **{**ALERT, "idSites": [2], "metricCondition": "anomaly", "metricValue": 3.5})
    world.reports.put("VisitsSummary.get", YESTERDAY, 10_000)
    assert world.call(evaluate_alert, idAlert=1, idSite=2) == {"evaluated": True, "triggered": False}


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ("", "", 17),
        ("matches_any", "", 17),
        ("matches_exactly", "search", 10),
        ("does_not_match_exactly", "Search", 7),
        ("contains", "ear", 15),
        ("does_not_contain", "ear", 2),
        ("starts_with", "se", 10),
        ("does_not_start_with", "se", 7),
        ("ends_with", "year", 5),
        ("does_not_end_with", "year", 12),
        ("matches_regex", "ear", 15),
        ("does_not_match_regex", "ear", 2),
    ],
)
def test_rows_that_an_alert_watches(world, condition, value, expected):
    rows = {"reportUniqueId": "Referrers_getReferrerType", "reportCondition": condition, "reportValue": value}
    world.call(add_alert, **{**ALERT, **rows})
    world.reports.put("Referrers.getReferrerType", YESTERDAY, {"Search": 10, "New year": 5, "Direct": 2})
    assert world.call(get_values_for_alert_in_past, idAlert=1, subPeriodN=0) == [
        {"idSite": 1, "date": YESTERDAY, "value": expected}
    ]


def test_an_alert_keeps_the_language_in_which_its_row_was_named(world):
    rows = {"reportUniqueId": "Referrers_getReferrerType", "reportCondition": "contains", "reportValue": "Direkt"}

    def asked():
        world.call(get_values_for_alert_in_past, idAlert=1, subPeriodN=0)
        return world.reports.asked[-1][1]["language"]

    world.call.language = "de"
    world.call(add_alert, **{**ALERT, **rows})
    first = asked()
    world.call.language = "fr"
    world.call(edit_alert, idAlert=1, **{**ALERT, **rows, "metricValue": 60})
    second = asked()
    world.call(edit_alert, idAlert=1, **{**ALERT, **rows, "reportValue": "directe"})
    assert [first, second, asked()] == ["de", "de", "fr"]


def test_an_alert_by_all_ways_when_one_of_them_fails(world):
    ways = {
        "additionalEmails": ["b@example.org"],
        "toTopic": True,
        "webhook": "https://h.example",
        "webhookSecret": SECRET,
    }
    world.call(add_alert, **{**ALERT, **ways})
    world.reports.put("VisitsSummary.get", YESTERDAY, 10)
    world.outbox.is_broken = True
    with pytest.raises(ApiError, match="gone"):
        evaluated(world)
    assert (len(world.outbox.published), len(world.outbox.posted)) == (1, 1)
    url, secret, document = world.outbox.posted[0]
    assert (url, secret) == ("https://h.example", SECRET)
    assert (document["format"], document["value"], document["site"]) == (1, 10, {"id": 1, "name": "Shop"})
    world.outbox.is_broken = False
    world.clock.now += RETRY_SECONDS + 1
    assert evaluated(world)["triggered"] is True
    assert [mail.to for mail in world.outbox.mails] == ["a@example.org", "b@example.org"]
    assert (len(world.outbox.published), len(world.outbox.posted)) == (1, 1)


def test_alerts_are_seen_and_changed_by_their_owner_and_superusers(world):
    anna, ben = (world.call.as_user(login, roles={1: Role.VIEW}) for login in ("anna", "ben"))
    number = anna(add_alert, **ALERT)
    assert [one["idalert"] for one in anna(get_alerts, idSites=[1, 2])] == [number]
    assert ben(get_alerts, idSites=[1]) == world.call(get_alerts, idSites=[1]) == []
    assert len(world.call(get_alerts, idSites=[1], ifSuperUserReturnAllAlerts=True)) == 1
    for function, more in ((get_alert, {}), (delete_alert, {}), (edit_alert, ALERT), (evaluate_alert, {"idSite": 1})):
        with pytest.raises(ApiError):
            ben(function, idAlert=number, **more)
    anna(edit_alert, idAlert=number, **{**ALERT, "name": "Less", "metricValue": 7})
    assert (anna(get_alert, idAlert=number)["name"], anna(get_alert, idAlert=number)["metric_matched"]) == ("Less", 7)
    with pytest.raises(NoAccess):
        world.call.as_user("anna")(get_alert, idAlert=number)
    anna(delete_alert, idAlert=number)
    with pytest.raises(ApiError):
        anna(get_alert, idAlert=number)
    assert anna(add_alert, **ALERT) == number + 1


def test_a_webhooks_secret_is_kept_and_never_told(world):
    world.call(add_alert, **{**ALERT, "webhook": "https://h.example", "webhookSecret": SECRET})
    world.call(edit_alert, idAlert=1, **{**ALERT, "webhook": "https://h2.example"})
    world.reports.put("VisitsSummary.get", YESTERDAY, 10)
    evaluated(world)
    assert world.outbox.posted[0][:2] == ("https://h2.example", SECRET)
    assert SECRET not in repr(world.call(get_alert, idAlert=1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"period": "year"},
        {"metric": "no_such"},
        {"metricCondition": "is_odd"},
        {"metricValue": float("nan")},
        {"metricValue": float("inf")},
        {"reportUniqueId": "No_such"},
        {"reportCondition": "rhymes_with"},
        {"comparedTo": 0},
        {"comparedTo": 1000},
        {"idSites": []},
        {"idSites": [9]},
        {"additionalEmails": ["nobody"]},
        {"phoneNumbers": ["+1"]},
        {"emailMe": False},
        {"webhook": "http://h.example", "webhookSecret": SECRET},
        {"webhook": "https://h.example", "webhookSecret": "short"},
    ],
)
def test_an_alert_that_makes_no_sense_is_refused(world, wrong):
    with pytest.raises(ApiError):
        world.call(add_alert, **{**ALERT, **wrong})
    assert world.call.services[Alerts].all() == []


def test_only_superusers_use_the_deployments_topic(world):
    with pytest.raises(NoAccess):
        world.call.as_user("anna", roles={1: Role.VIEW})(add_alert, **{**ALERT, "toTopic": True})
    with pytest.raises(NoAccess):
        world.call.as_user("anonymous", roles={1: Role.VIEW})(add_alert, **ALERT)


def test_what_was_watched_in_the_past_has_bounds(world):
    world.call(add_alert, **ALERT)
    with pytest.raises(ApiError):
        world.call(get_values_for_alert_in_past, idAlert=1, subPeriodN=61)
    with pytest.raises(BadParameter):
        world.call(edit_alert, idAlert=1, **{**ALERT, "comparedTo": -1})
    with pytest.raises(ApiError, match="does not watch"):
        world.call(evaluate_alert, idAlert=1, idSite=2)
