"""Collect: nothing acknowledged is lost, and every answer is clear. Source: Matomo 5.2, tracking behaviour; issue 2."""

from __future__ import annotations

import base64
import logging

import orjson
import pytest

from tests.support.tracking import FIREFOX, NOW, SITE, TOKEN, WRITER_TOKEN, snapshot, tracker
from tidemark.model.goal import Goal
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.stores.limits import MAX_MESSAGE_BYTES
from tidemark.stores.ports import UnavailableError
from tidemark.tracking.answers import GIF, NOTICE
from tidemark.tracking.message import Failure, Origin, Refused
from tidemark.tracking.sequence import SLOTS
from tidemark.tracking.spill import SPILL_PREFIX

HIT = "idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2Fa"
FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}


def bulk(requests, **outer):
    return orjson.dumps({"requests": requests} | outer)


# ---- what is queued


def test_a_hit_is_queued_as_sent_when_accepted():
    instance = tracker()
    instance.collect(HIT, headers={"dnt": "1", "cookie": "_pk_id=1", "x-other": "1", "sec-ch-ua": '"A"'})
    (envelope,) = instance.queue.envelopes
    assert (envelope.origin.address, envelope.user_agent, envelope.language) == ("203.0.0.0", FIREFOX, "de-DE,de;q=0.9")
    assert (envelope.received, envelope.headers) == (NOW, {"dnt": "1", "sec-ch-ua": '"A"'})
    assert envelope.hits[0].params == {"idsite": "1", "rec": "1", "url": "https://shop.example.org/a"}
    assert len(envelope.request_id) == 8


def test_hits_have_own_ids_and_growing_order_when_requests_follow():
    instance = tracker()
    for _ in range(50):
        instance.collect(HIT)
    envelopes = instance.queue.envelopes
    assert len({envelope.hit_id(0) for envelope in envelopes}) == 50
    assert len({envelope.request_id for envelope in envelopes}) == 1  # the process
    order = [envelope.sequence for envelope in envelopes]
    assert order == sorted(set(order))
    assert order[0] // SLOTS > 1_600_000_000_000_000  # real microseconds, not the settable clock


@pytest.mark.parametrize(
    ("query", "body", "headers", "expected"),
    [
        (HIT, b"idsite=2&extra=1", FORM, {"idsite": "1", "extra": "1"}),
        ("", HIT.encode(), FORM, {"idsite": "1", "rec": "1"}),
        ("", HIT.encode(), {}, {"idsite": "1", "rec": "1"}),
        (HIT + "&idsite=2&idsite=1", b"", FORM, {"idsite": "1"}),
    ],
)
def test_parameters_of_the_query_win_when_a_form_has_them_too(query, body, headers, expected):
    instance = tracker()
    instance.collect(query, method="POST", body=body, headers=headers)
    assert expected.items() <= instance.queue.hits[0].params.items()


def test_a_form_of_another_type_is_not_read_when_posted():
    instance = tracker()
    answer = instance.collect("", method="POST", body=HIT.encode(), headers={"content-type": "text/plain"})
    assert (answer.status, answer.body, instance.queue.bodies) == (400, NOTICE, [])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("idsite=1&rec=1", "https://shop.example.org/from-header"),
        ("idsite=1&rec=1&url=", "https://shop.example.org/from-header"),
        (HIT, "https://shop.example.org/a"),
        ("idsite=1&rec=1&urlref=http%3A%2F%2Fx", None),
    ],
)
def test_the_referer_header_is_the_page_when_none_is_named(query, expected):
    instance = tracker()
    instance.collect(query, headers={"referer": "https://shop.example.org/from-header"})
    assert instance.queue.hits[0].params.get("url") == expected


@pytest.mark.parametrize(
    ("query", "authenticated"),
    [
        (f"{HIT}&token_auth={TOKEN}&cip=192.0.2.1", True),
        (f"{HIT}&token_auth={WRITER_TOKEN}&cip=192.0.2.1", True),
        (f"{HIT}&token_auth={'0' * 32}", False),
        (HIT, False),
    ],
)
def test_no_token_is_queued_but_what_it_allows_when_sent(query, authenticated):
    instance = tracker()
    assert instance.collect(query).status == 200
    assert instance.queue.hits[0].is_authenticated is authenticated
    assert b"token" not in instance.queue.bodies[0]


