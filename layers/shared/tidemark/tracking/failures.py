"""Tracking failures: refused requests that a site's owner should hear of. They reach ingest through the hits queue.

Source: Matomo 5.2, tracking behaviour, section 2.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from tidemark.model.errors import TrackingError
from tidemark.tracking.checks import NOT_AUTHENTICATED, UNKNOWN_SITE
from tidemark.tracking.message import TOKEN_NAMES, Failure, Refused
from tidemark.tracking.parameters import RawParams, integer

NO_SITE: Final = 0
TYPES: Final = {UNKNOWN_SITE: 1, NOT_AUTHENTICATED: 2}
MAX_IDSITE: Final = 9_999_999
MAX_QUERY_CHARACTERS: Final = 16_384
MAX_CLIENTS: Final = 10
"""So many user agents are heard of about a kind of failure in an hour."""
_PLACEHOLDER: Final = "__TOKEN_AUTH__"
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")


def failure_of(
    error: TrackingError, params: RawParams, token: str, hidden: Callable[[RawParams], RawParams]
) -> Failure | None:
    """What is told of a refusal, None if it is no kind of failure that is told.

    `hidden` takes out of parameters what may not be written down.
    """
    idsite = integer(params, "idsite")
    if error.reason not in TYPES or not 0 <= idsite <= MAX_IDSITE:
        return None
    return Failure(idsite, TYPES[error.reason], redacted(hidden(params), token)[:MAX_QUERY_CHARACTERS])


def failures_of(
    refusals: Iterable[tuple[int, TrackingError]],
    requests: Sequence[RawParams],
    token: str,
    hidden: Callable[[RawParams], RawParams],
    is_excluded: Callable[[RawParams], bool],
) -> Iterator[Failure]:
    """What is told of refusals, by the places of their requests; nothing of what would have been excluded anyway."""
    for place, error in refusals:
        failure = failure_of(error, requests[place], token, hidden)
        if failure is not None and not is_excluded(requests[place]):
            yield failure


def refused_counts(refusals: Iterable[tuple[int, TrackingError]], requests: Sequence[RawParams]) -> list[Refused]:
    """How many of the requests were refused, by site and reason; `refusals` name their places."""
    counts = Counter(
        (NO_SITE if error.reason == UNKNOWN_SITE else integer(requests[place], "idsite"), error.reason)
        for place, error in refusals
    )
    return [Refused(idsite, reason, count) for (idsite, reason), count in sorted(counts.items())]


def all_refused(requests: Sequence[RawParams], sites: Container[int]) -> list[tuple[int, TrackingError]]:
    """The refusal of each request of a bulk that came without the token that it needs, by its place."""
    return [
        (
            place,
            TrackingError("bulks need a token", NOT_AUTHENTICATED)
            if integer(params, "idsite") in sites
            else TrackingError("there is no such site", UNKNOWN_SITE),
        )
        for place, params in enumerate(requests)
        if params
    ]


def redacted(params: RawParams, token: str = "") -> str:
    """The parameters as a query, with everything that could be a token replaced."""
    return urlencode({name: shown(name, value, token) for name, value in params.items()}, doseq=True)


def shown(name: str, value: Any, token: str) -> Any:
    """The parameter's value, or a placeholder for what could be a token."""
    if name in TOKEN_NAMES or (token and value == token):
        return _PLACEHOLDER
    looks_like_token = isinstance(value, str) and 29 <= len(value) <= 36 and _HEXADECIMAL.issuperset(value)
    return _PLACEHOLDER if looks_like_token else value


class FailureMemory:
    """Which failures this process has told already, so that a flood of bad requests does not fill the queue.

    Of each kind those of several clients are told: ingest keeps none of bots and others that are excluded.
    """

    __slots__ = ("_lock", "_told")

    def __init__(self) -> None:
        self._told: dict[tuple[int, int], tuple[float, set[str]]] = {}
        self._lock = threading.Lock()

    def news(self, failures: Iterable[Failure], now: float, client: str = "") -> list[Failure]:
        """Those of the failures that were not told in the last hour, each kind once for each of the first clients."""
        fresh = []
        with self._lock:
            if len(self._told) > 1000:
                self._told.clear()
            for failure in failures:
                key = (failure.idsite, failure.type)
                since, clients = self._told.get(key, (float("-inf"), set()))
                if not 0 <= now - since < 3600:
                    clients = set()
                    self._told[key] = now, clients
                if client not in clients and len(clients) < MAX_CLIENTS:
                    clients.add(client)
                    fresh.append(failure)
        return fresh
