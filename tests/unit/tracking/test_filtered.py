"""What is not recorded: counted by site, day and reason, and bots kept in a log of their own."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import date

import pyarrow.parquet as pq
import pytest

from tests.support.tracking import FIREFOX_CLIENT, NO_PLUGINS, NOW, SITE, snapshot, tracker
from tidemark.archiving.housekeeping.counters import CounterSums
from tidemark.clock import SettableClock
from tidemark.model.hit import Client
from tidemark.registry.filtered_hits import CountedHits
from tidemark.stores.ports import StoreError, UnavailableError
from tidemark.tracking.bot_log import BOTS_PREFIX
from tidemark.tracking.devices import Devices
from tidemark.tracking.filtered import Filtered, count_filtered
from tidemark.tracking.ingest import Ingest

HIT = "idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2Fa%3Fgclid%3D1"
DAY = "2026-11-18"
GPTBOT = Client(is_bot=True, os_code="BOT", bot_name="GPTBot", bot_category="AI Data Scraper")
GOOGLEBOT = Client(is_bot=True, os_code="BOT", bot_name="Googlebot", bot_category="Search bot")
AGENTS = {"gpt": GPTBOT, "google": GOOGLEBOT}


@pytest.fixture
def instance():
    return tracker(detects=lambda agent, _: AGENTS.get(agent, FIREFOX_CLIENT))


def counts(instance, kind, idsite=1):
    counted, day = CountedHits(instance.state), date.fromisoformat(DAY)
    if kind == "filtered":
        return counted.by_reason(idsite, day, day)
    return {"|".join(names): count for names, count in counted.by_bot(idsite, day, day).items()}


def bots(instance):
    found = []
    for key in sorted(instance.objects.stored):
        if key.startswith(BOTS_PREFIX):
            found += pq.read_table(io.BytesIO(instance.objects.get(key).data)).to_pylist()
    return found


def test_every_hit_that_is_not_recorded_is_counted_under_its_reason(instance):
    for query in ("idsite=1", HIT + "&cid=short", HIT + "&idgoal=7", "idsite=5&rec=1", HIT):
        instance.collect(query)
    assert instance.drain().counts["stored"] == 1
    assert counts(instance, "filtered") == {"no_rec": 1, "bad_visitor_id": 1, "unknown_goal": 1}
    assert counts(instance, "filtered", 0) == {"unknown_site": 1}


def test_refused_and_rejected_hits_of_one_bulk_are_all_counted_when_their_reason_is_the_same(instance):
    instance.collect(method="POST", body=b'{"requests":["?idsite=1&rec=1","?idsite=9&rec=1","?idsite=9&rec=1"]}')
    instance.snapshots.present = snapshot(SITE.__class__(7, "Other", "https://other.example", 0))
    told = {"refused.unknown_site": 2, "rejected.unknown_site": 1, "failures": 1}
    assert instance.drain().counts == {"stored": 0, **told}
    assert counts(instance, "filtered", 0) == {"unknown_site": 3}


def test_a_hit_is_counted_for_no_site_when_its_site_vanished(instance):
    instance.collect(HIT)
    instance.snapshots.present = snapshot(SITE.__class__(7, "Other", "https://other.example", 0))
    assert instance.drain().counts == {"stored": 0, "rejected.unknown_site": 1}
    assert counts(instance, "filtered", 0) == {"unknown_site": 1}


def test_bots_are_logged_with_name_and_category_and_are_no_visits(instance):
    for agent in ("gpt", "google", "gpt"):
        instance.collect(HIT, headers={"user-agent": agent})
    instance.collect(HIT, client_ip="66.249.80.1")
    assert instance.drain().counts == {"stored": 0, "dropped.bot": 3, "dropped.bot_address": 1}
    assert instance.rows() == []
    assert counts(instance, "bots") == {"AI Data Scraper|GPTBot": 2, "Search bot|Googlebot": 1, "|": 1}
    logged = bots(instance)
    assert {row["url"] for row in logged} == {"https://shop.example.org/a"}
    assert {row["server_time"] for row in logged} == {NOW}
    assert sorted((row["name"], row["category"], row["is_ai"], row["reason"]) for row in logged) == [
        ("", "", False, "bot_address"),
        ("GPTBot", "AI Data Scraper", True, "bot"),
        ("GPTBot", "AI Data Scraper", True, "bot"),
        ("Googlebot", "Search bot", False, "bot"),
    ]
    assert b"66.249.80" not in b"".join(one.data for one in instance.objects.stored.values())


def test_bots_that_ask_for_it_are_visits_and_not_logged(instance):
    instance.collect(HIT + "&bots=1", headers={"user-agent": "gpt"})
    assert instance.drain().counts == {"stored": 1}
    assert bots(instance) == []


def test_the_log_of_bots_is_the_same_when_a_batch_comes_twice(instance):
    instance.collect(HIT, headers={"user-agent": "gpt"})
    bodies = list(instance.queue.bodies)
    instance.drain()
    before = dict(instance.objects.stored)
    instance.queue.bodies = bodies
    instance.drain()
    assert instance.objects.stored == before


def test_nothing_is_counted_yet_when_a_message_has_to_come_again(instance):
    instance.collect(HIT, headers={"user-agent": "gpt"})
    put = instance.objects.put

    def refusing(key, data, **more):
        if key.startswith(BOTS_PREFIX):
            raise UnavailableError("away")
        return put(key, data, **more)

    instance.objects.put = refusing
    assert instance.drain().failed == {"0"}
    assert counts(instance, "filtered") == {}


def test_rejected_hits_are_kept_with_pseudonyms_when_the_instance_wants_them():
    instance = tracker(snapshot(settings={"PrivacyManager.anonymizeUserId": "1"}))
    instance.collect(HIT + "&uid=jane@example.org&e_c=a&e_a=b")
    instance.queue.bodies = [body.replace(b'"e_c":"a"', b'"e_c":" "') for body in instance.queue.bodies]
    assert instance.drain().counts == {"stored": 0, "rejected.blank_parameter": 1}
    assert b"jane" not in b"".join(one.data for one in instance.objects.stored.values())


# ---- once


class DiesAt:
    """A store of which the n-th write, and all after it, fail."""

    def __init__(self, store, writes):
        self._store, self._writes = store, writes

    def __getattr__(self, name):
        found = getattr(self._store, name)
        if name not in ("put", "update", "delete", "transact", "write_batch"):
            return found

        def write(*args, **more):
            self._writes[0] -= 1
            if self._writes[0] < 0:
                raise KilledError
            return found(*args, **more)

        return write


def ingest_over(instance, objects, state):
    """Another process's ingest over these stores."""
    devices = Devices(None, lambda agent, _: AGENTS.get(agent, FIREFOX_CLIENT))
    return Ingest(objects, state, instance.snapshots, NO_PLUGINS, devices=devices, real_now=lambda: NOW)


