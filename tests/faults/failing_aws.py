"""A proxy in front of an emulated AWS that throttles, fails, and loses answers, seeded."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - seeded, so that a run can be repeated
from typing import Final
from urllib.parse import urlsplit

from tidemark.local.message import Request, Response
from tidemark.local.server import HttpServer

AWS_KINDS: Final = ("throttled", "error 500", "error 503", "answer lost")
HIDDEN: Final = frozenset({"connection", "date", "transfer-encoding", "content-length"})
THROTTLES: Final = {
    "DynamoDB": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    "AmazonSQS": "com.amazonaws.sqs#RequestThrottled",
}


@dataclass
class Weather:
    """What the proxy does: how likely each kind of fault is, per request. Counts what it did."""

    random: Random
    likely: dict[str, float] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def strike(self) -> str:
        """The fault of this request, or none."""
        chance = self.random.random()
        for kind in AWS_KINDS:
            chance -= self.likely.get(kind, 0.0)
            if chance < 0:
                self.counts[kind] += 1
                return kind
        return ""


@contextmanager
def failing(endpoint: str, weather: Weather) -> Iterator[str]:
    """An address that passes requests on, as the weather allows."""
    target = urlsplit(endpoint)

    def pass_on(request: Request) -> Response:
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
        address = request.path + (f"?{request.query}" if request.query else "")
        connection.request(request.method, address, request.body or None, dict(request.headers))
        answer = connection.getresponse()
        headers = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in HIDDEN)
        response = Response(answer.status, headers, answer.read())
        connection.close()
        return response

    def forward(request: Request) -> Response:
        kind = weather.strike()
        if kind == "answer lost":
            pass_on(request)
        return refusal(kind, request) if kind else pass_on(request)

    server = HttpServer(0, forward)
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop(5)


def refusal(kind: str, request: Request) -> Response:
    """What a client gets instead of the answer. Whoever gets 500 cannot know whether it was done."""
    service = (request.header("x-amz-target") or "").partition(".")[0].partition("_")[0]
    if kind == "throttled" and service in THROTTLES:
        body = f'{{"__type":"{THROTTLES[service]}","message":"slow down"}}'.encode()
        return Response(400, (("content-type", "application/x-amz-json-1.0"),), body)
    status = 503 if kind in ("throttled", "error 503") else 500
    if service:
        body = b'{"__type":"com.amazonaws#InternalServerError","message":"no"}'
        return Response(status, (("content-type", "application/x-amz-json-1.0"),), body)
    code = b"SlowDown" if status == 503 else b"InternalError"
    body = b"<?xml version='1.0'?><Error><Code>" + code + b"</Code><Message>no</Message></Error>"
    return Response(status, (("content-type", "application/xml"),), body)
