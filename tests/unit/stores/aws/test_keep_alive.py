from __future__ import annotations

import socket

import pytest

from tests.support.scripted_server import ScriptedServer, http
from tidemark.stores.aws.keep_alive import Origin
from tidemark.stores.errors import UnavailableError


@pytest.fixture
def server():
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def origin(server):
    origin = Origin(server.url)
    yield origin
    origin.close()


def get(origin):
    return origin.exchange("GET", "/path", {"host": origin.host}, b"")


def test_one_connection_is_used_again(server, origin):
    server.script = [http(200, b"one", ETag='"x"'), http(404, b"two")]
    first = get(origin)
    assert (first.status, first.headers["etag"], first.body) == (200, '"x"', b"one")
    assert get(origin).body == b"two"
    assert server.connections == 1


def test_request_is_written_in_full(server, origin):
    server.script = [http(200)]
    origin.exchange("PUT", "/a%20b", {"host": "h", "x-y": "z"}, b"body")
    assert server.requests == [(b"PUT /a%20b HTTP/1.1\r\nhost: h\r\nx-y: z\r\ncontent-length: 4\r\n\r\n", b"body")]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + http(200, b"abc0123456789"),
        b"HTTP/1.1 200\r\ncontent-length:13\r\n\r\nabc0123456789",
    ],
)
def test_body_is_read_whole_and_the_connection_kept(server, origin, answer):
    server.script = [answer, http(200, b"next")]
    assert get(origin).body == b"abc0123456789"
    assert get(origin).body == b"next"
    assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (http(200, b"abc", Connection="close"), b"abc"),
        (b"HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n", b""),
    ],
)
def test_new_connection_is_made_when_the_server_closes(server, origin, answer, body):
    server.script = [answer, http(200, b"next")]
    assert get(origin).body == body
    assert get(origin).body == b"next"
    assert server.connections == 2


def test_answer_without_body_is_not_waited_for(server, origin):
    server.script = [b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", http(200, b"next")]
    assert get(origin).status == 304
    assert get(origin).body == b"next"


def test_idle_connection_is_replaced_when_the_server_closed_it(server, origin):
    server.script = [http(200, b"one"), None, http(200, b"two")]
    get(origin)
    assert get(origin).body == b"two"
    assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"nonsense\r\n\r\nconnection: close",
        b"HTTP/1.1 abc\r\n\r\nconnection: close",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"Connection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\na: " + b"b" * 70_000 + b"Connection: close\r\n\r\n",
    ],
)
def test_broken_answer_is_unavailable(server, origin, answer):
    server.script = [answer]
    with pytest.raises(UnavailableError):
        get(origin)


def test_nobody_listening_is_unavailable():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(UnavailableError, match="does not answer"):
        get(Origin(f"http://127.0.0.1:{port}"))


@pytest.mark.parametrize("url", ["", "localhost:1234", "ftp://host", "https://"])
def test_address_is_refused_when_it_is_none(url):
    with pytest.raises(ValueError, match="address"):
        Origin(url)
