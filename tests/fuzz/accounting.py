"""Sends requests through collect and ingest, and checks that nothing raises and every hit is accounted for.

sent = stored + those counted under a reason: by the answers, by ingest's result, by the files and by the counters.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pyarrow.parquet as pq

from tests.support.memory_stores import MemoryObjects, MemoryTable
from tests.support.tracking import NOW, SALT, SITE, FakeQueue, FixedSnapshots, Message, snapshot
from tidemark.clock import SettableClock
from tidemark.model.custom_dimension import CustomDimension, Extraction
from tidemark.model.filtered_hits import FILTERED_SK, tally
from tidemark.model.goal import Goal
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.plugin import Plugins
from tidemark.tracking.bulk import read_bulk
from tidemark.tracking.collect import Collector
from tidemark.tracking.devices import Devices
from tidemark.tracking.ingest import Ingest
from tidemark.tracking.orders import DUPLICATE_ORDER
from tidemark.tracking.reading import is_bulk, read_params
from tidemark.tracking.request import Request

REQUESTS_PER_BATCH: Final = 1000
STATUSES: Final = frozenset({200, 204, 400})
CLOSED_STATUSES: Final = frozenset({200, 204, 400, 500})
GOALS: Final = (
    Goal(1, 1, "Thanks", "url", "/a", "contains"),
    Goal(1, 2, "Sale", "event_action", "(b|1)+", "regex", allow_multiple=True, event_value_as_revenue=True),
    Goal(1, 3, "Long", "visit_duration", "2", "greater_than"),
    Goal(1, 4, "File", "file", ".", "contains", revenue=2.5),
    Goal(1, 5, "Title", "title", "%5Bx", "regex"),
)
DIMENSIONS: Final = (
    CustomDimension(1, 1, "Who", 1, "visit", extractions=(Extraction("urlparam", "q"),)),
    CustomDimension(
        1, 2, "What", 1, "action", extractions=(Extraction("url", "/(.*)"), Extraction("action_name", "(x+)"))
    ),
)
SITES: Final = (
    SITE,
    replace(SITE, idsite=2, timezone="Pacific/Auckland", exclude_unknown_urls=True, excluded_parameters=("x", "/^p/")),
    Site(
        3,
        "App",
        "",
        NOW,
        type="mobileapp",
        sitesearch=False,
        excluded_user_agents=("curl",),
        excluded_ips=("2001:db8::/32",),
    ),
)
OPEN: Final[dict[str, Any]] = {}
PRIVATE: Final = {
    "PrivacyManager.anonymizeUserId": "1",
    "PrivacyManager.anonymizeOrderId": "1",
    "PrivacyManager.anonymizeReferrer": "exclude_path",
    "PrivacyManager.doNotTrackEnabled": "1",
    "PrivacyManager.forceCookielessTracking": "1",
    "General.proxy_client_headers": "HTTP_X_FORWARDED_FOR",
    "Tracker.use_third_party_id_cookie": "1",
    "Tracker.exclude_requests": "e_c==Media,action_name=@preview",
    "usercountry.location_provider": "geoip2php",
}
WORLDS: Final = (OPEN, PRIVATE, {"Tracker.bulk_requests_require_authentication": "1"})
"""Settings that take turns."""


class UnaccountedError(AssertionError):
    """A hit was lost, counted twice, or answered wrongly."""


@dataclass(slots=True)
class World:
    """Collect and ingest over stores in memory, with all plugins and real user agents."""

    snapshots: FixedSnapshots
    queue: FakeQueue = field(default_factory=FakeQueue)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    state: MemoryTable = field(default_factory=MemoryTable)
    collector: Collector = field(init=False)
    ingest: Ingest = field(init=False)

    @classmethod
    def of(cls, settings: dict[str, Any], plugins: Plugins, devices: Devices) -> World:
        """A world of these settings."""
        world = cls(FixedSnapshots(_snapshot(settings)))
        clock = SettableClock(NOW)
        world.collector = Collector(world.queue, world.objects, world.snapshots, clock)
        world.ingest = Ingest(
            world.objects, world.state, world.snapshots, plugins, devices=devices, real_now=lambda: NOW
        )
        return world


def _snapshot(settings: dict[str, Any]) -> TrackerSnapshot:
    made = snapshot(*SITES, settings=settings, goals=GOALS, dimensions=DIMENSIONS)
    assert made.salt == SALT
    return made


@dataclass(slots=True)
class Account:
    """What became of everything so far."""

    requests: int = 0
    sent: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


def run_batch(world: World, requests: Sequence[Request], account: Account) -> None:
    """Collect and ingest the requests. Raises: UnaccountedError."""
    sent = sum(_collect(world, request) for request in requests)
    messages = [Message(str(number), body) for number, body in enumerate(world.queue.bodies)]
    world.queue.bodies = []
    result = world.ingest.run(messages)
    outcomes = Counter(result.counts)
    if result.failed:
        raise UnaccountedError(f"{len(result.failed)} messages would come again")
    if broken := [name for name in outcomes if name.startswith("failed_column") or "enrichment_failed" in name]:
        raise UnaccountedError(f"columns or hits failed: {broken}")
    filtered = {name: count for name, count in outcomes.items() if name.partition(".")[0] in _FILTERED}
    repeated = outcomes[f"refused.{DUPLICATE_ORDER}"]  # answered 400, and stored: their order is not counted again
    if sent != outcomes["stored"] + sum(filtered.values()) - repeated:
        raise UnaccountedError(f"{sent} sent, {dict(outcomes)}")
    if (rows := _rows(world.objects, "hits/")) != outcomes["stored"]:
        raise UnaccountedError(f"{rows} rows, {outcomes['stored']} stored")
    if (counted := _counted(world.state)) != sum(filtered.values()):
        raise UnaccountedError(f"{counted} counted, {filtered}")
    bots = outcomes["dropped.bot"] + outcomes["dropped.bot_address"]
    if (rows := _rows(world.objects, "bots/")) != bots:
        raise UnaccountedError(f"{rows} bots logged, {bots} dropped")
    _forget_files(world.objects)
    account.requests += len(requests)
    account.sent += sent
    account.outcomes += outcomes


_FILTERED: Final = ("refused", "dropped", "rejected")


def _collect(world: World, request: Request) -> int:
    """Send one request; how many hits it holds."""
    answer = world.collector.collect(request)
    needs_token = world.snapshots.present.settings.flag("Tracker.bulk_requests_require_authentication")
    if answer.status not in (CLOSED_STATUSES if needs_token else STATUSES):
        raise UnaccountedError(f"status {answer.status} for {request}")
    return _hits_of(request)


def _hits_of(request: Request) -> int:
    if request.method == "OPTIONS" and "access-control-request-method" in request.headers:
        return 0
    if is_bulk(request.body):
        return sum(1 for params in read_bulk(request.body).requests if params)
    return 1 if read_params(request) else 0


def _counted(state: MemoryTable) -> int:
    """What the last batch wrote down, which is forgotten then."""
    found = [item for key, item in state.items.items() if key[1].startswith(FILTERED_SK)]
    for item in found:
        state.delete(item["pk"], item["sk"])
    sites = [
        [item for item in found if item["pk"] == f"site#{idsite}"] for idsite in (0, *(one.idsite for one in SITES))
    ]
    return sum(tally(items).reasons.total() for items in sites)


def _rows(objects: MemoryObjects, prefix: str) -> int:
    files = (stored.data for key, stored in objects.stored.items() if key.startswith(prefix))
    return sum(pq.ParquetFile(io.BytesIO(data)).metadata.num_rows for data in files)


def _forget_files(objects: MemoryObjects) -> None:
    for key in [key for key in objects.stored if not key.startswith("orders/")]:
        del objects.stored[key]


def batches(requests: Iterable[Request], cases: int) -> Iterable[list[Request]]:
    """So many requests in batches."""
    batch: list[Request] = []
    for number, request in enumerate(requests):
        if number == cases:
            break
        batch.append(request)
        if len(batch) == REQUESTS_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
