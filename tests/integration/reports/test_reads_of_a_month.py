"""How often an overview of thirty days goes to the table of numbers."""

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

import orjson
import pytest

from tidemark.archiving.content import Content
from tidemark.archiving.store import COMPANIONS, ArchiveStore, Identity
from tidemark.bootstrap import Instance
from tidemark.clock import SettableClock
from tidemark.config import Config
from tidemark.model.period import Period
from tidemark.model.segment import segment_hash
from tidemark.model.site import Site
from tidemark.reporting.request import ApiRequest
from tidemark.stores.embedded.instance import open_stores

TOKEN = "0123456789abcdef0123456789abcdef"
DAYS = 30
IN_A_MONTH, ACROSS_MONTHS = date(2026, 1, 1), date(2026, 1, 20)
AS_STORED = {
    "General.enable_browser_archiving_triggering": 0,
    "General.browser_archiving_disabled_enforce": 1,
    "General.archiving_range_force_on_browser_request": 0,
}
READS = {"get", "batch_get", "query"}


class Counted:
    """A table that notes its reads."""

    def __init__(self, table):
        self.table, self.reads = table, []

    def __getattr__(self, name):
        if name in READS:
            self.reads.append(name)
        return getattr(self.table, name)


@pytest.fixture(params=[AS_STORED])
def call(request):
    """Calls API.get over thirty days from one on; gives the answer and the reads of numbers."""
    stores, clock = open_stores(ephemeral=True), SettableClock()
    clock.set(1_775_000_000)
    counted, states = Counted(stores.archive_numeric), Counted(stores.archive_state)
    instance = Instance(Config(), clock, replace(stores, archive_numeric=counted, archive_state=states))
    registry = instance.registry()
    registry.create_superuser("admin", TOKEN)
    registry.add_site(Site(0, "Site", "https://example.org", ts_created=1_760_000_000))
    registry.set_settings(request.param)
    archives = ArchiveStore(counted, stores.objects)
    for number in range(60):
        day = Period.day(IN_A_MONTH + timedelta(days=number))
        for visits, segment in zip((9, 5, 4), ("", *COMPANIONS), strict=True):
            content = Content({"nb_visits": visits, "nb_actions": 2 * visits}, {})
            archives.publish(Identity(1, day, segment and segment_hash(segment)), content, "inputs", 1.0, None)

    def asked(first, method="API.get"):
        last = first + timedelta(days=DAYS - 1)
        params = {"method": method, "idSite": 1, "period": "day", "date": f"{first},{last}", "format": "json"}
        counted.reads.clear()
        states.reads.clear()
        answer = instance.reporter().handle(
            ApiRequest(form=urlencode({**params, "module": "API", "token_auth": TOKEN}))
        )
        return orjson.loads(answer.body), list(counted.reads), list(states.reads)

    yield asked
    stores.close()


@pytest.mark.parametrize(("first", "read"), [(IN_A_MONTH, "query"), (ACROSS_MONTHS, "batch_get")])
def test_thirty_days_of_all_new_and_returning_visits_are_one_request(call, first, read):
    answer, reads, _ = call(first)
    assert reads == [read]
    assert [day["nb_visits"] for day in answer.values()] == [9] * DAYS
    kinds = ("nb_visits_new", "nb_visits_returning")
    assert {tuple(day[name] for name in kinds) for day in answer.values()} == {(5, 4)}


@pytest.mark.parametrize("call", [{}], indirect=True)
def test_what_archives_are_made_of_is_read_once_for_all_of_them(call):
    for _ in range(2):  # what is remembered longer than a call is read by the first
        _, reads, reads_of_states = call(ACROSS_MONTHS)
        assert reads == ["batch_get"]
    _, _, reads_of_all_visits = call(ACROSS_MONTHS, "VisitsSummary.get")
    assert reads_of_states == reads_of_all_visits
