"""The reporting API by addresses as a WSGI application, for testers that work from its OpenAPI description."""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import unquote

from tidemark.reporting.request import ApiRequest
from tidemark.reporting.rest import RestApi

REPORT = re.compile(r"/api/v1/sites/([^/]+)/reports/([^/]+)/([^/]+)")
METHOD = re.compile(r"/api/v1/methods/([^/]+)/([^/]+)")


def application(rest: RestApi):
    """Routes as functions/report/app.py does."""

    def answer(environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        request = ApiRequest(
            query=environ.get("QUERY_STRING", ""),
            form=environ["wsgi.input"].read(length).decode("utf-8", "replace"),
            headers={"authorization": environ.get("HTTP_AUTHORIZATION", "")},
            base_url="http://stats.example/",
            verb=environ["REQUEST_METHOD"],
        )
        response = _routed(rest, request, environ["PATH_INFO"])
        status = f"{response.status} {HTTPStatus(response.status).phrase}"
        start_response(status, [(name.title(), value) for name, value in response.headers.items()])
        return [response.body]

    return answer


def _routed(rest, request, path):
    path = path.encode("latin-1").decode("utf-8", "replace")  # as WSGI hands it over
    if path == "/openapi.json":
        return rest.describe(request)
    if found := REPORT.fullmatch(path):
        return rest.handle(request, unquote(found[2]), unquote(found[3]), unquote(found[1]))
    found = METHOD.fullmatch(path)
    return rest.handle(request, unquote(found[1]), unquote(found[2]))
