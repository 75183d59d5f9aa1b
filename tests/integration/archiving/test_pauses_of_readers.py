"""Reports, visits and transitions of a busy site show the state of one moment until a pause is over."""

from __future__ import annotations

from urllib.parse import urlencode

import orjson
import pytest

from tidemark.archiving import pausing
from tidemark.bootstrap import Instance
from tidemark.clock import SettableClock
from tidemark.config import Config
from tidemark.model.site import Site
from tidemark.reporting.request import ApiRequest
from tidemark.stores.embedded.instance import open_stores
from tidemark.tracking.request import Request

TOKEN = "0123456789abcdef0123456789abcdef"
NOON = 1795262400.0  # 2026-11-21T12:00:00Z
PAGE = "https://shop.example.org/a"


class Busy:
    """An instance in which two hits are many."""

    def __init__(self, stores):
        self.instance, self.stores = (
            Instance(Config(snapshot_age_seconds=0, pauses_readers=True), SettableClock(NOON), stores),
            stores,
        )
        self.instance.registry().create_superuser("admin", TOKEN)
        self.instance.registry().add_site(Site(0, "Shop", "https://shop.example.org", 0))

    def track(self, *visitors):
        for visitor in visitors:
            query = urlencode({"idsite": 1, "rec": 1, "url": PAGE, "_id": f"{visitor:016x}"})
            request = Request(method="GET", path="/matomo.php", query=query, headers={}, client_ip=f"9.8.{visitor}.6")
            assert self.instance.collector().collect(request).status == 200
        self.instance.ingest().run(self.stores.hits.receive(100, 60))

    def ask(self, method, **params):
        asked = {"module": "API", "format": "json", "idSite": 1, "period": "day", "date": "2026-11-21"}
        form = urlencode({**asked, "method": method, "token_auth": TOKEN, **params})
        return orjson.loads(self.instance.reporter().handle(ApiRequest(form=form)).body)

    def seen(self):
        """Visits as each kind of reader counts them."""
        return (
            self.ask("VisitsSummary.getVisits")["value"],
            self.ask("VisitsSummary.getVisits", period="month")["value"],
            self.ask("VisitsSummary.getVisits", segment="visitCount==1")["value"],
            len(self.ask("Live.getLastVisitsDetails")),
            self.ask("Transitions.getTransitionsForPageUrl", pageUrl=PAGE)["pageMetrics"]["pageviews"],
        )


@pytest.fixture
def busy(monkeypatch):
    monkeypatch.setattr(pausing, "HITS_WITHOUT_PAUSE", 1)
    monkeypatch.setattr(pausing, "SECONDS_PER_HIT", 1_000_000)
    stores = open_stores(ephemeral=True)
    yield Busy(stores)
    stores.close()


def test_all_readers_see_the_same_moment(busy):
    busy.track(1, 2)
    assert busy.seen() == (2, 2, 2, 2, 2)
    busy.track(3)
    assert busy.seen() == (2, 2, 2, 2, 2)
    busy.instance.end_pauses()
    assert busy.seen() == (3, 3, 3, 3, 3)


def test_archives_made_in_advance_take_in_what_readers_wait_for(busy):
    busy.track(1, 2)
    assert busy.seen()[0] == 2
    busy.track(3)
    busy.instance.archive_all()
    assert busy.seen() == (3, 3, 3, 3, 3)
