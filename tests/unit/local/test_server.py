"""The HTTP server on threads."""

from __future__ import annotations

import http.client
import socket
import threading
from contextlib import contextmanager

from tidemark.local.message import Request, Response
from tidemark.local.server import HttpServer
from tidemark.local.wire import MAX_BODY_BYTES


def echo(request: Request) -> Response:
    return Response(200, (("Content-Type", "text/plain"),), f"{request.method} {request.path} ".encode() + request.body)


@contextmanager
def serving(answer=echo):
    server = HttpServer(0, answer)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.stop(5)
        thread.join(60)
        assert not thread.is_alive()


def test_server_when_a_connection_is_used_again():
    with serving() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        bodies = []
        for number in range(3):
            connection.request("POST", f"/{number}", body=b"x" * 100_000 * number)
            bodies.append(connection.getresponse().read())
        connection.close()
    assert [len(body) for body in bodies] == [8, 100_008, 200_008]


def test_server_when_requests_are_pipelined():
    with serving() as server, socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        client.sendall(b"GET /a HTTP/1.1\r\n\r\n" * 20 + b"GET /b HTTP/1.1\r\nConnection: close\r\n\r\n")
        answer = client.makefile("rb").read()
    assert answer.count(b"GET /a ") == 20
    assert answer.endswith(b"GET /b ")


def test_server_when_head_is_asked_then_get():
    with serving() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("HEAD", "/a")
        head = connection.getresponse()
        assert (head.read(), head.headers["Content-Length"]) == (b"", "8")
        connection.request("GET", "/a")
        assert connection.getresponse().read() == b"GET /a "
        connection.close()


def test_server_when_the_body_is_too_large():
    with serving() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("POST", "/a", body=b"x" * (MAX_BODY_BYTES + 1))
        response = connection.getresponse()
        assert response.status == 413
        assert str(MAX_BODY_BYTES) in response.read().decode()
        connection.close()


def test_server_when_the_client_waits_for_permission():
    with serving() as server, socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        client.sendall(b"POST /a HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        assert client.makefile("rb").read().endswith(b"POST /a abc")


def test_server_when_many_clients_come_at_once():
    with serving() as server:
        answers: list[bytes] = []

        def ask() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            for _ in range(10):
                connection.request("GET", "/a")
                answers.append(connection.getresponse().read())
            connection.close()

        clients = [threading.Thread(target=ask) for _ in range(30)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    assert answers == [b"GET /a "] * 300


def test_stop_when_a_connection_is_idle_and_a_request_is_under_way():
    started, go_on = threading.Event(), threading.Event()

    def slow(request: Request) -> Response:
        started.set()
        go_on.wait(60)
        return echo(request)

    server = HttpServer(0, slow)
    thread = threading.Thread(target=server.serve)
    thread.start()
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=60) as idle,
        socket.create_connection(("127.0.0.1", server.port), timeout=60) as busy,
    ):
        busy.sendall(b"GET /a HTTP/1.1\r\n\r\n")
        assert started.wait(60)
        stopper = threading.Thread(target=server.stop, args=(5,))
        stopper.start()
        go_on.set()
        stopper.join(60)
        assert idle.recv(10) == b""
        assert busy.makefile("rb").read().endswith(b"GET /a ")
    thread.join(60)
    assert not thread.is_alive()
