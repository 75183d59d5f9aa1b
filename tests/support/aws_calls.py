"""Watches which AWS actions a process calls on what: a recording proxy in front of an emulated AWS."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from tidemark.local.message import Request, Response
from tidemark.local.server import HttpServer

_KEY = re.compile(r"Credential=([^/]+)/")
_XML_KEY = re.compile(rb"<Key>([^<]*)</Key>")
_SQS = {"SendMessageBatch": "SendMessage", "DeleteMessageBatch": "DeleteMessage"}
_SQS |= {"ChangeMessageVisibilityBatch": "ChangeMessageVisibility"}
_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_S3 = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject", "POST": "PutObject"}


@dataclass(frozen=True, slots=True)
class Call:
    """An action that `caller` (an access key) used on a resource: a queue's URL, a table, a bucket, or bucket/key."""

    caller: str
    action: str
    resource: str


@contextmanager
def recording(endpoint: str) -> Iterator[tuple[str, set[Call]]]:
    """An address that passes everything on to `endpoint`, and the calls seen there."""
    calls: set[Call] = set()
    target = urlsplit(endpoint)

    def forward(request: Request) -> Response:
        calls.update(calls_of(request))
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
        address = request.path + (f"?{request.query}" if request.query else "")
        connection.request(request.method, address, request.body or None, dict(request.headers))
        answer = connection.getresponse()
        hidden = {"connection", "date", "transfer-encoding", "content-length"}
        headers = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in hidden)
        response = Response(answer.status, headers, answer.read())
        connection.close()
        return response

    server = HttpServer(0, forward)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}", calls
    finally:
        server.stop(5)


def calls_of(request: Request) -> Iterator[Call]:
    """The permissions that a request needs."""
    found = _KEY.search(request.header("authorization") or "")
    caller = found[1] if found else ""
    service, _, operation = (request.header("x-amz-target") or "").partition(".")
    if service.startswith("AmazonSQS"):
        yield Call(caller, f"sqs:{_SQS.get(operation, operation)}", json.loads(request.body)["QueueUrl"])
    elif service.startswith("DynamoDB"):
        for action, table in _table_calls(operation, json.loads(request.body)):
            yield Call(caller, f"dynamodb:{action}", table)
    else:
        for action, resource in _object_calls(request):
            yield Call(caller, f"s3:{action}", resource)


def _table_calls(operation: str, body: dict) -> Iterator[tuple[str, str]]:
    if operation == "TransactWriteItems":
        for item in body["TransactItems"]:
            for kind, details in item.items():
                yield _TRANSACTION[kind], details["TableName"]
    elif "RequestItems" in body:
        for table in body["RequestItems"]:
            yield operation, table
    else:
        yield operation, body.get("TableName", "")


def _object_calls(request: Request) -> Iterator[tuple[str, str]]:
    query = parse_qs(request.query, keep_blank_values=True)
    bucket, _, key = unquote(request.path).lstrip("/").partition("/")
    if "delete" in query:
        for name in _XML_KEY.findall(request.body):
            yield "DeleteObject", f"{bucket}/{name.decode()}"
    elif not key:
        yield "ListBucket", bucket
    else:
        yield _S3[request.method], f"{bucket}/{key}"
