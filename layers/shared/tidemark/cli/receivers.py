"""Where a command sends hits: a running instance over HTTP, or an instance opened on this machine."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from tidemark.cli.client import Client, ClientError, UnavailableError
from tidemark.model.access import Identity
from tidemark.model.errors import ApiError

if TYPE_CHECKING:
    from tidemark.bootstrap import Instance

CONSOLE: Final = Identity("console", is_superuser=True)
TOKEN_BYTES: Final = 16
INGESTED_AT_ONCE: Final = 1000
INGEST_SECONDS: Final = 300
STORED_AT_ONCE: Final = 20_000
"""Hits: each batch writes a file for every hour that it touches, so large ones are cheaper."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the hits of a bulk: how many were accepted, and the places of those that were refused."""

    accepted: int
    refused: tuple[int, ...] = ()


class Receiver(Protocol):
    """Takes hits and answers methods of the API. Raises ClientError."""

    def ask(self, method: str, **params: Any) -> Any:
        """The answer of an API method."""
        ...

    def take(self, hits: Sequence[Mapping[str, Any]]) -> Taken:
        """Send one bulk."""
        ...

    def finish(self) -> None:
        """Wait until what was sent is stored, where that can be known."""
        ...


class Remote:
    """A running instance. What it is too busy for, or does not answer, is sent again, later and later.

    A bulk is only sent again when it was not acknowledged; if the connection broke after it was stored, it counts twice.
    """

    def __init__(
        self,
        client: Client,
        attempts: int = 4,
        pause: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._attempts = attempts
        self._pause = pause
        self._sleep = sleep
        self.retries = 0

    def ask(self, method: str, **params: Any) -> Any:
        """See Receiver."""
        return self._patiently(lambda: self._client.ask(method, **params))

    def take(self, hits: Sequence[Mapping[str, Any]]) -> Taken:
        """See Receiver."""
        answer = self._patiently(lambda: self._client.bulk(hits))
        return Taken(int(answer.get("tracked", len(hits))), tuple(answer.get("invalid_indices") or ()))

    def finish(self) -> None:
        """See Receiver; a deployed instance stores hits within its batching window."""
        self._client.drain_if_local()

    def _patiently(self, act: Callable[[], Any]) -> Any:
        for attempt in range(1, self._attempts):
            try:
                return act()
            except UnavailableError:
                self.retries += 1
                self._sleep(self._pause * 2 ** (attempt - 1))
        return act()


class Direct:
    """An instance opened by this process: the same checks and the same queue, without HTTP."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._token = secrets.token_hex(TOKEN_BYTES)
        self._is_known = False
        self._queued = 0

    def ask(self, method: str, **params: Any) -> Any:
        """See Receiver."""
        try:
            return self._instance.reporter().call(method, params, CONSOLE)
        except ApiError as error:
            raise ClientError(f"{method}: {error.message}") from error

    def take(self, hits: Sequence[Mapping[str, Any]]) -> Taken:
        """See Receiver; stores what is queued, now and then."""
        from tidemark.tracking.request import Request  # noqa: PLC0415 - only this way of sending needs it

        if not self._is_known:
            self._make_token()
        body = json.dumps({"token_auth": self._token, "requests": list(hits)}).encode()
        response = self._instance.collector().collect(Request("POST", body=body, client_ip="127.0.0.1"))
        answer = json.loads(response.body or b"{}")
        if response.status >= 300 and "tracked" not in answer:
            raise ClientError(f"the bulk was refused with {response.status}")
        self._queued += len(hits)
        if self._queued >= STORED_AT_ONCE:
            self._ingest()
        return Taken(int(answer.get("tracked", 0)), tuple(answer.get("invalid_indices") or ()))

    def finish(self) -> None:
        """See Receiver."""
        self._ingest()
        self._instance.maintain()

    def _ingest(self) -> None:
        self._queued = 0
        queue, ingest = self._instance.stores().hits, self._instance.ingest()
        while messages := queue.receive(INGESTED_AT_ONCE, INGEST_SECONDS):
            failed = set(ingest.run(messages).failed)
            queue.delete([message.receipt for message in messages if message.id not in failed])
            if failed:
                raise ClientError(f"{len(failed)} messages could not be stored; they are tried again later")

    def _make_token(self) -> None:
        registry = self._instance.registry()
        login = next((user.login for user in registry.users() if user.superuser_access), None)
        if login is None:
            raise ClientError("the instance has no superuser: start it first")
        registry.add_token(login, self._token, "sending from the console", int(time.time()) + 7 * 86_400)
        self._is_known = True
