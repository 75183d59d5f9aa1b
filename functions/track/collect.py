"""Answers tracking requests: function URL event -> hits queue. The one function whose cold start a visitor feels."""

from __future__ import annotations

import base64
import os
from typing import Any

from tidemark import bootstrap
from tidemark.config import read_config
from tidemark.tracking.edge import refusal, through_edge
from tidemark.tracking.request import Request, Response

EDGE_SECRET = read_config(os.environ).edge_secret
bootstrap.instance().collector()  # made while AWS starts the function, not when the first visitor waits


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """The answer to one request."""
    request = through_edge(read_request(event), EDGE_SECRET)
    return answer(refusal() if request is None else bootstrap.instance().collector().collect(request))


def read_request(event: dict[str, Any]) -> Request:
    """The request of a function URL's event (payload format 2.0)."""
    http = event["requestContext"]["http"]
    headers = dict(event["headers"])
    if "cookies" in event:
        headers["cookie"] = "; ".join(event["cookies"])
    body = event.get("body") or ""
    return Request(
        method=http["method"],
        path=event["rawPath"],
        query=event["rawQueryString"],
        headers=headers,
        body=base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(),
        client_ip=http["sourceIp"],
    )


def answer(response: Response) -> dict[str, Any]:
    """A function URL's form of a response; it takes cookies apart from the other headers."""
    headers = dict(response.headers)
    cookie = headers.pop("set-cookie", None)
    result: dict[str, Any] = {
        "statusCode": response.status,
        "headers": headers,
        "body": base64.b64encode(response.body).decode(),
        "isBase64Encoded": True,
    }
    if cookie is not None:
        result["cookies"] = [cookie]
    return result
