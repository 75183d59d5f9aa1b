"""A small instance for tests of tracking: snapshots, a queue and objects in memory, hits through collect and ingest."""

from __future__ import annotations

import io
from dataclasses import dataclass

import orjson

from tests.support.memory_stores import MemoryObjects, MemoryTable
from tidemark.clock import SettableClock
from tidemark.model.hit import Client
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.snapshot import Grant, TrackerSnapshot, hash_token
from tidemark.model.tracked_site import site_document
from tidemark.parquet_files import read_file
from tidemark.plugin.plugin import Plugins
from tidemark.stores.ports import UnavailableError
from tidemark.tracking.collect import Collector
from tidemark.tracking.devices import Devices
from tidemark.tracking.door import Door
from tidemark.tracking.draft import Draft, Sources
from tidemark.tracking.ingest import Ingest, draft_of
from tidemark.tracking.message import Envelope, Origin, RawHit, decode
from tidemark.tracking.request import Request
from tidemark.tracking.rules import RuleBook
from tidemark.tracking.steps import enrich

NOW = 1_795_000_000  # 2026-11-18 11:06:40 UTC
SALT = "salt"
TOKEN = "0123456789abcdef0123456789abcdef"
WRITER_TOKEN = "fedcba9876543210fedcba9876543210"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SITE = Site(1, "Shop", "https://shop.example.org", NOW - 86_400 * 100, ecommerce=True)
NO_PLUGINS = Plugins(())
FIREFOX_CLIENT = Client("browser", "FF", "Firefox", "128.0", "Gecko", "LIN", "", 0)


def snapshot(*sites: Site, settings=None, goals=(), dimensions=(), version=1) -> TrackerSnapshot:
    """An instance with these sites (by default one), its superuser's token, and one that may write to site 1."""
    documents = {}
    for site in sites or (SITE,):
        own_goals = [goal for goal in goals if goal.idsite == site.idsite]
        own_dimensions = [dimension for dimension in dimensions if dimension.idsite == site.idsite]
        documents[site.idsite] = site_document(site, own_goals, own_dimensions)
    grants = {
        hash_token(TOKEN, SALT): Grant(is_superuser=True),
        hash_token(WRITER_TOKEN, SALT): Grant(writable=frozenset({1})),
    }
    return TrackerSnapshot(version, SALT, Settings(settings or {}), grants, documents)


class FixedSnapshots:
    """Snapshots that a test sets; counts how often a fresher one was asked for."""

    def __init__(self, present: TrackerSnapshot) -> None:
        self.present = present
        self.newest = present
        self.refreshes = 0

    def current(self, max_age_seconds: float | None = None) -> TrackerSnapshot:
        if max_age_seconds is not None:
            self.refreshes += 1
            self.present = self.newest
        return self.present


class FakeQueue:
    """Keeps what is sent, or refuses it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.is_broken = False

    def send(self, body, *, delay_seconds=0):
        self.send_batch([body])

    def send_batch(self, bodies, *, delay_seconds=0):
        if self.is_broken:
            raise UnavailableError("the queue is away")
        self.bodies += bodies

    @property
    def envelopes(self) -> list[Envelope]:
        return [decode(body) for body in self.bodies]

    @property
    def hits(self) -> list[RawHit]:
        return [hit for envelope in self.envelopes for hit in envelope.hits]


@dataclass
class Tracker:
    """Collect and ingest over stores in memory."""

    queue: FakeQueue
    objects: MemoryObjects
    state: MemoryTable
    snapshots: FixedSnapshots
    clock: SettableClock
    collector: Collector
    ingest: Ingest

    def collect(self, query="", *, method="GET", headers=None, body=b"", client_ip="203.0.113.77", **more):
        """The answer to a request of a browser."""
        sent = {"user-agent": FIREFOX, "accept-language": "de-DE,de;q=0.9"} | (headers or {})
        return self.collector.collect(Request(method, "/matomo.php", query, sent, body, client_ip, **more))

    def drain(self):
        """Ingest all that is queued."""
        messages = [Message(str(number), body) for number, body in enumerate(self.queue.bodies)]
        self.queue.bodies = []
        return self.ingest.run(messages)

    def rows(self) -> list[dict]:
        """The hit log in order of sending, without empty columns."""
        found = []
        for key in sorted(self.objects.stored):
            if key.startswith("hits/"):
                found += read_file(io.BytesIO(self.objects.get(key).data)).to_pylist()
        found.sort(key=lambda row: (row["sequence"], row["hit_id"]))
        return [{name: value for name, value in row.items() if value is not None} for row in found]


@dataclass(frozen=True)
class Message:
    """A message as ingest gets it."""

    id: str
    body: bytes


def tracker(present: TrackerSnapshot | None = None, *, plugins=NO_PLUGINS, detects=None) -> Tracker:
    """A tracker whose user agents are all the same, unless `detects` says otherwise."""
    queue, objects, state = FakeQueue(), MemoryObjects(), MemoryTable()
    snapshots = FixedSnapshots(present or snapshot())
    clock = SettableClock(NOW)
    collector = Collector(queue, objects, snapshots, clock)
    devices = Devices(None, detects or (lambda _agent, _hints: FIREFOX_CLIENT))
    ingest = Ingest(objects, state, snapshots, plugins, devices=devices, real_now=lambda: NOW)
    return Tracker(queue, objects, state, snapshots, clock, collector, ingest)


def draft(
    params, present: TrackerSnapshot | None = None, *, authenticated=False, client=FIREFOX_CLIENT, **envelope
) -> Draft:
    """A hit before its first step."""
    given = {"idsite": "1", "rec": "1"} | params
    sent = {"client_ip": "203.0.113.77", "user_agent": FIREFOX, "language": "de-DE,de;q=0.9"} | envelope
    origin = Origin(sent.pop("client_ip"))
    sources = Sources(Devices(None, lambda _agent, _hints: client))
    book = RuleBook(present or snapshot())
    said = Envelope("0" * 24, NOW, 7, origin, hits=[RawHit(0, given, authenticated)], is_private=False, **sent)
    private = Door(book.snapshot).private(said)
    return draft_of(private, private.hits[0], book, sources)


def row(params, present: TrackerSnapshot | None = None, **more) -> dict:
    """The columns that a hit gets, without empty ones, JSON read."""
    enriched = enrich(draft(params, present, **more))
    json_columns = {
        "goals",
        "items",
        "attribution",
        "custom_dimensions",
        "custom_variables_visit",
        "custom_variables_page",
        "raw",
    }
    return {
        name: orjson.loads(value) if name in json_columns else value
        for name, value in enriched.items()
        if value is not None
    }
