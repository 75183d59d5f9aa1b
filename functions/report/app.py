"""Answers the reporting API behind a REST API gateway; also the health check and the dashboard's page."""

from __future__ import annotations

import base64
import json
import sys
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote, urlencode

from aws_lambda_powertools import Logger
from chalice.app import Chalice, Response

from tidemark import __version__, bootstrap
from tidemark.reporting.dashboard import dashboard
from tidemark.reporting.opt_out import opt_out
from tidemark.reporting.request import ApiRequest, ApiResponse, read_parameters

METHODS = ["GET", "POST", "HEAD"]
CALLED = [*METHODS, "OPTIONS"]
"""Of addresses that pages of other origins may call, if the settings allow it: their browsers ask first."""
SAFE_METHODS = ["GET", "HEAD"]

app = Chalice(app_name="tidemark-report")
app.api.binary_types = []  # Bytes encodes every body itself, whatever the client says that it accepts
logger = Logger(stream=sys.stderr)
_received: ContextVar[dict[str, Any]] = ContextVar("received")
"""The event of each thread's call: Chalice's own `current_request` is one for all threads of the local run."""

bootstrap.instance().reporter()  # made while AWS starts the function, not when the first reader waits
bootstrap.settle()


class Bytes(Response):
    """A response whose body is bytes. API Gateway takes text as it is, and everything else in base64.

    Base64 is larger, and the gateway only reads it for clients that say what they accept.
    """

    def to_dict(self, binary_types: list[str] | None = None) -> dict[str, Any]:
        """The function's answer."""
        answer = super().to_dict(binary_types)
        try:
            return {**answer, "body": self.body.decode("utf-8"), "isBase64Encoded": False}
        except UnicodeDecodeError:
            return {**answer, "body": base64.b64encode(self.body).decode(), "isBase64Encoded": True}


@app.route("/index.php", methods=CALLED, content_types=["*/*"])
def index() -> Bytes:
    """A call of the API."""
    return answer()


@app.route("/", methods=CALLED, content_types=["*/*"])
def root() -> Bytes:
    """The same, as some clients call it; the dashboard for everyone else."""
    return answer()


@app.route("/health", content_types=["*/*"])
def health() -> Bytes:
    """Whether requests are answered."""
    return Bytes(json.dumps({"status": "ok", "version": __version__}).encode(), {"Content-Type": "application/json"})


@app.route("/openapi.json", methods=SAFE_METHODS, content_types=["*/*"])
def openapi() -> Bytes:
    """The description of all methods."""
    return sent(bootstrap.instance().rest().describe(read_request(current_event())))


@app.route("/api/v1/sites/{id_site}/reports/{plugin}/{method}", methods=CALLED, content_types=["*/*"])
def site_report(id_site: str, plugin: str, method: str) -> Bytes:
    """A report of a site by its address."""
    return answer_by_address(unquote(plugin), unquote(method), unquote(id_site))


@app.route("/api/v1/methods/{plugin}/{method}", methods=CALLED, content_types=["*/*"])
def any_method(plugin: str, method: str) -> Bytes:
    """Any method by its address."""
    return answer_by_address(unquote(plugin), unquote(method))


@app.route("/auth/{action}", methods=METHODS, content_types=["*/*"])
def sign_in(action: str) -> Bytes:
    """Signing in to the web interface, and what belongs to it."""
    request = read_request(current_event())
    try:
        return sent(bootstrap.instance().sign_in().handle(request, unquote(action)))
    except Exception:
        logger.exception("signing in failed")
        return sent(bootstrap.instance().rest().failure(request))


def answer_by_address(plugin: str, method: str, id_site: str | None = None) -> Bytes:
    """The response of a method that the path names."""
    request = read_request(current_event())
    if request.verb == "OPTIONS":
        return sent(bootstrap.instance().reporter().preflight(request))
    rest = bootstrap.instance().rest()
    try:
        return sent(rest.handle(request, plugin, method, id_site))
    except Exception:
        logger.exception("a call of the API failed")
        return sent(rest.failure(request))


def current_event() -> dict[str, Any]:
    """The event of the present request."""
    return _received.get()


def sent(response: ApiResponse) -> Bytes:
    """The API's response as Chalice's."""
    return Bytes(response.body, dict(response.headers), response.status)


def answer() -> Bytes:
    """The response to the present request for index.php or the root."""
    request = read_request(current_event())
    if request.verb == "OPTIONS":
        return sent(bootstrap.instance().reporter().preflight(request))
    module = read_parameters(request).get("module")
    if module is None:
        return sent(dashboard(request))
    if module != "API":
        form = opt_out(request, bootstrap.instance().registry().settings())
        return (
            sent(form)
            if form is not None
            else Bytes(b"There is no such module.\n", {"Content-Type": "text/plain; charset=utf-8"}, 404)
        )
    api = bootstrap.instance().reporter()
    try:
        response = api.handle(request)
    except Exception:
        logger.exception("a call of the API failed")
        response = api.failure(request)
    return sent(response)


def read_request(event: dict[str, Any]) -> ApiRequest:
    """The call in a REST API's event (payload format 1.0), whose query has been decoded on the way."""
    parameters = event["multiValueQueryStringParameters"] or {}
    headers = {name.lower(): value for name, value in (event["headers"] or {}).items()}
    body = event["body"] or ""
    data = base64.b64decode(body) if event["isBase64Encoded"] else body.encode()
    is_form = headers.get("content-type", "application/x-www-form-urlencoded").startswith(
        "application/x-www-form-urlencoded"
    )
    return ApiRequest(
        query=urlencode(parameters, doseq=True),
        form=data.decode("utf-8", "replace") if is_form else "",
        headers=headers,
        body=data,
        base_url=base_url(headers),
        client_ip=(event["requestContext"].get("identity") or {}).get("sourceIp") or "",
        verb=event["httpMethod"],
    )


def base_url(headers: dict[str, str]) -> str:
    """The address under which the client knows this instance."""
    return f"{headers.get('x-forwarded-proto', 'https')}://{headers.get('host', 'localhost')}/"


def handler(event: dict[str, Any], context: object) -> Any:
    """The function's entry point."""
    token = _received.set(event)
    try:
        return app(event, context)
    finally:
        _received.reset(token)
