"""Collect: check a tracking request against the cached snapshot, queue its hits, answer.

Everything that can wait happens in ingest. This module and what it imports must stay light: a visitor waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tidemark.clock import Clock
from tidemark.model.errors import TrackingError
from tidemark.model.settings import Settings
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.stores.errors import StoreError
from tidemark.tracking import answers
from tidemark.tracking.checks import NOT_AUTHENTICATED, UNKNOWN_SITE, check, check_rights, check_values
from tidemark.tracking.door import Door
from tidemark.tracking.failures import FailureMemory, all_refused, failures_of, refused_counts
from tidemark.tracking.fitting import HIT_TOO_LARGE, encoded
from tidemark.tracking.message import Envelope, Failure, Origin, Refused, encode
from tidemark.tracking.parameters import RawParams, text
from tidemark.tracking.reading import header_of, is_bulk, is_preflight, of_client, read_params, wants_no_tracking
from tidemark.tracking.request import Request, Response
from tidemark.tracking.sequence import Sequence as Order
from tidemark.tracking.snapshots import NEGATIVE_AGE_SECONDS, Snapshots
from tidemark.tracking.spill import spill

_MAY_BE_STALE: Final = frozenset({UNKNOWN_SITE, NOT_AUTHENTICATED, "unknown_goal"})

if TYPE_CHECKING:
    from tidemark.stores.objects import KeyedObjects
    from tidemark.stores.queues import Sender
    from tidemark.tracking.bulk import Bulk

logger = logging.getLogger(__name__)


Refusal: TypeAlias = tuple[int, TrackingError]
"""The place in its bulk of a request that may not pass, and why."""


class Collector:
    """Collects for one instance."""

    def __init__(
        self,
        queue: Sender,
        objects: KeyedObjects,
        snapshots: Snapshots,
        clock: Clock,
        *,
        order: Order | None = None,
    ) -> None:
        self._queue = queue
        self._objects = objects
        self._snapshots = snapshots
        self._clock = clock
        self._order = order or Order()
        self._told = FailureMemory()
        self._door: Door | None = None

    def collect(self, request: Request) -> Response:
        """The answer; hits are in the queue, or in the spill, before it is given. Raises nothing."""
        if is_preflight(request):
            return answers.preflight(request)
        try:
            snapshot = self._snapshots.current()
            request = of_client(request, snapshot.settings)
            if is_bulk(request.body):
                from tidemark.tracking.bulk import read_bulk  # noqa: PLC0415 - most requests are single hits

                return self._collect_bulk(request, read_bulk(request.body), snapshot)
            return self._collect_single(request, snapshot)
        except StoreError:
            logger.exception("hits were not accepted")
            return answers.unavailable(request)

    # ---- single requests

    def _collect_single(self, request: Request, snapshot: TrackerSnapshot) -> Response:
        params = read_params(request)
        is_wanted = params.get("send_image") != "0"
        picture = _picture(snapshot.settings.text("Tracker.custom_image"))
        if not snapshot.settings.flag("Tracker.record_statistics"):
            return answers.image(request, is_wanted=is_wanted, status=503, picture=picture)
        if not params:
            return answers.notice(request)
        token = text(params, "token_auth")
        if token and "token_auth" in request.query:
            grant = snapshot.grant(token, self._clock.now())
            if grant is not None and grant.post_only:
                params = {**params, "token_auth": ""}
        accepted, refusals, snapshot = self._checked(request, [params], "", snapshot)
        self._send(request, accepted, 1, self._told_of(request, refusals, [params], token, snapshot), snapshot)
        if "debug" in params:
            from tidemark.tracking.debug import debug_answer, may_debug  # noqa: PLC0415 - for people, not for trackers

            if may_debug(params, snapshot, self._clock.now()):
                return debug_answer(request, params, refusals, is_queued=bool(accepted))
        if refusals:
            error = refusals[0][1]
            detail = error.message if error.reason == HIT_TOO_LARGE else ""
            return answers.refused(request, is_wanted=is_wanted, detail=detail, picture=picture)
        return self._decorated(answers.image(request, is_wanted=is_wanted, picture=picture), request, params, snapshot)

    def _decorated(
        self, answer: Response, request: Request, params: Mapping[str, Any], snapshot: TrackerSnapshot
    ) -> Response:
        """The answer with the headers that only some settings ask for."""
        settings = snapshot.settings
        extra: dict[str, str] = {}
        if settings.flag("PrivacyManager.doNotTrackEnabled") and wants_no_tracking(request.headers):
            extra = {"tk": "N", **_without_third_party_cookie(request, settings)}
        elif settings.flag("Tracker.use_third_party_id_cookie"):
            extra |= _third_party_cookie(request, params, settings)
        return answer._replace(headers={**answer.headers, **extra}) if extra else answer

    # ---- bulk requests

    def _collect_bulk(self, request: Request, bulk: Bulk, snapshot: TrackerSnapshot) -> Response:
        if not snapshot.settings.flag("Tracker.record_statistics"):
            return answers.bulk(request, 0, (), shows_indices=False, wants_answer=bulk.wants_answer, status=503)
        if snapshot.settings.flag("Tracker.bulk_requests_require_authentication") and not self._vouched(bulk, snapshot):
            refusals = all_refused(bulk.requests, snapshot.documents)
            told = self._told_of(request, refusals, bulk.requests, bulk.token, snapshot)
            self._send(request, (), len(bulk.requests), told, snapshot)
            return answers.bulk(request, 0, (), shows_indices=False, wants_answer=True, status=500)
        accepted, refusals, snapshot = self._checked(request, bulk.requests, bulk.token, snapshot)
        told = self._told_of(request, refusals, bulk.requests, bulk.token, snapshot)
        self._send(request, accepted, len(bulk.requests), told, snapshot)
        grant = snapshot.grant(bulk.token, self._clock.now())
        return answers.bulk(
            request,
            tracked=len(bulk.requests) - len(refusals),
            invalid=[index for index, _ in refusals],
            shows_indices=bool(bulk.requests) and grant is not None and grant.is_superuser,
            wants_answer=bulk.wants_answer,
        )

    def _vouched(self, bulk: Bulk, snapshot: TrackerSnapshot) -> bool:
        """Whether a token allows every request of the bulk."""
        now = self._clock.now()
        for params in bulk.requests:
            try:
                if not check(params, (bulk.token, text(params, "token_auth")), snapshot, now):
                    return False
            except TrackingError as error:
                if error.reason in (UNKNOWN_SITE, NOT_AUTHENTICATED):
                    return False
        return True

    # ---- both

    def _checked(
        self, request: Request, requests: Sequence[RawParams], bulk_token: str, snapshot: TrackerSnapshot
    ) -> tuple[list[bytes], list[Refusal], TrackerSnapshot]:
        """The hits that may pass, encoded, and those that may not; checked once more by a fresh snapshot if refused."""
        hits, refusals = self._check_all(request, requests, bulk_token, snapshot)
        if any(error.reason in _MAY_BE_STALE for _, error in refusals):
            fresh = self._snapshots.current(NEGATIVE_AGE_SECONDS)
            if fresh is not snapshot:
                hits, refusals = self._check_all(request, requests, bulk_token, fresh)
                snapshot = fresh
        if any("ec_id" in params for params in requests):
            from tidemark.tracking.orders import repeated_orders  # noqa: PLC0415 - few hits are orders

            refused = {place for place, _ in refusals}
            refusals = sorted(
                refusals + repeated_orders(requests, refused, self._objects, snapshot.salt), key=lambda one: one[0]
            )
        return hits, refusals, snapshot

    def _check_all(
        self, request: Request, requests: Sequence[RawParams], bulk_token: str, snapshot: TrackerSnapshot
    ) -> tuple[list[bytes], list[Refusal]]:
        now, door = self._clock.now(), self._door_of(snapshot)
        address, headers = request.client_ip, request.headers
        hits, refusals = [], []
        sender: Envelope | None = None  # only asked where a value is wrong
        for index, params in enumerate(requests):
            if not params:
                continue  # counts as tracked, records nothing
            try:
                is_authenticated = check_rights(params, (bulk_token, text(params, "token_auth")), snapshot, now)
                hit = door.hit(index, params, address, headers, is_authenticated=is_authenticated)
                try:
                    check_values(params, snapshot)
                except TrackingError:
                    sender = sender or self._sender(request, snapshot)
                    if not door.excuses(hit, sender):
                        raise
                hits.append(encoded(hit))
            except TrackingError as error:
                refusals.append((index, error))
        return hits, refusals

    def _sender(self, request: Request, snapshot: TrackerSnapshot) -> Envelope:
        """What a request's message says of its sender."""
        return self._envelope(request, snapshot, 0, int(self._clock.now()), ((), ()), has_hits=True)

    def _told_of(
        self,
        request: Request,
        refusals: Sequence[Refusal],
        requests: Sequence[RawParams],
        token: str,
        snapshot: TrackerSnapshot,
    ) -> tuple[Sequence[Failure], Sequence[Refused]]:
        """What ingest has to know of refused requests: failures that are news, and counts."""
        if not refusals:
            return (), ()
        door = self._door_of(snapshot)
        failures = failures_of(
            refusals,
            requests,
            token,
            door.hidden,
            lambda params: door.excludes(params, request.client_ip, request.headers),
        )
        news = self._told.news(failures, self._clock.now(), header_of(request, "user-agent"))
        return news, refused_counts(refusals, requests)

    def _send(
        self,
        request: Request,
        hits: Sequence[bytes],
        places: int,
        told: tuple[Sequence[Failure], Sequence[Refused]],
        snapshot: TrackerSnapshot,
    ) -> None:
        """Hand everything to the queue, or to the spill; hits have some of so many places.

        Raises: StoreError when both refuse.
        """
        now = self._clock.now()
        if not hits and told == ((), ()):
            return
        envelope = self._envelope(request, snapshot, self._order.take(places), int(now), told, has_hits=bool(hits))
        messages = list(encode(envelope, hits))
        try:
            if len(messages) == 1:
                self._queue.send(messages[0])
            else:
                self._queue.send_batch(messages)
        except StoreError:
            logger.warning("the queue refuses hits, they are spilled", exc_info=True)
            for message in messages:
                spill(self._objects, message, now)

    def _door_of(self, snapshot: TrackerSnapshot) -> Door:
        door = self._door
        if door is None or door.snapshot is not snapshot:
            door = self._door = Door(snapshot)
        return door

    def _envelope(
        self,
        request: Request,
        snapshot: TrackerSnapshot,
        sequence: int,
        now: int,
        told: tuple[Sequence[Failure], Sequence[Refused]],
        *,
        has_hits: bool,
    ) -> Envelope:
        door = self._door_of(snapshot)
        return Envelope(
            request_id=self._order.code(),
            received=now,
            sequence=sequence,
            origin=door.origin(request.client_ip, request.headers) if has_hits else Origin(),
            user_agent=header_of(request, "user-agent"),
            language=header_of(request, "accept-language"),
            headers={name: header_of(request, name) for name in door.headers(request.headers)},
            snapshot_version=snapshot.version,
            failures=told[0],
            refused=told[1],
            **_of_cookies(request.header("cookie"), snapshot.settings),
        )