class KilledError(BaseException):
    """What stops a process stops everything."""


@pytest.mark.parametrize("step", range(12))
@pytest.mark.parametrize("is_split", [False, True], ids=["the same batch again", "in other batches"])
def test_every_drop_is_counted_once_when_ingest_dies_at_any_write(instance, step, is_split):
    """Until the batch is acknowledged it comes again: as it was, or its messages in others."""
    for query in ("idsite=1", HIT + "&cid=short", "idsite=5&rec=1", HIT, HIT + "&e_c=a&e_a=b"):
        instance.collect(query)
    instance.collect(HIT, headers={"user-agent": "gpt"})
    instance.collect(HIT, client_ip="66.249.80.1")
    bodies = [body.replace(b"e_c=a", b"e_c=+") for body in instance.queue.bodies]
    whole, left = instance.ingest, [step]
    instance.ingest = ingest_over(instance, DiesAt(instance.objects, left), DiesAt(instance.state, left))
    instance.queue.bodies = list(bodies)
    with suppress(KilledError):
        instance.drain()
    instance.ingest = whole
    for batch in [bodies[:4], bodies[2:]] if is_split else [bodies]:
        instance.queue.bodies = list(batch)
        assert not instance.drain().failed
    assert counts(instance, "filtered") == {
        "no_rec": 1,
        "bad_visitor_id": 1,
        "bot": 1,
        "bot_address": 1,
        "blank_parameter": 1,
    }
    assert counts(instance, "filtered", 0) == {"unknown_site": 1}
    assert counts(instance, "bots") == {"AI Data Scraper|GPTBot": 1, "|": 1}


def test_a_batch_comes_again_when_its_drops_cannot_be_counted(instance):
    instance.collect("idsite=1")
    instance.collect(HIT)
    bodies = list(instance.queue.bodies)
    put = instance.state.put

    def refusing(item, condition=None):
        raise StoreError("away")

    instance.state.put = refusing
    assert instance.drain().failed == {"0"}
    instance.state.put, instance.queue.bodies = put, bodies[:1]
    instance.drain()
    assert counts(instance, "filtered") == {"no_rec": 1}


def test_a_batch_of_many_drops_stands_in_several_items(instance):
    drops = [Filtered("m", "dropped", 1, DAY, "bot", bot="|x", source=f"hit-{number}") for number in range(25_000)]
    for _ in range(2):
        count_filtered(instance.state, drops, NOW)
    assert counts(instance, "filtered") == {"bot": 25_000}
    sizes = [len(repr(item)) for item in instance.state.query("site#1", sk_prefix="filtered#")]
    assert len(sizes) == 3
    assert max(sizes) < 350_000


def test_counters_of_earlier_versions_still_count(instance):
    instance.state.update("site#1", f"filtered#{DAY}", add={"bot": 3})
    instance.state.update("site#1", f"bots#{DAY}", add={"Search bot|Googlebot": 2})
    instance.collect(HIT, headers={"user-agent": "google"})
    instance.drain()
    assert counts(instance, "filtered") == {"bot": 4}
    assert counts(instance, "bots") == {"Search bot|Googlebot": 3}


@pytest.mark.parametrize("step", range(4))
def test_sums_are_the_same_when_housekeeping_dies_at_any_write(instance, step):
    def count(first):
        drops = [Filtered("m", "dropped", 1, DAY, "bot", source=f"{number}") for number in range(first, first + 3)]
        count_filtered(instance.state, drops, NOW)

    def sum_up(state, days):
        clock = SettableClock(NOW + days * 86_400)
        with suppress(KilledError):
            CounterSums(state, clock).run(1, lambda: False)

    count(0)
    count(2)
    sum_up(instance.state, 10)
    assert len(list(instance.state.query("site#1", sk_prefix="filtered#"))) == 2
    sum_up(DiesAt(instance.state, [step]), 70)
    assert counts(instance, "filtered") == {"bot": 5}
    sum_up(instance.state, 70)
    assert counts(instance, "filtered") == {"bot": 5}
    assert len(list(instance.state.query("site#1", sk_prefix="filtered#"))) == 1
    count(10)
    sum_up(instance.state, 70)
    assert counts(instance, "filtered") == {"bot": 8}
