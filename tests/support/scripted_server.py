"""An HTTP server that answers as its script says, byte for byte: for tests of clients that must cope with anything."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field


@dataclass
class ScriptedServer:
    """Serves one connection after the other. Each answer of `script` is for one request.

    bytes are sent as they are and the connection is kept, unless they say `connection: close`; None closes the
    connection without an answer; a callable gets the request's body and gives either.
    """

    script: list = field(default_factory=list)
    requests: list[tuple[bytes, bytes]] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with connection, connection.makefile("rb") as stream:
                while self._answer(connection, stream):
                    pass

    def _answer(self, connection, stream) -> bool:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline()
            if not line:
                return False
            head += line
        body = stream.read(int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
        self.requests.append((head, body))
        answer = self.script.pop(0)
        if callable(answer):
            answer = answer(body)
        if answer is None:
            return False
        connection.sendall(answer)
        return b"connection: close" not in answer.lower()


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """An answer with its length; `_` in a header's name stands for `-`."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Reason\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body
