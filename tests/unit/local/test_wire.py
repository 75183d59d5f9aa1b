"""HTTP/1.1 as bytes."""

from __future__ import annotations

import io

import pytest

from tidemark.local.message import Response
from tidemark.local.wire import (
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_REQUEST_LINE_BYTES,
    WireError,
    read_request,
    response_bytes,
)


def read(data: bytes, continues: list[str] | None = None):
    said = [] if continues is None else continues
    return read_request(io.BytesIO(data), "127.0.0.1", lambda: said.append("continue"))


def test_request_when_it_is_plain():
    request, keep_alive = read(b"GET /matomo.php?idsite=1&url=a%20b HTTP/1.1\r\nHost: x\r\nUser-Agent: curl\r\n\r\n")
    assert (request.method, request.path, request.query) == ("GET", "/matomo.php", "idsite=1&url=a%20b")
    assert request.headers == (("Host", "x"), ("User-Agent", "curl"))
    assert request.body == b""
    assert keep_alive


def test_request_when_two_are_pipelined():
    stream = io.BytesIO(b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n")
    first, _ = read_request(stream, "p", lambda: None)
    second, _ = read_request(stream, "p", lambda: None)
    assert (first.path, first.body, second.path) == ("/a", b"abc", "/b")
    assert read_request(stream, "p", lambda: None) is None


def test_request_when_its_body_comes_in_chunks():
    request, _ = read(
        b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4;x=1\r\nWiki\r\n5\r\npedia\r\n0\r\nTrailer: 1\r\n\r\n"
    )
    assert request.body == b"Wikipedia"


def test_request_when_the_client_waits_for_permission():
    said: list[str] = []
    request, _ = read(b"POST /a HTTP/1.1\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx", said)
    assert (request.body, said) == (b"x", ["continue"])


@pytest.mark.parametrize(
    ("version", "connection", "expected"),
    [
        (b"1.1", b"", True),
        (b"1.1", b"Connection: close\r\n", False),
        (b"1.0", b"", False),
        (b"1.0", b"Connection: Keep-Alive\r\n", True),
    ],
)
def test_keep_alive(version, connection, expected):
    _, keep_alive = read(b"GET / HTTP/" + version + b"\r\n" + connection + b"\r\n")
    assert keep_alive is expected


def test_target_when_it_holds_bytes_that_are_not_allowed():
    request, _ = read("GET /ä?b=ü\x01 HTTP/1.1\r\n\r\n".encode())
    assert (request.path, request.query) == ("/%C3%A4", "b=%C3%BC%01")


def test_target_when_it_is_absolute():
    request, _ = read(b"GET http://stats.example.org/matomo.php?a=1 HTTP/1.1\r\n\r\n")
    assert (request.path, request.query) == ("/matomo.php", "a=1")


def test_header_when_it_is_not_utf8():
    request, _ = read(b"GET / HTTP/1.1\r\nX: \xe4\r\nY: \xc3\xa4\r\n\r\n")
    assert request.headers == (("X", "ä"), ("Y", "ä"))


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: 1\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: 1", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", 400),
        (b"GET /" + b"x" * MAX_REQUEST_LINE_BYTES + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * MAX_HEADER_BYTES + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * (MAX_HEADERS + 1) + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1), 413),
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 50 + b"\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % (MAX_BODY_BYTES + 1), 413),
    ],
)
def test_request_when_it_is_wrong_or_too_large(data, status):
    with pytest.raises(WireError) as error:
        read(data)
    assert error.value.status == status


def test_response_bytes_when_it_answers_head():
    data = response_bytes(Response(200, (("Content-Type", "image/gif"),), b"GIF"), has_body=False, keep_alive=True)
    assert b"Content-Length: 3\r\n" in data
    assert data.endswith(b"\r\n\r\n")


def test_response_bytes_when_the_status_has_no_body():
    data = response_bytes(Response(204, (), b""), has_body=True, keep_alive=False)
    assert data.startswith(b"HTTP/1.1 204 No Content\r\n")
    assert b"Content-Length" not in data
    assert b"Connection: close\r\n" in data


def test_response_bytes_when_a_header_holds_a_line_break():
    data = response_bytes(Response(200, (("X", "a\r\nSet-Cookie: b"),), b""), has_body=True, keep_alive=True)
    assert b"\r\nSet-Cookie" not in data
