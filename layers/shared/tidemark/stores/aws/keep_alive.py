"""HTTP/1.1 over connections that stay open, on sockets: a third of http.client's CPU per request (docs/adr)."""

from __future__ import annotations

import os
import socket
import ssl
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from tidemark.stores.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS = 5.0
_LONGEST_HEAD_BYTES = 65_536
_MOST_HEADERS = 100
_RECEIVED_BYTES = 65_536
_WITHOUT_BODY = (204, 304)


class Answer(NamedTuple):
    """A whole answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Origin:
    """One server. Each thread that talks to it at the same moment has a connection of its own."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not the address of a server: {url!r}")
        self.host = parts.netloc
        self._is_secure = parts.scheme == "https"
        self._address = (parts.hostname, parts.port or (443 if self._is_secure else 80))
        self._idle: list[_Connection] = []

    def exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a request and read its answer. `headers` have all but the length.

        A connection that the server closed while it was idle is replaced at once, so the request may arrive twice.

        Raises: UnavailableError.
        """
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"{method} {path} HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n".encode("latin-1") + body
        try:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._exchange(self._connect(), request)
            try:
                return self._exchange(connection, request)
            except ConnectionError:
                return self._exchange(self._connect(), request)
        except OSError as error:
            raise UnavailableError(f"{self.host} does not answer: {type(error).__name__} {error}") from error

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _exchange(self, connection: _Connection, request: bytes) -> Answer:
        try:
            answer, is_reusable = connection.exchange(request)
        except BaseException:
            connection.close()
            raise
        if is_reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _connect(self) -> _Connection:
        plain = socket.create_connection(self._address, _TIMEOUT_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._is_secure:
            return _Connection(plain)
        context = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or None)
        return _Connection(context.wrap_socket(plain, server_hostname=self._address[0]))


class _Connection:
    """An open connection: one request and its answer at a time."""

    __slots__ = ("_ahead", "_socket")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._ahead = b""  # what was received beyond what was asked for

    def exchange(self, request: bytes) -> tuple[Answer, bool]:
        """The answer, and whether the connection can be used again.

        Raises: OSError; ConnectionError if the server closed the connection or does not speak HTTP.
        """
        self._socket.sendall(request)
        status, headers = self._read_head()
        while status < 200:
            status, headers = self._read_head()
        is_reusable = headers.get("connection", "").lower() != "close"
        if status in _WITHOUT_BODY:
            return Answer(status, headers, b""), is_reusable
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return Answer(status, headers, self._read_chunks()), is_reusable
        if "content-length" in headers:
            body = self._read_exactly(_number(headers["content-length"], 10))
            return Answer(status, headers, body), is_reusable
        return Answer(status, headers, self._read_rest()), False

    def close(self) -> None:
        self._socket.close()

    def _read_head(self) -> tuple[int, dict[str, str]]:
        """The status, and the headers by name in lower case."""
        first, *lines = self._read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        if not version.startswith("HTTP/1."):
            raise ConnectionError(f"not an HTTP answer: {version[:40]!r}")
        if len(lines) > _MOST_HEADERS:
            raise ConnectionError(f"more than {_MOST_HEADERS} headers")
        headers = {"connection": "close"} if version == "HTTP/1.0" else {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return _number(rest[:3], 10), headers

    def _read_chunks(self) -> bytes:
        chunks: list[bytes] = []
        while size := _number(self._read_until(b"\r\n").decode("latin-1").partition(";")[0], 16):
            chunks.append(self._read_exactly(size))
            self._read_until(b"\r\n")
        while self._read_until(b"\r\n"):
            pass
        return b"".join(chunks)

    def _read_until(self, end: bytes) -> bytes:
        """What comes before the next `end`, which is read too."""
        data = self._ahead
        while (place := data.find(end)) == -1:
            if len(data) > _LONGEST_HEAD_BYTES:
                break
            data += self._receive()
        if not 0 <= place <= _LONGEST_HEAD_BYTES:
            raise ConnectionError(f"a head of more than {_LONGEST_HEAD_BYTES} bytes")
        self._ahead = data[place + len(end) :]
        return data[:place]

    def _read_exactly(self, size: int) -> bytes:
        parts, missing = [self._ahead], size - len(self._ahead)
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        data = b"".join(parts)
        self._ahead = data[size:]
        return data[:size]

    def _read_rest(self) -> bytes:
        parts = [self._ahead]
        while part := self._socket.recv(_RECEIVED_BYTES):
            parts.append(part)
        return b"".join(parts)

    def _receive(self) -> bytes:
        data = self._socket.recv(_RECEIVED_BYTES)
        if not data:
            raise ConnectionError("the connection was closed")
        return data


def _number(text: str, base: int) -> int:
    try:
        return int(text, base)
    except ValueError as error:
        raise ConnectionError(f"not a number: {text[:40]!r}") from error
