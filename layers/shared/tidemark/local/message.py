"""A request and a response of the local run's HTTP front."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. Header names are as sent, in order; `path` and `query` are as sent, percent-encoded."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    peer: str

    def header(self, name: str) -> str | None:
        """The value of the header (name in lower case), the values of several joined by ", "; None without one."""
        values = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(values) if values else None


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response, without what only the connection knows (length, date, keep-alive)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def text_response(status: int, text: str) -> Response:
    """A plain text answer of one line."""
    return Response(status, (("Content-Type", "text/plain; charset=utf-8"),), f"{text}\n".encode())


def json_response(status: int, body: bytes) -> Response:
    """A JSON answer that must not be kept."""
    return Response(status, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), body)
