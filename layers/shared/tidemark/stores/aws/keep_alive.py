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
    from typing import BinaryIO

_TIMEOUT_SECONDS = 5.0
_LONGEST_LINE_BYTES = 65_536
_MOST_HEADERS = 100
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

    __slots__ = ("_socket", "_stream")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._stream = connected.makefile("rb")

    def exchange(self, request: bytes) -> tuple[Answer, bool]:
        """The answer, and whether the connection can be used again.

        Raises: OSError; ConnectionError if the server closed the connection or does not speak HTTP.
        """
        self._socket.sendall(request)
        status, headers = _read_head(self._stream)
        while status < 200:
            status, headers = _read_head(self._stream)
        is_reusable = headers.get("connection", "").lower() != "close"
        if status in _WITHOUT_BODY:
            return Answer(status, headers, b""), is_reusable
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return Answer(status, headers, _read_chunks(self._stream)), is_reusable
        if "content-length" in headers:
            body = _read_exactly(self._stream, _number(headers["content-length"], 10))
            return Answer(status, headers, body), is_reusable
        return Answer(status, headers, self._stream.read()), False

    def close(self) -> None:
        self._stream.close()
        self._socket.close()


def _read_head(stream: BinaryIO) -> tuple[int, dict[str, str]]:
    """The status, and the headers by name in lower case."""
    version, _, rest = _read_line(stream).partition(" ")
    if not version.startswith("HTTP/1."):
        raise ConnectionError(f"not an HTTP answer: {version[:40]!r}")
    headers = {"connection": "close"} if version == "HTTP/1.0" else {}
    for _ in range(_MOST_HEADERS):
        line = _read_line(stream)
        if not line:
            return _number(rest[:3], 10), headers
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    raise ConnectionError(f"more than {_MOST_HEADERS} headers")


def _read_line(stream: BinaryIO) -> str:
    line = stream.readline(_LONGEST_LINE_BYTES)
    if not line.endswith(b"\n"):
        raise ConnectionError("the connection was closed")
    return line.decode("latin-1").rstrip("\r\n")


def _read_chunks(stream: BinaryIO) -> bytes:
    chunks: list[bytes] = []
    while size := _number(_read_line(stream).partition(";")[0], 16):
        chunks.append(_read_exactly(stream, size))
        _read_line(stream)
    while _read_line(stream):
        pass
    return b"".join(chunks)


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise ConnectionError(f"the connection was closed after {len(data)} of {size} bytes")
    return data


def _number(text: str, base: int) -> int:
    try:
        return int(text, base)
    except ValueError as error:
        raise ConnectionError(f"not a number: {text[:40]!r}") from error
