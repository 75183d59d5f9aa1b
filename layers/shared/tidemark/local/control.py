"""The local run's own URLs: drain, reset and the clock. Only for this machine, never part of a deployment."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from tidemark.clock import SettableClock
from tidemark.local.message import Request, Response, json_response
from tidemark.model.settings import Value

DRAIN_TIMEOUT_SECONDS: Final = 120

OWN_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class ControlError(Exception):
    """The request cannot be done; with the status that says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Control:
    """Answers `/_local/...`."""

    def __init__(
        self,
        drain: Callable[[float], Mapping[str, int]],
        reset: Callable[[Mapping[str, Value]], None] | None,
        clock: SettableClock,
    ) -> None:
        """`drain` takes a time limit in seconds; `reset` is None where the state is kept."""
        self._drain = drain
        self._reset = reset
        self._clock = clock

    def routes(self) -> dict[str, Callable[[Request], Response]]:
        """The URL paths and what answers them."""
        return {
            "/_local/drain": lambda request: _answer(request, ("GET", "POST"), self._drained),
            "/_local/reset": lambda request: _answer(request, ("POST",), self._emptied),
            "/_local/now": lambda request: _answer(request, ("POST",), self._set_clock),
        }

    def _drained(self, _: Request) -> dict[str, Any]:
        try:
            return dict(self._drain(DRAIN_TIMEOUT_SECONDS))
        except TimeoutError as error:
            raise ControlError(503, str(error)) from error

    def _emptied(self, request: Request) -> dict[str, Any]:
        if self._reset is None:
            raise ControlError(409, "This instance keeps its state; only one started with --ephemeral can be reset.")
        settings = _json_object(request)
        for name, value in settings.items():
            if not isinstance(value, str | int | float):
                raise ControlError(400, f"The setting {name} has to be text, a number or true or false.")
        self._reset(settings)
        return {"settings": len(settings)}

    def _set_clock(self, request: Request) -> dict[str, Any]:
        self._clock.set(_moment(_json_object(request).get("now")))
        return {"now": datetime.fromtimestamp(self._clock.now(), UTC).isoformat()}


def _answer(request: Request, methods: tuple[str, ...], work: Callable[[Request], dict[str, Any]]) -> Response:
    try:
        _check(request, methods)
        return json_response(200, json.dumps(work(request)).encode())
    except ControlError as error:
        return json_response(error.status, json.dumps({"error": str(error)}).encode())


def _check(request: Request, methods: tuple[str, ...]) -> None:
    """A web page that a browser on this machine shows must not reach these URLs, under whatever name it calls us."""
    host = urlsplit(f"//{request.header('host') or ''}").hostname
    origin = request.header("origin")
    own_origin = origin is None or urlsplit(origin).hostname in OWN_HOSTS
    if host not in OWN_HOSTS or not own_origin:
        raise ControlError(403, "This address is only for the machine that the instance runs on.")
    if request.method not in methods:
        raise ControlError(405, f"This address takes {' and '.join(methods)} only.")


def _json_object(request: Request) -> dict[str, Any]:
    if not request.body.strip():
        return {}
    try:
        document = json.loads(request.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ControlError(400, "The body has to be a JSON object.")
    return document


def _moment(value: Any) -> float | None:
    """Unix seconds of an ISO 8601 time (UTC where it names no zone); None stays None."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ControlError(400, 'The time has to look like "2026-11-21T12:00:00Z", or be null.') from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