def test_a_token_that_may_not_stand_in_an_address_counts_only_elsewhere():
    present = snapshot()
    grants = {hashed: grant._replace(post_only=True) for hashed, grant in present.grants.items()}
    present = TrackerSnapshot.from_json(
        TrackerSnapshot(present.version, present.salt, present.settings, grants, present.documents).to_json()
    )
    by_query, by_form, by_bulk = tracker(present), tracker(present), tracker(present)
    by_query.collect(f"{HIT}&token_auth={TOKEN}")
    by_form.collect("", method="POST", body=f"{HIT}&token_auth={TOKEN}".encode(), headers=FORM)
    by_bulk.collect("", method="POST", body=bulk([f"?{HIT}"], token_auth=TOKEN))
    found = [one.queue.hits[0].is_authenticated for one in (by_query, by_form, by_bulk)]
    assert found == [False, True, True]


def test_cookies_become_what_they_mean_when_sent():
    instance = tracker(snapshot(settings={"Tracker.use_third_party_id_cookie": "1"}))
    answer = instance.collect(f"{HIT}&_id=0123456789abcdef", headers={"cookie": "_pk_uid=fedcba9876543210"})
    assert instance.queue.envelopes[0].third_party_id == "fedcba9876543210"
    assert answer.headers["set-cookie"].startswith("_pk_uid=fedcba9876543210;")
    instance.collect(HIT, headers={"cookie": "matomo_ignore=1"})
    assert instance.queue.envelopes[1].has_opted_out


# ---- when stores fail


def test_hits_are_spilled_when_the_queue_refuses():
    instance = tracker()
    instance.queue.is_broken = True
    assert instance.collect(HIT).status == 200
    (key,) = instance.objects.stored
    assert key.startswith(SPILL_PREFIX)


def test_the_client_is_told_to_come_back_when_nothing_takes_the_hits():
    instance = tracker()
    instance.queue.is_broken = True

    def refuse(*_, **__):
        raise UnavailableError("away")

    instance.objects.put = refuse
    for answer in instance.collect(HIT), instance.collect("", method="POST", body=bulk(["?" + HIT])):
        assert answer.status == 503
        assert "retry-after" in answer.headers


def test_the_client_is_told_to_come_back_when_there_is_no_snapshot():
    instance = tracker()

    def unavailable(_max_age_seconds=None):
        raise UnavailableError("away")

    instance.snapshots.current = unavailable
    assert instance.collect(HIT).status == 503


# ---- refusals


@pytest.mark.parametrize(
    ("query", "failure"),
    [
        ("idsite=9&rec=1", Failure(9, 1, "idsite=9&rec=1")),
        ("rec=1", Failure(0, 1, "rec=1")),
        (HIT + "&cip=192.0.2.1", Failure(1, 2, HIT + "&cip=192.0.0.0")),
        (HIT + "&cid=1", None),
    ],
)
def test_failures_are_told_through_the_queue_when_they_are_of_a_kind(query, failure):
    instance = tracker()
    assert instance.collect(query).status == 400
    told = [one for envelope in instance.queue.envelopes for one in envelope.failures]
    assert told == ([failure] if failure else [])
    assert instance.queue.hits == []


def test_a_failure_is_told_once_when_a_flood_goes_on_but_all_are_counted():
    instance = tracker()
    for _ in range(100):
        instance.collect("idsite=9&rec=1")
    assert sum(len(envelope.failures) for envelope in instance.queue.envelopes) == 1
    assert sum(one.hits for envelope in instance.queue.envelopes for one in envelope.refused) == 100


def test_refused_hits_are_counted_by_site_and_reason_and_without_their_sender():
    instance = tracker()
    requests = [f"?{HIT}", f"?{HIT}&cid=1", "?idsite=9&rec=1", "?idsite=77&rec=1", f"?{HIT}&cid=2"]
    instance.collect(method="POST", body=orjson.dumps({"requests": requests}))
    (counted,) = [envelope for envelope in instance.queue.envelopes if envelope.refused]
    assert counted.refused == (Refused(0, "unknown_site", 2), Refused(1, "bad_visitor_id", 2))
    assert (counted.origin, counted.user_agent, counted.language, counted.hits) == (Origin(), "", "", [])


def test_a_new_site_is_known_at_once_when_a_hit_for_it_comes():
    instance = tracker()
    instance.snapshots.newest = snapshot(SITE, Site(2, "New", "https://new.example", 0), version=2)
    assert instance.collect("idsite=2&rec=1").status == 200
    assert instance.snapshots.refreshes == 1
    assert instance.collect(HIT).status == 200
    assert instance.snapshots.refreshes == 1


