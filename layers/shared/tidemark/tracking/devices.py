"""What user agents and client hints say, detected once for each and remembered.

Detection is dear (tens of milliseconds), so answers are kept in memory and, as one object, for the next process: keys
are hashes of what was sent, so that no user agent is stored.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import astuple
from typing import Any, Final

import orjson

from tidemark.model.hit import Client
from tidemark.stores.ports import KeyedObjects, NotFoundError, StoreError
from tidemark.tracking.client_hints import Hints

TABLE_KEY: Final = "devices/1.json"
"""The stored table; the number changes with the definitions."""

MAX_REMEMBERED: Final = 50_000
MAX_USER_AGENT_CHARACTERS: Final = 2048
SAVE_SECONDS: Final = 300
"""The table is written at most so often: new user agents come all the time, and it is megabytes in a big instance."""

logger = logging.getLogger(__name__)


class Devices:
    """Clients by user agent and hints. `objects` is where the table is kept; without it, nothing is."""

    def __init__(
        self, objects: KeyedObjects | None = None, detect: Callable[[str, Hints], Client] | None = None
    ) -> None:
        self._objects = objects
        self._detect = detect
        self._known: OrderedDict[str, Client] = OrderedDict()
        self._by_request: dict[tuple[str, Hints], Client] = {}
        self._is_loaded = objects is None
        self._has_news = False
        self._saved_at = -float(SAVE_SECONDS)

    def client(self, user_agent: str, hints: Hints = ()) -> Client:
        """Who sent this."""
        request = (user_agent[:MAX_USER_AGENT_CHARACTERS], hints)
        found = self._by_request.get(request)
        if found is None:
            found = self._look_up(*request)
            if len(self._by_request) >= MAX_REMEMBERED:
                self._by_request.clear()
            self._by_request[request] = found
        return found

    def _look_up(self, user_agent: str, hints: Hints) -> Client:
        if not self._is_loaded:
            self._load()
        key = _key(user_agent, hints)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._detected(user_agent, hints)
            self._has_news = True
            if len(self._known) > MAX_REMEMBERED:
                self._known.popitem(last=False)
        return found

    def _detected(self, user_agent: str, hints: Hints) -> Client:
        if self._detect is None:
            from tidemark.tracking.detection import detect  # noqa: PLC0415 - seconds of CPU, only for new user agents

            self._detect = detect
        return self._detect(user_agent, hints)

    def _load(self) -> None:
        self._is_loaded = True
        if self._objects is None:
            return
        try:
            document = orjson.loads(self._objects.get(TABLE_KEY).data)
            self._known.update({key: Client(*values) for key, values in document.items()})
        except NotFoundError:
            return
        except (StoreError, ValueError, TypeError, AttributeError):  # not there, or not of our making
            logger.warning("the table of known devices cannot be read", exc_info=True)

    def save(self) -> None:
        """Keep what is new for the next process, not too often. Losing it, a race or the store costs only time."""
        now = time.monotonic()
        if self._objects is None or not self._has_news or now - self._saved_at < SAVE_SECONDS:
            return
        self._has_news, self._saved_at = False, now
        try:
            self._objects.put(TABLE_KEY, orjson.dumps({key: _values(one) for key, one in self._known.items()}))
        except StoreError:
            logger.warning("the table of known devices cannot be written", exc_info=True)


def _key(user_agent: str, hints: Hints) -> str:
    text = "\n".join([user_agent, *(f"{name}: {value}" for name, value in hints)])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:20]


def _values(client: Client) -> tuple[Any, ...]:
    return astuple(client)
