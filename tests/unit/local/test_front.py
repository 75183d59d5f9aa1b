"""URLs reach the functions that the template names."""

from __future__ import annotations

import pytest

from tidemark.local.front import Front
from tidemark.local.message import Request, text_response
from tidemark.local.template import RestRoute, UrlRoute

ROUTES = (
    UrlRoute("Collect", ("/matomo.php", "/piwik.php")),
    RestRoute("Report", "/", "ANY", "live"),
    RestRoute("Report", "/health", "GET", "live"),
    RestRoute("Report", "/sites/{site}/{method}.x", "GET", "live"),
)


def ask(method: str, path: str, invoke=None):
    calls: list[tuple[str, str]] = []

    def answer(function, event):
        calls.append((function, event["version"] if "version" in event else event["resource"]))
        return {"statusCode": 200, "body": "ok"}

    front = Front(ROUTES, invoke or answer, {"/_local/x": lambda _: text_response(200, "local")})
    return front.answer(Request(method, path, "", (), b"", "127.0.0.1")), calls


@pytest.mark.parametrize(
    ("method", "path", "call"),
    [
        ("GET", "/matomo.php", ("Collect", "2.0")),
        ("OPTIONS", "/piwik.php", ("Collect", "2.0")),
        ("POST", "/", ("Report", "/")),
        ("GET", "/health", ("Report", "/health")),
        ("GET", "/sites/1%2C2/getAll.x", ("Report", "/sites/{site}/{method}.x")),
    ],
)
def test_front_when_the_template_names_the_path(method, path, call):
    response, calls = ask(method, path)
    assert (response.status, response.body, calls) == (200, b"ok", [call])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("POST", "/health"),
        ("GET", "/matomo.php/x"),
        ("POST", "/sites/1/get.x"),
        ("GET", "/sites/1/2/get.x"),
        ("GET", "/sites/1/getyx"),
    ],
)
def test_front_when_nothing_is_there(method, path):
    response, calls = ask(method, path)
    assert (response.status, calls) == (404, [])


def test_front_when_the_path_has_variables():
    events = []
    ask("GET", "/sites/1%2C2/getAll.x", lambda _, event: events.append(event) or {"statusCode": 200, "body": ""})
    assert events[0]["pathParameters"] == {"site": "1%2C2", "method": "getAll"}


def test_front_when_the_url_is_its_own():
    assert ask("GET", "/_local/x")[0].body == b"local\n"


@pytest.mark.parametrize("path", ["/matomo.php", "/"])
def test_front_when_the_function_fails(path):
    def fail(function, event):
        raise RuntimeError("secret")

    response, _ = ask("GET", path, fail)
    assert response.status == 502
    assert b"secret" not in response.body