def test_a_new_goal_is_known_at_once_when_a_hit_names_it():
    instance = tracker()
    instance.snapshots.newest = snapshot(goals=[Goal(1, 1, "New", "manually")], version=2)
    assert instance.collect(HIT + "&idgoal=1").status == 200


def test_nothing_is_recorded_when_the_instance_records_nothing():
    instance = tracker(snapshot(settings={"Tracker.record_statistics": "0"}))
    answer = instance.collect(HIT)
    assert (answer.status, answer.body, instance.queue.bodies) == (503, GIF, [])
    assert instance.collect("", method="POST", body=bulk(["?" + HIT])).status == 503


# ---- answers


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT"])
@pytest.mark.parametrize(
    ("extra", "status"), [("", 200), ("&send_image=0", 204), ("&send_image=1", 200), ("&send_image=", 200)]
)
def test_an_image_is_answered_unless_it_is_not_wanted(method, extra, status):
    answer = tracker().collect(HIT + extra, method=method)
    assert answer.status == status
    assert answer.body == (b"" if status == 204 or method == "HEAD" else GIF)
    assert ("cache-control" in answer.headers) is (method == "GET")
    assert ("access-control-allow-origin" in answer.headers) is (method != "GET")


def test_the_origin_is_echoed_with_credentials_when_sent():
    answer = tracker().collect(HIT, method="POST", headers={"origin": "https://shop.example.org"})
    assert answer.headers["access-control-allow-origin"] == "https://shop.example.org"
    assert answer.headers["access-control-allow-credentials"] == "true"


def test_a_preflight_names_origin_and_headers_when_asked():
    headers = {
        "origin": "https://shop.example.org",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    answer = tracker().collect("", method="OPTIONS", headers=headers)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "https://shop.example.org"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-allow-headers"] == "content-type"
    assert answer.headers["access-control-allow-methods"] == "GET, POST"


def test_do_not_track_is_confirmed_when_honoured():
    instance = tracker(snapshot(settings={"PrivacyManager.doNotTrackEnabled": "1"}))
    assert instance.collect(HIT, headers={"dnt": "1"}).headers["tk"] == "N"
    assert "tk" not in instance.collect(HIT).headers
    assert "tk" not in tracker().collect(HIT, headers={"dnt": "1"}).headers


def test_the_servers_own_cookie_is_deleted_when_do_not_track_is_honoured():
    on = {"Tracker.use_third_party_id_cookie": "1"}
    sent = {"dnt": "1", "cookie": "_pk_uid=fedcba9876543210"}
    honouring = tracker(snapshot(settings={**on, "PrivacyManager.doNotTrackEnabled": "1"}))
    assert honouring.collect(HIT, headers=sent).headers["set-cookie"].startswith("_pk_uid=deleted; Max-Age=0; ")
    assert "set-cookie" not in honouring.collect(HIT, headers={"dnt": "1"}).headers
    assert "deleted" not in tracker(snapshot(settings=on)).collect(HIT, headers=sent).headers["set-cookie"]


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (base64.b64encode(PNG).decode(), (PNG, "image/png")),
        ("/no/such/file.gif", (GIF, "image/gif")),
        ("dGV4dA==", (GIF, "image/gif")),
    ],
)
def test_the_instances_own_image_is_answered_when_it_is_one(setting, expected):
    answer = tracker(snapshot(settings={"Tracker.custom_image": setting})).collect(HIT)
    assert (answer.body, answer.headers["content-type"]) == expected


def test_the_image_may_be_a_file_when_there_is_one(tmp_path):
    file = tmp_path / "pixel.png"
    file.write_bytes(PNG)
    assert tracker(snapshot(settings={"Tracker.custom_image": str(file)})).collect(HIT).body == PNG


# ---- bulk


