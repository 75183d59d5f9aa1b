"""Ingest: what is stored, marked, counted and set aside; and what is delivered again."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date

import orjson
import pytest

from tests.support.tracking import FIREFOX_CLIENT, NOW, SITE, TOKEN, Message, snapshot, tracker
from tidemark.model.hit import Client
from tidemark.plugin.dimension import Dimension, Scope
from tidemark.plugin.plugin import Plugin, Plugins
from tidemark.registry.filtered_hits import CountedHits
from tidemark.stores.ports import UnavailableError
from tidemark.tracking.ingest import Ingest
from tidemark.tracking.rejected import REJECTED_PREFIX

HIT = "idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2Fa"
DAY = "2026-11-18"
ADDRESS = "203.0.113.77"


def test_a_hit_is_in_the_log_and_its_day_marked_when_ingested():
    instance = tracker()
    instance.collect(HIT + "&action_name=Hello&_id=0123456789abcdef")
    result = instance.drain()
    assert (result.failed, result.counts) == (frozenset(), {"stored": 1})
    assert result.touched == {(1, DAY)}
    (row,) = instance.rows()
    assert {"idsite": 1, "server_time": NOW, "url": "shop.example.org/a", "title": "Hello"}.items() <= row.items()
    assert instance.state.get("site#1", f"day#{DAY}") == {
        "pk": "site#1",
        "sk": f"day#{DAY}",
        "mark": 1,
        "since": NOW,
        "waiting_since": NOW,
    }


def test_the_log_is_the_same_when_a_batch_comes_twice():
    instance = tracker()
    instance.collect(HIT)
    bodies = list(instance.queue.bodies)
    instance.drain()
    before = dict(instance.objects.stored)
    instance.queue.bodies = bodies
    instance.drain()
    assert instance.objects.stored == before
    assert instance.state.get("site#1", f"day#{DAY}")["mark"] == 2


def test_the_rows_are_the_same_when_batches_are_cut_otherwise():
    whole, single = tracker(), tracker()
    for number in range(6):
        whole.collect(f"{HIT}&action_name={number}")
    single.queue.bodies = list(whole.queue.bodies)[::-1]
    whole.drain()
    bodies, single.queue.bodies = single.queue.bodies, []
    for body in bodies:
        single.queue.bodies = [body]
        single.drain()
    assert single.rows() == whole.rows()


def test_days_are_the_sites_own_when_marked():
    instance = tracker(snapshot(replace(SITE, timezone="Pacific/Auckland")))
    instance.clock.set(NOW + 3600)  # 12:06 UTC
    instance.collect(HIT)
    assert instance.drain().touched == {(1, "2026-11-19")}


def test_one_bad_hit_is_set_aside_when_its_batch_is_good():
    instance = tracker()
    instance.collect(HIT)
    instance.collect("", method="POST", body=orjson.dumps({"requests": ["?" + HIT, f"?{HIT}&ca=1&e_c=a&e_a=b"]}))
    bad = instance.queue.bodies[1].replace(b"e_c=a", b"e_c=+")
    instance.queue.bodies[1] = bad
    result = instance.drain()
    assert (result.failed, result.counts) == (frozenset(), {"stored": 2, "rejected.blank_parameter": 1})
    (key,) = [key for key in instance.objects.stored if key.startswith(REJECTED_PREFIX)]
    assert key.startswith(f"rejected/site=1/date={DAY}/")
    kept = orjson.loads(instance.objects.get(key).data)
    assert (kept["reason"], kept["params"]["e_a"]) == ("blank_parameter", "b")


def test_rejected_hits_stay_when_others_come_with_one_of_them():
    instance = tracker()
    for number in range(3):
        instance.collect(f"{HIT}&e_c=a&e_a={number}")
    first, second, third = (body.replace(b"e_c=a", b"e_c=+") for body in instance.queue.bodies)
    for bodies in [first, second], [first, third]:
        instance.queue.bodies = bodies
        instance.drain()
    lines = b"\n".join(one.data for key, one in instance.objects.stored.items() if key.startswith(REJECTED_PREFIX))
    assert {orjson.loads(line)["params"]["e_a"] for line in lines.splitlines()} == {"0", "1", "2"}


def test_nothing_private_is_set_aside_when_a_hit_is_bad():
    instance = tracker(snapshot(SITE))
    instance.collect(f"{HIT}&cip=198.51.100.9&ua=SecretAgent&token_auth={TOKEN}")
    instance.snapshots.present = snapshot(replace(SITE, idsite=7))
    instance.drain()
    stored = b"".join(one.data for one in instance.objects.stored.values())
    assert b"unknown_site" in stored
    for secret in (b"198.51.100.9", b"203.0.113.77", b"SecretAgent", TOKEN.encode()):
        assert secret not in stored


def test_a_message_that_cannot_be_read_comes_again_when_others_are_stored():
    instance = tracker()
    instance.collect(HIT)
    messages = [Message("good", instance.queue.bodies[0]), Message("bad", b"not json")]
    result = instance.ingest.run(messages)
    assert (result.failed, result.counts) == ({"bad"}, {"stored": 1})


def test_only_messages_of_a_file_that_was_not_stored_come_again():
    instance = tracker(snapshot(SITE, replace(SITE, idsite=2)))
    instance.collect(HIT)
    instance.collect(HIT.replace("idsite=1", "idsite=2"))
    put = instance.objects.put

    def refuse_second(key, data, **more):
        if key.startswith("hits/site=2/"):
            raise UnavailableError(key)
        return put(key, data, **more)

    instance.objects.put = refuse_second
    result = instance.drain()
    assert (result.failed, result.counts["stored"], result.touched) == ({"1"}, 1, {(1, DAY)})


def test_messages_come_again_when_their_day_cannot_be_marked():
    instance = tracker()
    instance.collect(HIT)

    def refuse(*_, **__):
        raise UnavailableError("away")

    instance.state.update = refuse
    result = instance.drain()
    assert (result.failed, result.touched) == ({"0"}, frozenset())


def test_everything_comes_again_when_there_is_no_snapshot():
    instance = tracker()
    instance.collect(HIT)

    def refuse(_max_age_seconds=None):
        raise UnavailableError("away")

    instance.snapshots.current = refuse
    with pytest.raises(UnavailableError):
        instance.drain()


def test_drops_are_counted_by_reason_per_site_and_day():
    bot = Client(is_bot=True, os_code="BOT")
    instance = tracker(detects=lambda agent, _: bot if "bot" in agent else FIREFOX_CLIENT)
    instance.collect("idsite=1")
    instance.collect("idsite=1")
    instance.collect(HIT, headers={"user-agent": "a bot"})
    result = instance.drain()
    assert result.counts == {"stored": 0, "dropped.no_rec": 2, "dropped.bot": 1}
    day = date.fromisoformat(DAY)
    assert CountedHits(instance.state).by_reason(1, day, day) == {"no_rec": 2, "bot": 1}
    assert instance.rows() == []


def test_failures_are_kept_when_collect_tells_them():
    instance = tracker()
    instance.collect("idsite=9&rec=1")
    assert instance.drain().counts == {"stored": 0, "failures": 1, "refused.unknown_site": 1}
    assert instance.state.get("tracking_failures", "9#1")["request_url"] == "idsite=9&rec=1"


def test_the_site_is_older_when_a_hit_is():
    instance = tracker()
    instance.collect(f"{HIT}&token_auth={TOKEN}&cdt=2020-05-10%2012:00:00")
    instance.collect(f"{HIT}&token_auth={TOKEN}&cdt=2020-03-02%2001:00:00")
    instance.drain()
    first = instance.state.get("site#1", "created")["ts_created"]
    assert first == 1_583_020_800  # 2020-03-01 00:00 UTC
    instance.collect(f"{HIT}&token_auth={TOKEN}&cdt=2020-04-01%2001:00:00")
    instance.drain()
    assert instance.state.get("site#1", "created")["ts_created"] == first


def test_nothing_is_said_of_the_site_when_its_hits_are_younger():
    instance = tracker()
    instance.collect(HIT)
    instance.drain()
    assert instance.state.get("site#1", "created") is None


# ---- plugins


def plugin(*dimensions):
    return Plugins((Plugin("Own", dimensions=dimensions),))


def test_columns_of_plugins_are_filled_when_there_are_some():
    seen = {}

    def colour(hit):
        seen.update(params=hit.params, site=hit.site.idsite, client=hit.client.code, country=hit.location.country)
        return hit.params.get("colour")

    instance = tracker(plugins=plugin(Dimension("own_colour", Scope.VISIT, colour)))
    instance.collect(HIT + "&colour=red&list[]=1")
    instance.drain()
    assert instance.rows()[0]["own_colour"] == "red"
    assert (seen["site"], seen["client"], seen["country"]) == (1, "FF", "de")
    assert "list" not in seen["params"]


def test_a_plugin_that_fails_leaves_its_column_empty_and_is_counted(caplog):
    def fail(_):
        raise RuntimeError("broken")

    wrong = Dimension("own_number", Scope.VISIT, lambda _: "no number", type="int32")
    instance = tracker(plugins=plugin(Dimension("own_bad", Scope.VISIT, fail), wrong))
    for _ in range(3):
        instance.collect(HIT)
    assert instance.drain().counts == {"stored": 3, "failed_column.own_bad": 3}
    assert "own_bad" not in instance.rows()[0]
    assert "own_number" not in instance.rows()[0]
    assert len([one for one in caplog.records if one.message == "a plugin's column cannot be computed"]) == 1


def test_nothing_private_is_logged_when_enrichment_fails(caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    instance = tracker()
    instance.collect(HIT + "&uid=secret-user", headers={"user-agent": "secret agent"})

    def fail(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("tidemark.tracking.ingest.enrich", fail)
    assert instance.drain().counts == {"stored": 0, "rejected.enrichment_failed": 1}
    assert "secret" not in caplog.text
    assert ADDRESS not in caplog.text


def test_settings_are_those_of_the_newest_snapshot_when_ingested():
    instance = tracker()
    instance.collect(HIT)
    instance.snapshots.present = snapshot(settings={"PrivacyManager.ipAddressMaskLength": 4}, version=2)
    instance.drain()
    assert instance.rows()[0]["location_ip"] == "0.0.0.0"


def test_ingest_is_made_from_the_ports_alone():
    instance = tracker()
    made = Ingest(instance.objects, instance.state, instance.snapshots, Plugins(()))
    assert made.run([]).counts == {"stored": 0}
