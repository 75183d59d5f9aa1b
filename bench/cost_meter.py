"""Counts what goes to an emulated AWS: a proxy in front of it, and what was written as logs."""

from __future__ import annotations

import http.client
import io
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

WRITES = ("Put", "Update", "Delete", "BatchWrite", "Transact")
SQS_CHUNK, WRITE_UNIT, READ_UNIT = 65_536, 1024, 4096


class Meter:
    """Calls by service and operation, what they are paid by, and what was sent."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.used: Counter[str] = Counter()
        """By the names of the cost model's Work."""
        self.messages: list[bytes] = []
        """What was sent to queues."""
        self.cpu_seconds = 0.0
        """Of the proxy itself."""

    def note(self, method: str, path: str, target: str, sent: bytes, answered: int) -> None:
        """Count a request."""
        service, _, operation = target.partition(".")
        if service.startswith("AmazonSQS"):
            if operation == "SendMessage":
                self.messages.append(json.loads(sent)["MessageBody"].encode())
            self.used["sqs_requests"] += max(1, -(-len(sent) // SQS_CHUNK))
        elif service.startswith("DynamoDB"):
            is_write = operation.startswith(WRITES)
            size, unit = (len(sent), WRITE_UNIT) if is_write else (answered, READ_UNIT)
            self.used["write_units" if is_write else "read_units"] += max(1, -(-size // unit))
        else:
            is_listing = method == "GET" and "list-type" in parse_qs(urlsplit(path).query)
            service, operation = "S3", "List" if is_listing else method.capitalize()
            is_read = method in {"GET", "HEAD"} and not is_listing
            if method != "DELETE":
                self.used["s3_reads" if is_read else "s3_writes"] += 1
            if method == "PUT":
                self.used["bytes_stored"] += len(sent)
        self.calls[f"{service.split('_')[0]}.{operation}"] += 1


@contextmanager
def counted(endpoint: str, meters: list[Meter]) -> Iterator[str]:
    """An address that passes everything on and counts it on the last meter."""
    target = urlsplit(endpoint)

    class Proxy(BaseHTTPRequestHandler):
        """Passes requests on."""

        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            began = time.thread_time()
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
            connection.request(self.command, self.path, body or None, dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
            meters[-1].note(self.command, self.path, self.headers.get("x-amz-target") or "", body, len(content))
            self.send_response_only(answer.status)
            hidden = {"connection", "date", "transfer-encoding", "content-length"}
            for name, value in answer.getheaders():
                if name.lower() not in hidden:
                    self.send_header(name, value)
            length = answer.getheader("content-length") if self.command == "HEAD" else None
            self.send_header("content-length", length or str(len(content)))
            self.end_headers()
            connection.close()
            meters[-1].cpu_seconds += time.thread_time() - began
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass  # noqa: N815 - the library's names

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


class CountedLog(io.TextIOBase):
    """Standard error of the functions: what they log is paid by its length."""

    def __init__(self) -> None:
        self.bytes = 0

    def write(self, text: str) -> int:
        self.bytes += len(text.encode())
        return len(text)
