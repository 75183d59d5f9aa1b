"""The front's events equal the recorded ones; answers become what AWS makes of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tidemark.local.http_events import rest_event, rest_response, url_event, url_response
from tidemark.local.message import Request

EVENTS = Path(__file__).parents[2] / "events"
NOW = 1795262400.0
PEER = "203.0.113.9"
URL_HOST = ("Host", "abcdefghij.lambda-url.eu-central-1.on.aws")


def recorded(name: str) -> dict:
    event = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    event["requestContext"].pop("requestId")
    return event


def without_id(event: dict) -> dict:
    assert len(event["requestContext"].pop("requestId")) == 36
    return event


REQUESTS = {
    "function_url_get": Request(
        "GET",
        "/matomo.php",
        "idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2F%3Fq%3Da%2Bb&action_name=Gr%C3%BC%C3%9Fe&send_image=0",
        (
            URL_HOST,
            ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            ("Accept", "image/avif,image/webp,*/*"),
            ("Accept-Language", "de-DE,de;q=0.8,en;q=0.5"),
            ("Cookie", "_pk_id.1.1fff=0a1b2c3d4e5f6071.1732190000.; theme=dark"),
            ("Referer", "https://shop.example.org/"),
        ),
        b"",
        PEER,
    ),
    "function_url_post_bulk": Request(
        "POST",
        "/piwik.php",
        "",
        (
            URL_HOST,
            ("Content-Type", "application/json"),
            ("Content-Length", "75"),
            ("Origin", "https://shop.example.org"),
            ("X-Forwarded-For", "198.51.100.7"),
        ),
        b'{"requests":["?idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2Fbulk"]}',
        PEER,
    ),
    "function_url_post_form": Request(
        "POST",
        "/matomo.php",
        "",
        (
            URL_HOST,
            ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),
            ("Content-Length", "58"),
        ),
        b"idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2Fform",
        PEER,
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_url_event_when_compared_with_the_recorded_one(name):
    assert without_id(url_event(REQUESTS[name], NOW)) == recorded(name)


def test_rest_event_when_it_is_a_get():
    request = Request(
        "GET",
        "/index.php",
        "module=API&method=Actions.getPageTitles&idSite=1&label=a+b%2Bc&urls[]=one&urls%5B%5D=two",
        (
            ("Host", "abcdefghij.execute-api.eu-central-1.amazonaws.com"),
            ("User-Agent", "python-requests/2.32.3"),
            ("Accept", "*/*"),
        ),
        b"",
        PEER,
    )
    assert without_id(rest_event(request, "/index.php", "live", NOW)) == recorded("rest_api_get")


def test_rest_event_when_it_is_a_post():
    request = Request(
        "POST",
        "/",
        "",
        (("Content-Type", "application/x-www-form-urlencoded"),),
        b"module=API&method=API.getMatomoVersion&format=json&token_auth=0123456789abcdef0123456789abcdef",
        PEER,
    )
    assert without_id(rest_event(request, "/", "live", NOW)) == recorded("rest_api_post")


def test_url_event_when_json_is_not_utf8():
    request = Request("POST", "/matomo.php", "", (("Content-Type", "application/json"),), b"\xff", PEER)
    event = url_event(request, NOW)
    assert (event["body"], event["isBase64Encoded"]) == ("/w==", True)


def test_url_response_when_all_fields_are_given():
    response = url_response(
        {
            "statusCode": 200,
            "headers": {"content-type": "image/gif"},
            "cookies": ["a=1", "b=2"],
            "body": "R0lG",
            "isBase64Encoded": True,
        }
    )
    assert response.body == b"GIF"
    assert response.headers == (("content-type", "image/gif"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))


def test_url_response_when_there_is_no_status():
    response = url_response({"hello": 1})
    assert (response.status, response.body) == (200, b'{"hello":1}')


def test_rest_response_when_headers_are_repeated():
    response = rest_response(
        {
            "statusCode": 401,
            "headers": {"Content-Type": "text/html", "x-a": "0"},
            "multiValueHeaders": {"X-A": ["1", "2"]},
            "body": "é",
        }
    )
    assert response.status == 401
    assert response.headers == (("Content-Type", "text/html"), ("X-A", "1"), ("X-A", "2"))
    assert response.body == "é".encode()


@pytest.mark.parametrize("answer", [None, "text", {"body": ""}])
def test_rest_response_when_the_function_answers_nonsense(answer):
    assert rest_response(answer).status == 502