def _of_cookies(header: str, settings: Settings) -> dict[str, Any]:
    """What the envelope says of the cookies."""
    if not header:
        return {}
    from tidemark.tracking.cookies import has_opted_out, third_party_id  # noqa: PLC0415 - most requests have none

    return {"has_opted_out": has_opted_out(header, settings), "third_party_id": third_party_id(header, settings)}


def _third_party_cookie(request: Request, params: Mapping[str, Any], settings: Settings) -> Mapping[str, str]:
    from tidemark.tracking.cookies import third_party_cookie  # noqa: PLC0415 - off by default, and a cold start counts

    cookie = third_party_cookie(request, text(params, "_id"), settings)
    return {"set-cookie": cookie} if cookie else {}


def _without_third_party_cookie(request: Request, settings: Settings) -> Mapping[str, str]:
    from tidemark.tracking.cookies import deleted_third_party_cookie  # noqa: PLC0415 - as above

    cookie = deleted_third_party_cookie(request, settings)
    return {"set-cookie": cookie} if cookie else {}


@lru_cache(maxsize=4)
def _picture(setting: str) -> bytes:
    """The instance's own tracking image (base64 ending in "==", or a file), else the transparent pixel."""
    if not setting:
        return answers.GIF
    import base64  # noqa: PLC0415 - off by default
    from pathlib import Path  # noqa: PLC0415

    try:
        picture = base64.b64decode(setting) if setting.endswith("==") else Path(setting).read_bytes()
    except (ValueError, OSError):
        return answers.GIF
    return picture if answers.image_type(picture) else answers.GIF
