"""A trivial HTTP server that takes every SQS message: what a benchmark of the sending side talks to.

Prints its address. Keeps connections open; knows SendMessage and SendMessageBatch in the JSON protocol.
"""

from __future__ import annotations

import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """Answers with the hashes that a client checks."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_POST(self) -> None:
        """One request of the JSON protocol."""
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = json.dumps(_answer(request)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/x-amz-json-1.0")
        self.send_header("content-length", str(len(answer)))
        self.send_header("x-amzn-requestid", "00000000-0000-0000-0000-000000000000")
        self.end_headers()
        self.wfile.write(answer)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    if "Entries" in request:
        return {"Successful": [_taken(entry) | {"Id": entry["Id"]} for entry in request["Entries"]]}
    return _taken(request)


def _taken(message: dict[str, Any]) -> dict[str, Any]:
    digest = hashlib.md5(message["MessageBody"].encode(), usedforsecurity=False).hexdigest()
    return {"MessageId": "00000000-0000-0000-0000-000000000000", "MD5OfMessageBody": digest}


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