@pytest.mark.parametrize(
    ("requests", "outer", "expected"),
    [
        (["?" + HIT, "?" + HIT], {}, {"tracked": 2, "invalid": 0}),
        (["?" + HIT], {"token_auth": TOKEN}, {"tracked": 1, "invalid": 0, "invalid_indices": []}),
        (["?" + HIT], {"token_auth": WRITER_TOKEN}, {"tracked": 1, "invalid": 0}),
        (["?" + HIT], {"token_auth": "0" * 32}, {"tracked": 1, "invalid": 0}),
        (["?" + HIT + "&cip=192.0.2.1"], {"token_auth": "0" * 32}, {"tracked": 0, "invalid": 1}),
        ([f"?{HIT}&cip=192.0.2.1&token_auth={TOKEN}"], {}, {"tracked": 1, "invalid": 0}),
        (
            ["?" + HIT, "?idsite=9&rec=1", "?" + HIT, "?" + HIT + "&ca=1"],
            {"token_auth": TOKEN},
            {"tracked": 2, "invalid": 2, "invalid_indices": [1, 3]},
        ),
        (["no query", {}, None, "?" + HIT], {"token_auth": TOKEN}, {"tracked": 3, "invalid": 0, "invalid_indices": []}),
        (["?idsite=1", "?idsite=1&rec=0"], {"token_auth": TOKEN}, {"tracked": 2, "invalid": 0, "invalid_indices": []}),
        ([], {}, {"tracked": 0, "invalid": 0}),
        ([], {"token_auth": TOKEN}, {"tracked": 0, "invalid": 0}),  # as conformance/TrackingProtocol has it
    ],
)
def test_a_bulk_says_how_many_were_tracked_when_answered(requests, outer, expected):
    answer = tracker().collect("", method="POST", body=bulk(requests, **outer))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert orjson.loads(answer.body) == {"status": "success"} | expected


def test_a_bulk_is_one_envelope_with_places_when_queued():
    instance = tracker()
    instance.collect("", method="POST", body=bulk(["?" + HIT, "?idsite=9", "?" + HIT], token_auth=TOKEN), headers=FORM)
    envelope = instance.queue.envelopes[0]
    assert [(hit.place, hit.is_authenticated) for hit in envelope.hits] == [(0, True), (2, True)]


def test_a_bulk_is_answered_without_text_when_no_image_is_wanted():
    answer = tracker().collect("", method="POST", body=bulk(["?" + HIT], send_image=0))
    assert (answer.status, answer.body) == (204, b"")


@pytest.mark.parametrize(("token", "status"), [(TOKEN, 200), (WRITER_TOKEN, 200), ("0" * 32, 500), ("", 500)])
def test_a_bulk_needs_a_token_when_the_instance_says_so(token, status):
    instance = tracker(snapshot(settings={"Tracker.bulk_requests_require_authentication": "1"}))
    answer = instance.collect("", method="POST", body=bulk(["?" + HIT], token_auth=token))
    assert answer.status == status
    assert bool(instance.queue.hits) is (status == 200)
    if status == 500:
        assert orjson.loads(answer.body) == {"status": "error", "tracked": 0, "invalid": 0}
        assert [one for told in instance.queue.envelopes for one in told.refused] == [(1, "not_authenticated", 1)]


def test_ten_thousand_hits_are_taken_in_messages_below_the_limit():
    instance = tracker()
    answer = instance.collect("", method="POST", body=bulk([f"?{HIT}&action_name={n}" for n in range(10_000)]))
    assert orjson.loads(answer.body) == {"status": "success", "tracked": 10_000, "invalid": 0}
    assert all(len(body) <= MAX_MESSAGE_BYTES for body in instance.queue.bodies)
    assert [hit.place for hit in instance.queue.hits] == list(range(10_000))
    assert len({envelope.request_id for envelope in instance.queue.envelopes}) == 1


def test_no_hit_has_anothers_sequence_when_the_first_ones_of_a_bulk_are_refused():
    instance = tracker()
    refused = "?idsite=99&rec=1&url=https%3A%2F%2Fshop.example.org%2Fa"
    for _ in range(3):
        instance.collect("", method="POST", body=bulk([refused] * (SLOTS + 1) + ["?" + HIT]))
        instance.collect(HIT)
    hits = [envelope.sequence + hit.place for envelope in instance.queue.envelopes for hit in envelope.hits]
    assert hits == sorted(set(hits))


def test_requests_that_are_only_counted_have_own_ids_when_they_follow():
    instance = tracker()
    for _ in range(20):
        instance.collect("idsite=99&rec=1")
    told = [envelope for envelope in instance.queue.envelopes if envelope.refused]
    assert len({envelope.hit_id(0) for envelope in told}) == len(told) == 20


# ---- private data


def test_nothing_private_is_logged_when_anything_goes_wrong(caplog):
    caplog.set_level(logging.DEBUG)
    instance = tracker()
    instance.queue.is_broken = True
    secret = "secret-" + TOKEN
    for query in (
        HIT + "&cid=1&uid=" + secret,
        f"idsite=9&rec=1&url={secret}",
        HIT + "&cip=" + secret,
        HIT + "&x=" + secret,
    ):
        instance.collect(query, headers={"user-agent": secret}, client_ip="198.51.100.9")
    assert caplog.records
    assert "secret" not in caplog.text
    assert "198.51.100.9" not in caplog.text
