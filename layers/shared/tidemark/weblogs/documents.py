"""Formats with one JSON object a line: nginx with the documented log_format, Traefik, Caddy."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Document = Mapping[str, Any]
_OWN_NAMES: Final = ("ip", "host", "path", "status", "length", "referrer", "user_agent", "date", "method", "userid")


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """A format of JSON lines, told by a key that its objects have."""

    name: str
    key: str
    read: Callable[[Document], Mapping[str, Any]]

    def groups(self, line: str) -> Mapping[str, str] | None:
        """The named groups of a line; None if it is no such object."""
        try:
            document = json.loads(line)
        except ValueError:
            return None
        if not isinstance(document, dict) or self.key not in document:
            return None
        try:
            return {name: _text(value) for name, value in self.read(document).items() if value is not None}
        except (AttributeError, TypeError, IndexError):
            return None


def _nginx(document: Document) -> Mapping[str, Any]:
    found = {name: document.get(name) for name in _OWN_NAMES}
    seconds = document.get("generation_time_milli")  # nginx gives seconds with milliseconds: $request_time
    return {**document, **found, "generation_time_secs": seconds, "generation_time_milli": None}


def _traefik(document: Document) -> Mapping[str, Any]:
    return {
        "ip": document.get("ClientHost"),
        "host": document.get("RequestHost"),
        "path": document.get("RequestPath"),
        "method": document.get("RequestMethod"),
        "status": document.get("DownstreamStatus", document.get("OriginStatus")),
        "length": document.get("DownstreamContentSize"),
        "generation_time_nano": document.get("Duration"),
        "date": _to_microseconds(str(document.get("StartUTC", ""))),
        "user_agent": document.get("request_User-Agent"),
        "referrer": document.get("request_Referer"),
        "userid": document.get("ClientUsername"),
        "https": "on" if document.get("RequestScheme") == "https" else None,
    }


def _caddy(document: Document) -> Mapping[str, Any]:
    request = document["request"]
    headers = {name.lower(): values[0] for name, values in (request.get("headers") or {}).items() if values}
    return {
        "ip": request.get("client_ip") or request.get("remote_ip"),
        "host": request.get("host"),
        "path": request.get("uri"),
        "method": request.get("method"),
        "status": document.get("status"),
        "length": document.get("size"),
        "generation_time_secs": document.get("duration"),
        "date": document.get("ts"),
        "user_agent": headers.get("user-agent"),
        "referrer": headers.get("referer"),
        "userid": document.get("user_id"),
        "https": "on" if request.get("tls") else None,
    }


DOCUMENTS: Final = (
    DocumentFormat("caddy_json", "request", _caddy),
    DocumentFormat("traefik_json", "RequestPath", _traefik),
    DocumentFormat("nginx_json", "path", _nginx),
)


def _to_microseconds(moment: str) -> str:
    """Traefik tells nanoseconds, which nothing reads."""
    whole, dot, fraction = moment.rstrip("Z").partition(".")
    return f"{whole}{dot}{fraction[:6]}Z" if moment else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
