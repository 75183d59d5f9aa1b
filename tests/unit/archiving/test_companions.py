"""Archives of new and of returning visits stand beside those of all visits."""

from datetime import date

import pytest

from tidemark.archiving.content import Content
from tidemark.archiving.store import COMPANIONS, ArchiveStore, Identity, Memory, period_of, segment_of
from tidemark.model.period import Period, PeriodKind
from tidemark.model.segment import segment_hash
from tidemark.plugins.goals.api import KINDS as KINDS_OF_GOALS
from tidemark.plugins.visit_frequency.api import KINDS
from tidemark.stores.embedded.instance import open_stores

DAYS = [Period.day(date(2026, 3, day)) for day in (1, 2, 3)]
WEEK = Period.containing(PeriodKind.WEEK, date(2026, 3, 2))
HASHES = ["", *map(segment_hash, COMPANIONS), segment_hash("browserCode==FF")]


class Counted:
    def __init__(self, table):
        self.table, self.asked = table, []

    def query(self, *args, **kwargs):
        self.asked.append("query")
        return self.table.query(*args, **kwargs)

    def get(self, *args):
        self.asked.append("get")
        return self.table.get(*args)

    def put(self, *args):
        return self.table.put(*args)


@pytest.fixture
def table():
    stores = open_stores(ephemeral=True)
    counted = Counted(stores.archive_numeric)
    store = ArchiveStore(counted, stores.objects)
    for place, hashed in enumerate(HASHES):
        for period in (*DAYS, WEEK):
            store.publish(Identity(1, period, hashed), Content({"nb_visits": place + 1}, {}), "in", 1.0, None)
    counted.asked.clear()
    yield counted, store
    stores.close()


def numbers(store, hashed, periods, memory=None):
    return [archive.numbers["nb_visits"] for archive in store.find(1, periods, hashed, memory).values()]


def test_every_segment_finds_its_own(table):
    _, store = table
    assert [numbers(store, hashed, DAYS) for hashed in HASHES] == [[1] * 3, [2] * 3, [3] * 3, [4] * 3]
    assert [numbers(store, hashed, [WEEK]) for hashed in HASHES] == [[1], [2], [3], [4]]


def test_a_call_that_expects_companions_reads_all_three_with_one_query(table):
    counted, store = table
    memory = Memory(is_wide=True)
    assert [numbers(store, hashed, DAYS, memory) for hashed in HASHES[:3]] == [[1] * 3, [2] * 3, [3] * 3]
    assert counted.asked == ["query"]


def test_without_it_companions_come_together_once_one_is_asked_for(table):
    counted, store = table
    memory = Memory()
    assert [numbers(store, hashed, DAYS, memory) for hashed in HASHES[:3]] == [[1] * 3, [2] * 3, [3] * 3]
    assert counted.asked == ["query", "query"]


def test_a_memory_knows_what_is_not_there(table):
    counted, store = table
    memory = Memory()
    absent = [Period.day(date(2026, 3, 9))]
    assert [numbers(store, "", absent, memory) for _ in range(2)] == [[], []]
    assert counted.asked == ["get"]


def test_items_tell_their_segment_and_period(table):
    counted, _ = table
    found = {(segment_of(item), period_of(item["sk"])) for item in counted.table.query("1#2026_03#")}
    assert found == {(hashed, day) for hashed in HASHES[:3] for day in (*DAYS, WEEK)}


def test_companions_are_what_overviews_ask_for():
    assert set(COMPANIONS) == set(KINDS.values()) == set(filter(None, KINDS_OF_GOALS.values()))
