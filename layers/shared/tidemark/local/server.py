"""A small HTTP/1.1 server on threads: one for each connection, kept alive between requests."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from typing import BinaryIO, Final, cast

from tidemark.local.message import Request, Response, text_response
from tidemark.local.wire import WireError, read_request, response_bytes

LOOPBACK: Final = "127.0.0.1"
MAX_CONNECTIONS: Final = 512
IDLE_SECONDS: Final = 75
LINGER_SECONDS: Final = 2
LINGER_BYTES: Final = 64 * 1024 * 1024

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_LOG: Final = logging.getLogger(__name__)

Answer = Callable[[Request], Response]


class HttpServer:
    """Listens on the loopback interface from its creation on; `serve` answers until `stop` is called."""

    def __init__(self, port: int, answer: Answer) -> None:
        self._answer = answer
        self._socket = socket.create_server((LOOPBACK, port), backlog=256)
        self._places = threading.Semaphore(MAX_CONNECTIONS)
        self._lock = threading.Lock()
        self._waiting: set[socket.socket] = set()
        self._workers: set[threading.Thread] = set()
        self._is_stopping = False

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._socket.getsockname()[1])

    def serve(self) -> None:
        """Accept connections until `stop`."""
        while not self._is_stopping:
            self._places.acquire()
            try:
                connection, address = self._socket.accept()
            except OSError:
                self._places.release()
                if self._is_stopping:
                    return
                _LOG.exception("A connection could not be accepted")
                continue
            worker = threading.Thread(target=self._work, args=(connection, address[0]), daemon=True)
            with self._lock:
                self._workers.add(worker)
            worker.start()

    def stop(self, timeout_seconds: float) -> None:
        """Accept no more connections, close those that wait for a request, let the others finish theirs."""
        self._is_stopping = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with self._lock:
            for connection in self._waiting:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
            workers = list(self._workers)
        for worker in workers:
            worker.join(timeout_seconds)

    def _work(self, connection: socket.socket, peer: str) -> None:
        try:
            with connection, connection.makefile("rb", 65_536) as stream:
                connection.settimeout(IDLE_SECONDS)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while self._answer_one(connection, cast("BinaryIO", stream), peer):
                    pass
        except (ConnectionError, TimeoutError):
            pass  # the client left
        except OSError:
            if not self._is_stopping:
                _LOG.exception("A connection broke")
        finally:
            self._places.release()
            with self._lock:
                self._waiting.discard(connection)
                self._workers.discard(threading.current_thread())

    def _answer_one(self, connection: socket.socket, stream: BinaryIO, peer: str) -> bool:
        """Answer the connection's next request; whether another may follow."""
        with self._lock:
            self._waiting.add(connection)
            if self._is_stopping:
                return False
        try:
            read = read_request(stream, peer, lambda: connection.sendall(_CONTINUE))
        except WireError as error:
            _refuse(connection, error)
            return False
        finally:
            with self._lock:
                self._waiting.discard(connection)
        if read is None:
            return False
        request, keep_alive = read
        keep_alive = keep_alive and not self._is_stopping
        response = self._answer(request)
        connection.sendall(response_bytes(response, has_body=request.method != "HEAD", keep_alive=keep_alive))
        return keep_alive


def _refuse(connection: socket.socket, error: WireError) -> None:
    """Answer a request that cannot be read, then take in what the client still sends, or it would miss the answer."""
    response = text_response(error.status, str(error))
    connection.sendall(response_bytes(response, has_body=True, keep_alive=False))
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(LINGER_SECONDS)
    left = LINGER_BYTES
    while left > 0 and (data := connection.recv(65_536)):
        left -= len(data)
