"""The report function behind addresses that name methods: events in, Chalice's answers out."""

import json

import pytest

from tests.support.function_answers import body_of
from tests.unit.functions.conftest import NOON, TOKEN
from tidemark.local.functions import Functions
from tidemark.local.http_events import rest_event
from tidemark.local.message import Request
from tidemark.local.template import find_template, read_wiring

REPORT = "/api/v1/sites/{id_site}/reports/{plugin}/{method}"
METHOD = "/api/v1/methods/{plugin}/{method}"


@pytest.fixture
def ask(instance):
    call = Functions(read_wiring(find_template()).functions).call

    def asked(route, path, query="", verb="GET", **headers):
        sent = {"Host": "stats.example", "Authorization": f"Bearer {TOKEN}", **headers}
        request = Request(verb, path, query, tuple(sent.items()), b"", "203.0.113.7")
        values = {
            name[1:-1]: part
            for name, part in zip(route.split("/"), path.split("/"), strict=True)
            if name.startswith("{")
        }
        answer = call("ReportFunction", rest_event(request, route, "live", NOON, values))
        names = {name.lower(): value for name, value in answer["headers"].items()}
        return answer["statusCode"], names, body_of(answer)

    return asked


def test_report_when_its_address_is_asked(ask):
    path, query = "/api/v1/sites/1/reports/VisitsSummary/getVisits", "period=day&date=yesterday"
    status, headers, body = ask(REPORT, path, query)
    assert (status, json.loads(body)) == (200, {"value": 0})
    status, _, body = ask(REPORT, path, query, **{"If-None-Match": headers["etag"]})
    assert (status, body) == (304, b"")


def test_report_when_it_is_a_picture(ask):
    query = "idSite=1&period=day&date=last3&apiModule=VisitsSummary&apiAction=get"
    status, headers, body = ask(METHOD, "/api/v1/methods/ImageGraph/get", query)
    assert (status, headers["content-type"], body[:4]) == (200, "image/png", b"\x89PNG")


def test_report_when_a_change_is_asked_for_by_get(ask):
    assert ask(METHOD, "/api/v1/methods/SitesManager/addSite", "siteName=x")[0] == 405


def test_report_when_a_browser_asks_whether_a_page_elsewhere_may_call(ask):
    for route in (REPORT, METHOD, "/index.php", "/"):
        path = route.replace("{id_site}", "1").replace("{plugin}", "API").replace("{method}", "get")
        status, headers, body = ask(route, path, verb="OPTIONS", Origin="https://elsewhere.example")
        assert (status, body, headers.get("access-control-allow-origin")) == (204, b"", None)


def test_report_when_the_reports_fail(ask, instance, monkeypatch):
    def fail(*_):
        raise RuntimeError("secret")

    monkeypatch.setattr(type(instance.reporter()), "answer", fail)
    status, _, body = ask(METHOD, "/api/v1/methods/API/getSettings")
    assert (status, json.loads(body)["result"]) == (500, "error")
    assert b"secret" not in body


def test_report_when_the_description_is_asked_for(ask):
    status, headers, body = ask("/openapi.json", "/openapi.json")
    assert (status, headers["content-type"]) == (200, "application/json; charset=utf-8")
    assert json.loads(body)["openapi"] == "3.1.0"
