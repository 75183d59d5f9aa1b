"""HTTP/1.1 as bytes: requests read from a stream with strict limits, responses written to one."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import BinaryIO, Final

from tidemark.local.message import Request, Response

MAX_REQUEST_LINE_BYTES: Final = 65_536
MAX_HEADER_BYTES: Final = 65_536
MAX_HEADERS: Final = 200
MAX_BODY_BYTES: Final = 6 * 1024 * 1024
"""As much as a function's event may hold."""

_METHOD: Final = re.compile(rb"[A-Z]{1,20}")
_VERSION: Final = re.compile(rb"HTTP/1\.[01]")
_HEADER_NAME: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CHUNK_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,8}")
_UNSAFE: Final = re.compile(rb"[^\x21-\x7e]")
_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}
_BODILESS: Final = frozenset({204, 304})


class WireError(Exception):
    """The request cannot be read; the connection ends after this answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def read_request(stream: BinaryIO, peer: str, go_on: Callable[[], None]) -> tuple[Request, bool] | None:
    """The next request and whether the connection may be used again; None where the client has left.

    `go_on` is called when the client waits to be told to send its body.

    Raises: WireError.
    """
    line = stream.readline(MAX_REQUEST_LINE_BYTES + 1)
    while line in (b"\r\n", b"\n"):
        line = stream.readline(MAX_REQUEST_LINE_BYTES + 1)
    if not line:
        return None
    method, target, version = _request_line(line)
    headers = _read_headers(stream)
    named = {name.lower(): value for name, value in headers}
    body = _read_body(stream, headers, named, go_on)
    path, _, query = target.partition("?")
    request = Request(method, path, query, headers, body, peer)
    return request, _keeps_alive(version, named.get("connection", ""))


def response_bytes(response: Response, *, has_body: bool, keep_alive: bool) -> bytes:
    """The response as sent; `has_body` is False for the answer to HEAD."""
    lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Unknown')}"]
    lines += [f"{name}: {_one_line(value)}" for name, value in response.headers if name.lower() != "content-length"]
    lines.append(f"Date: {formatdate(time.time(), usegmt=True)}")
    if response.status not in _BODILESS:
        lines.append(f"Content-Length: {len(response.body)}")
    lines.append("Connection: keep-alive" if keep_alive else "Connection: close")
    head = "\r\n".join((*lines, "", "")).encode("latin-1", "replace")
    return head + response.body if has_body and response.status not in _BODILESS else head


def _request_line(line: bytes) -> tuple[str, str, bytes]:
    """Method, target (origin form, unsafe bytes percent-encoded) and version."""
    if not line.endswith(b"\n"):
        if len(line) > MAX_REQUEST_LINE_BYTES:
            raise WireError(414, f"The address is longer than {MAX_REQUEST_LINE_BYTES} bytes.")
        raise WireError(400, "The request ended in its first line.")
    method, _, rest = line.rstrip(b"\r\n").partition(b" ")
    target, _, version = rest.rpartition(b" ")
    if not _METHOD.fullmatch(method) or not target or not _VERSION.fullmatch(version):
        raise WireError(400, "This is not an HTTP/1.1 request.")
    if target.lower().startswith((b"http://", b"https://")):
        slash = target.find(b"/", target.find(b"//") + 2)
        target = target[slash:] if slash >= 0 else b"/"
    safe = _UNSAFE.sub(lambda match: b"%%%02X" % match[0][0], target.partition(b"#")[0])
    return method.decode("ascii"), safe.decode("ascii"), version


def _read_headers(stream: BinaryIO) -> tuple[tuple[str, str], ...]:
    headers: list[tuple[str, str]] = []
    left = MAX_HEADER_BYTES
    while True:
        line = stream.readline(left + 1)
        left -= len(line)
        if left < 0 or len(headers) > MAX_HEADERS:
            raise WireError(431, f"The headers are longer than {MAX_HEADER_BYTES} bytes or more than {MAX_HEADERS}.")
        if not line.endswith(b"\n"):
            raise WireError(400, "The request ended in its headers.")
        line = line.rstrip(b"\r\n")
        if not line:
            return tuple(headers)
        name, colon, value = line.partition(b":")
        if not colon or not _HEADER_NAME.fullmatch(name):
            raise WireError(400, "A header is malformed.")
        headers.append((name.decode("ascii"), _text(value.strip())))


def _read_body(
    stream: BinaryIO, headers: tuple[tuple[str, str], ...], named: dict[str, str], go_on: Callable[[], None]
) -> bytes:
    coding = named.get("transfer-encoding")
    lengths = {value for name, value in headers if name.lower() == "content-length"}
    if coding is not None and (coding.lower() != "chunked" or lengths):
        raise WireError(400, "The body's length is not clear.")
    if coding is None and not lengths:
        return b""
    length = 0
    if lengths:
        text = lengths.pop()
        if lengths or not (text.isascii() and text.isdigit()):
            raise WireError(400, "The body's length is not clear.")
        length = int(text) if len(text) < 20 else MAX_BODY_BYTES + 1
        _check_size(length)
    if named.get("expect", "").lower() == "100-continue":
        go_on()
    return _read_exactly(stream, length) if coding is None else _read_chunks(stream)


def _read_chunks(stream: BinaryIO) -> bytes:
    chunks: list[bytes] = []
    total = 0
    while True:
        size_text = stream.readline(1024).partition(b";")[0].strip()
        if not _CHUNK_SIZE.fullmatch(size_text):
            raise WireError(400, "A chunk of the body is malformed.")
        size = int(size_text, 16)
        if size == 0:
            _read_headers(stream)  # trailers; nothing here needs them
            return b"".join(chunks)
        total += size
        _check_size(total)
        chunks.append(_read_exactly(stream, size))
        if stream.readline(3) not in (b"\r\n", b"\n"):
            raise WireError(400, "A chunk of the body is malformed.")


def _read_exactly(stream: BinaryIO, length: int) -> bytes:
    body = stream.read(length)
    if len(body) < length:
        raise WireError(400, "The request ended in its body.")
    return body


def _check_size(length: int) -> None:
    if length > MAX_BODY_BYTES:
        raise WireError(413, f"The body is larger than {MAX_BODY_BYTES} bytes.")


def _keeps_alive(version: bytes, connection: str) -> bool:
    options = {option.strip().lower() for option in connection.split(",")}
    return "keep-alive" in options if version == b"HTTP/1.0" else "close" not in options


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")
