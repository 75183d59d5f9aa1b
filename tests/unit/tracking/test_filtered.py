"""What is not recorded: counted by site, day and reason, and bots kept in a log of their own."""

from __future__ import annotations

import io

import pyarrow.parquet as pq
import pytest

from tests.support.tracking import FIREFOX_CLIENT, NOW, SITE, snapshot, tracker
from tidemark.model.hit import Client
from tidemark.stores.ports import UnavailableError
from tidemark.tracking.bot_log import BOTS_PREFIX

HIT = "idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2Fa%3Fgclid%3D1"
DAY = "2026-11-18"
GPTBOT = Client(is_bot=True, os_code="BOT", bot_name="GPTBot", bot_category="AI Data Scraper")
GOOGLEBOT = Client(is_bot=True, os_code="BOT", bot_name="Googlebot", bot_category="Search bot")
AGENTS = {"gpt": GPTBOT, "google": GOOGLEBOT}


@pytest.fixture
def instance():
    return tracker(detects=lambda agent, _: AGENTS.get(agent, FIREFOX_CLIENT))


def counts(instance, kind, idsite=1):
    item = instance.state.get(f"site#{idsite}", f"{kind}#{DAY}") or {}
    return {name: count for name, count in item.items() if name not in ("pk", "sk")}


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
