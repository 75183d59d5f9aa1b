"""The report function's addresses for signing in, and API calls by session and by limited tokens: events in, answers out."""

import json
from urllib.parse import urlencode

import pytest

from tests.support.function_answers import body_of
from tests.unit.functions.conftest import NOON, TOKEN
from tidemark.local.functions import Functions
from tidemark.local.http_events import rest_event
from tidemark.local.message import Request
from tidemark.local.template import find_template, read_wiring

HOST = "stats.example"
JSON = "application/json"


@pytest.fixture
def ask(instance):
    call = Functions(read_wiring(find_template()).functions).call
    instance.registry().set_password("admin", "correct horse")

    def asked(path, body=b"", *, verb="POST", query="", kind=JSON, **headers):
        sent = {
            "Host": HOST,
            "Content-Type": kind,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        request = Request(verb, path, query, tuple(sent.items()), body, "203.0.113.7")
        route, values = path, {}
        if path.startswith("/auth/"):
            route, values = "/auth/{action}", {"action": path.rpartition("/")[2]}
        answer = call("ReportFunction", rest_event(request, route, "live", NOON, values))
        names = {name.lower(): value for name, value in answer["headers"].items()}
        return answer["statusCode"], names, body_of(answer)

    return asked


def api(ask, method, *, verb="POST", token="", **headers):
    params = {"module": "API", "method": method, "format": "json", **({"token_auth": token} if token else {})}
    if method == "SitesManager.addSite":
        params["siteName"] = "New"
    if method == "API.getBulkRequest":
        params["urls[0]"] = urlencode({"method": "SitesManager.addSite", "siteName": "New"})
    form = urlencode(params)
    kind = "application/x-www-form-urlencoded"
    if verb == "GET":
        return ask("/index.php", verb="GET", query=form, kind=kind, **headers)
    return ask("/index.php", form.encode(), kind=kind, **headers)


def signed_in(ask):
    body = json.dumps({"login": "admin", "password": "correct horse"}).encode()
    status, headers, answer = ask("/auth/login", body)
    assert status == 200, answer
    return json.loads(answer), headers["set-cookie"].partition(";")[0]


def test_session_when_the_api_is_called_by_it(ask, instance):
    session, cookie = signed_in(ask)
    assert session["role"] == "superuser"
    assert json.loads(ask("/auth/session", verb="GET", Cookie=cookie)[2]) == session
    status, _, body = api(ask, "UsersManager.getUsersLogin", verb="GET", Cookie=cookie)
    assert (status, "admin" in json.loads(body)) == (200, True)
    before = len(instance.registry().sites())
    status, _, body = api(ask, "SitesManager.addSite", Cookie=cookie)
    assert (status, "X-CSRF-Token" in json.loads(body)["message"]) == (401, True)
    inner = json.loads(api(ask, "API.getBulkRequest", Cookie=cookie)[2])[0]
    assert inner["result"] == "error"
    assert len(instance.registry().sites()) == before
    assert api(ask, "SitesManager.addSite", Cookie=cookie, X_CSRF_Token=session["csrf"])[0] == 200
    assert len(instance.registry().sites()) == before + 1


def test_session_when_another_origins_page_calls_by_it(ask):
    _, cookie = signed_in(ask)
    status, _, body = api(ask, "UsersManager.getUsersLogin", Cookie=cookie, Sec_Fetch_Site="cross-site")
    assert (status, json.loads(body)["result"]) == (401, "error")


def test_session_when_a_token_comes_too(ask):
    _, cookie = signed_in(ask)
    status, _, _ = api(ask, "UsersManager.getUsersLogin", token="f" * 32, Cookie=cookie)
    assert status == 401


def test_token_when_it_may_not_stand_in_an_address(ask, instance):
    token = "5" * 32
    instance.registry().add_token("admin", token, "secure", post_only=True)
    assert api(ask, "UsersManager.getUsersLogin", token=token)[0] == 200
    assert api(ask, "UsersManager.getUsersLogin", token=token, verb="GET")[0] == 401
    assert api(ask, "UsersManager.getUsersLogin", token=TOKEN, verb="GET")[0] == 200


def test_token_when_it_only_reads(ask, instance):
    token = "6" * 32
    instance.registry().add_token("admin", token, "reader", read_only=True)
    assert api(ask, "UsersManager.getUsersLogin", token=token)[0] == 200
    status, _, body = api(ask, "SitesManager.addSite", token=token)
    assert (status, json.loads(body)["message"]) == (401, "This token may only read.")


def test_sign_in_when_it_fails_tells_nothing(ask, instance, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError("secret")

    monkeypatch.setattr(type(instance.sign_in()), "handle", fail)
    status, _, body = ask("/auth/login", b"{}")
    assert (status, b"secret" in body) == (500, False)
