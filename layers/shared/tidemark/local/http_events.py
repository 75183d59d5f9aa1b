"""HTTP requests as the events that a function URL and a REST API send, and the functions' answers as responses."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import unquote, unquote_plus
from uuid import uuid4

import orjson

from tidemark.local.message import Request, Response, json_response, text_response

URL_ID: Final = "localtidemark"
ACCOUNT_ID: Final = "123456789012"
REGION: Final = "us-east-1"

_TEXT_TYPES: Final = ("text/", "application/json", "application/javascript", "application/xml")


def url_event(request: Request, now: float) -> dict[str, Any]:
    """The event of a function URL (payload format 2.0) for a request received at `now` (unix seconds)."""
    headers = _joined_headers(request)
    cookies = headers.pop("cookie", "")
    body, is_base64 = _text_or_base64(request)
    host = headers.get("host", f"{URL_ID}.lambda-url.{REGION}.on.aws")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": URL_ID,
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.peer,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": _request_time(now),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": is_base64,
    }
    if cookies:
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if request.query:
        event["queryStringParameters"] = _joined_parameters(request.query)
    if body:
        event["body"] = body
    return event


def rest_event(
    request: Request, resource: str, stage: str, now: float, path_parameters: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The event of a REST API that takes every body as binary (payload format 1.0)."""
    multi_headers: dict[str, list[str]] = {}
    own = [(name, value) for name, value in request.headers if not name.lower().startswith("x-forwarded-")]
    for name, value in (*own, *_forwarded(request)):
        multi_headers.setdefault(name, []).append(value)
    parameters: dict[str, list[str]] = {}
    for name, value in _parameters(request.query):
        parameters.setdefault(unquote_plus(name), []).append(unquote_plus(value))
    host = request.header("host") or f"{URL_ID}.execute-api.{REGION}.amazonaws.com"
    return {
        "resource": resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in multi_headers.items()},
        "multiValueHeaders": multi_headers,
        "queryStringParameters": {name: values[-1] for name, values in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "pathParameters": dict(path_parameters) if path_parameters else None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": URL_ID,
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "extendedRequestId": "local",
            "httpMethod": request.method,
            "identity": {"sourceIp": request.peer, "userAgent": request.header("user-agent")},
            "path": f"/{stage}{request.path}",
            "protocol": "HTTP/1.1",
            "requestId": str(uuid4()),
            "requestTime": _request_time(now),
            "requestTimeEpoch": int(now * 1000),
            "resourceId": "local",
            "resourcePath": resource,
            "stage": stage,
        },
        "body": base64.b64encode(request.body).decode("ascii") if request.body else None,
        "isBase64Encoded": bool(request.body),
    }


def url_response(answer: Any) -> Response:
    """What a function URL makes of a function's answer; one without a status code is itself the JSON body."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return json_response(200, orjson.dumps(answer))
    cookies = [("Set-Cookie", cookie) for cookie in answer.get("cookies") or ()]
    return Response(int(answer["statusCode"]), (*_headers(answer.get("headers")), *cookies), _body(answer))


def rest_response(answer: Any) -> Response:
    """What a REST API makes of a function's answer."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return json_response(502, b'{"message": "Internal server error"}')
    multi = answer.get("multiValueHeaders") or {}
    repeated = [(name, str(value)) for name, values in multi.items() for value in values]
    known = {name.lower() for name, _ in repeated}
    single = [pair for pair in _headers(answer.get("headers")) if pair[0].lower() not in known]
    return Response(int(answer["statusCode"]), (*single, *repeated), _body(answer))


def failed_response() -> Response:
    """What either sends when the function raised."""
    return text_response(502, "Internal Server Error")


def _headers(headers: Mapping[str, Any] | None) -> Iterable[tuple[str, str]]:
    return [(name, str(value)) for name, value in (headers or {}).items()]


def _body(answer: Mapping[str, Any]) -> bytes:
    body = answer.get("body") or ""
    if answer.get("isBase64Encoded"):
        return base64.b64decode(body)
    return body.encode("utf-8") if isinstance(body, str) else orjson.dumps(body)


def _forwarded(request: Request) -> tuple[tuple[str, str], ...]:
    """The headers that AWS's front sets: the client's own X-Forwarded-For with the client's address behind it."""
    earlier = request.header("x-forwarded-for")
    return (
        ("X-Forwarded-For", f"{earlier}, {request.peer}" if earlier else request.peer),
        ("X-Forwarded-Proto", "http"),
    )


def _joined_headers(request: Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in request.headers:
        lower = name.lower()
        joint = "; " if lower == "cookie" else ","
        headers[lower] = f"{headers[lower]}{joint}{value}" if lower in headers else value
    headers.update((name.lower(), value) for name, value in _forwarded(request))
    return headers


def _joined_parameters(query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for raw_name, raw_value in _parameters(query):
        name, value = unquote(raw_name), unquote(raw_value)
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters


def _parameters(query: str) -> list[tuple[str, str]]:
    """The still encoded names and values of a query."""
    pairs = (part.partition("=") for part in query.split("&") if part)
    return [(name, value) for name, _, value in pairs]


def _text_or_base64(request: Request) -> tuple[str, bool]:
    """The body as a function URL hands it on: text where the type says so, else base64."""
    if not request.body:
        return "", False
    content_type = (request.header("content-type") or "").lower()
    if content_type.startswith(_TEXT_TYPES):
        try:
            return request.body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode("ascii"), True


def _request_time(now: float) -> str:
    return time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now))
