"""Hits that wait in the queue are judged by what held when they were received."""

from dataclasses import replace

import pytest

from tests.support.memory_stores import MemoryTable
from tidemark.clock import SettableClock
from tidemark.model.site import Site
from tidemark.plugin import Plugins
from tidemark.registry.past import PastSnapshots
from tidemark.registry.table_registry import TableRegistry
from tidemark.stores.embedded.instance import open_stores
from tidemark.tracking.collect import Collector
from tidemark.tracking.ingest import Ingest
from tidemark.tracking.request import Request
from tidemark.tracking.snapshots import SnapshotCache

NOW = 1_800_000_000


class World:
    """One instance whose queue is read when the test says so."""

    def __init__(self, stores, ingest_age_seconds):
        clock = SettableClock(NOW)
        self.stores = stores
        self.registry = TableRegistry(stores.registry, stores.objects, clock)
        self.collector = Collector(stores.hits, stores.objects, SnapshotCache(stores.objects, 0.0), clock)
        self.ingest = Ingest(
            stores.objects,
            MemoryTable(),
            SnapshotCache(stores.objects, ingest_age_seconds),
            Plugins(()),
            past=PastSnapshots(stores.registry),
        )

    def track(self, query):
        request = Request(
            method="GET", path="/matomo.php", query=query, headers={"user-agent": AGENT}, client_ip="9.8.7.6"
        )
        return self.collector.collect(request).status

    def counts(self):
        return self.ingest.run(self.stores.hits.receive(100, 60)).counts


AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PAGE = "idsite=1&rec=1&url=http%3A%2F%2Felsewhere.example%2F&rand=1"


@pytest.fixture(params=[0.0, 1000.0], ids=["ingest sees changes at once", "ingest's snapshot is old"])
def world(request, tmp_path):
    stores = open_stores(tmp_path, ephemeral=True)
    world = World(stores, request.param)
    world.registry.add_site(Site(0, "Shop", "http://example.org", NOW))
    yield world
    stores.close()


def test_an_exclusion_does_not_reach_back(world):
    world.track(PAGE)
    world.registry.change_site(1, lambda site: replace(site, exclude_unknown_urls=True))
    world.track(PAGE)
    world.registry.change_site(1, lambda site: replace(site, exclude_unknown_urls=False))
    world.track(PAGE)
    counts = world.counts()
    assert counts["stored"] == 2
    assert sum(count for name, count in counts.items() if name.startswith("dropped.")) == 1


def test_a_setting_does_not_reach_back(world):
    world.registry.set_settings({"SitesManager_ExcludedIpsGlobal": "9.8.7.6"})
    world.track(PAGE)
    world.registry.set_settings({"SitesManager_ExcludedIpsGlobal": ""})
    world.track(PAGE)
    assert world.counts()["stored"] == 1


def test_a_site_that_was_deleted_meanwhile_still_gets_its_hits(world):
    world.registry.add_site(Site(0, "Second", "http://example.net", NOW))
    world.track(PAGE.replace("idsite=1", "idsite=2"))
    world.registry.delete_site(2)
    assert world.counts()["stored"] == 1


def test_a_site_that_ingest_has_not_heard_of_yet_gets_its_hits(world):
    world.track(PAGE)
    assert world.counts()["stored"] == 1
    world.registry.add_site(Site(0, "Second", "http://example.net", NOW))
    world.track(PAGE.replace("idsite=1", "idsite=2"))
    assert world.counts()["stored"] == 1
