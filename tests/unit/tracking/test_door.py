"""What may go further than collect: no full address stands in anything that is written down. ADR 0012."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tracking import NOW, SITE, TOKEN, snapshot, tracker
from tidemark.definitions.location_databases import shipped_databases
from tidemark.model.erasure import Subject, SubjectKind
from tidemark.tracking.bot_ranges import GOOGLE, OTHERS, bot_network
from tidemark.tracking.door import Door
from tidemark.tracking.masking import masked
from tidemark.tracking.message import Envelope, Origin, RawHit
from tidemark.tracking.pseudonyms import address_pseudonym

V4, V6, MAPPED, NAMED = "203.0.113.77", "2001:db8:aa:bb:cc:dd:ee:ff", "::ffff:203.0.113.78", "198.51.100.99"
FORWARDED = {"General.proxy_client_headers": "HTTP_X_FORWARDED_FOR", "General.proxy_ips": "10.0.0.0/8"}
PAGE = "idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2F"


def spellings(address):
    """The ways in which an address could stand somewhere."""
    found = ipaddress.ip_address(address)
    plain = getattr(found, "ipv4_mapped", None) or found
    texts = {address, str(found), found.exploded, str(plain), plain.packed.hex(), str(int(plain))}
    return [text.encode() for text in texts] + [plain.packed]


def requests():
    """Requests by which full addresses come in: the peer's, forwarded ones, and those that tokens let a hit name."""
    bulk = {"requests": [f"?{PAGE}&cip={NAMED}", {"idsite": "1", "rec": "1", "cip": V6}], "token_auth": TOKEN}
    return [
        {"query": PAGE, "client_ip": V4},
        {"query": PAGE, "client_ip": V6},
        {"query": PAGE, "client_ip": MAPPED},
        {"query": PAGE, "client_ip": "10.0.0.1", "headers": {"x-forwarded-for": f"192.0.2.1, {V4}, 10.2.3.4"}},
        {"query": PAGE, "client_ip": "10.0.0.1", "headers": {"x-forwarded-for": V6, "forwarded": f"for={V4}"}},
        {"query": PAGE, "client_ip": V4, "headers": {"via": f"1.1 {V4}", "x-real-ip": V4}},
        {"query": f"{PAGE}&cip={NAMED}&token_auth={TOKEN}", "client_ip": V4},
        {"query": f"{PAGE}&cip={V4}&cip={NAMED}&token_auth={TOKEN}", "client_ip": V4},
        {"query": f"{PAGE}&cip={NAMED}", "client_ip": V4},
        {"query": f"{PAGE}&cip[]={NAMED}", "client_ip": V4},
        {"query": PAGE.replace("idsite=1", "idsite=9") + f"&cip={NAMED}", "client_ip": V4},
        {"method": "POST", "body": orjson.dumps(bulk), "client_ip": V4},
    ]


def written(instance):
    """All that the queue, the spill, the logs and the tables hold."""
    stored = [one.data for one in instance.objects.stored.values()]
    return b"\n".join([*instance.queue.bodies, *stored, *(key.encode() for key in instance.objects.stored)])


@pytest.mark.parametrize("length", [1, 2, 3, 4])
@pytest.mark.parametrize("is_broken", [False, True], ids=["queued", "spilled"])
@pytest.mark.parametrize("enriches_by_masked", ["0", "1"])
def test_no_full_address_is_written_down_when_addresses_are_masked(length, is_broken, enriches_by_masked):
    """A dead letter is a message that stayed in the queue: its bytes are the same."""
    settings = FORWARDED | {
        "PrivacyManager.ipAddressMaskLength": str(length),
        "PrivacyManager.useAnonymizedIpForVisitEnrichment": enriches_by_masked,
        "usercountry.location_provider": "geoip2php",
    }
    instance = tracker(snapshot(settings=settings))
    instance.queue.is_broken = is_broken
    for request in requests():
        instance.collect(**request)
    before = written(instance)
    assert (b"spill/" in before) is is_broken
    instance.drain()
    told = before + written(instance) + repr(instance.state.query("tracking_failures")).encode()
    for address in (V4, V6, MAPPED, NAMED):
        for text in spellings(address):
            assert text not in told, f"{text!r} of {address}"


def test_the_full_address_goes_on_where_it_is_stored_anyway():
    instance = tracker(snapshot(settings={"PrivacyManager.ipAnonymizerEnabled": "0"}))
    instance.collect(PAGE, client_ip=V4)
    assert instance.queue.envelopes[0].origin == Origin(V4)


def test_the_token_is_taken_out_when_a_hit_is_queued():
    instance = tracker()
    instance.collect(f"{PAGE}&token_auth={TOKEN}&x=1")
    assert TOKEN.encode() not in written(instance)
    assert instance.queue.hits[0].params["x"] == "1"


def test_masked_addresses_are_told_apart_unless_enrichment_may_not():
    def fingerprints(settings):
        instance = tracker(snapshot(settings=settings))
        for address in (V4, "203.0.113.1", V4):
            instance.collect(PAGE, client_ip=address)
        instance.drain()
        return [row["fingerprint"] for row in instance.rows()]

    first, other, again = fingerprints({})
    assert first == again != other
    assert len(set(fingerprints({"PrivacyManager.useAnonymizedIpForVisitEnrichment": "1"}))) == 1


@pytest.mark.parametrize(
    ("client_ip", "query", "reason"),
    [
        ("192.0.2.55", PAGE, "excluded_ip"),
        ("192.0.2.54", PAGE, None),
        (V4, f"{PAGE}&cip=192.0.2.55&token_auth={TOKEN}", "excluded_ip"),
        ("192.0.2.55", f"{PAGE}&cip={V4}&token_auth={TOKEN}", None),
        ("66.249.85.36", PAGE, "bot_address"),
        (V4, f"{PAGE}&cip=66.249.85.36&token_auth={TOKEN}", "bot_address"),
        ("66.249.85.36", f"{PAGE}&cip={V4}&token_auth={TOKEN}", None),
    ],
)
def test_the_full_address_decides_about_exclusions(client_ip, query, reason):
    instance = tracker(snapshot(replace(SITE, excluded_ips=("192.0.2.55",))))
    instance.collect(query, client_ip=client_ip)
    assert instance.drain().counts == ({"stored": 1} if reason is None else {"stored": 0, f"dropped.{reason}": 1})


def test_an_address_is_excluded_only_for_the_site_that_does_not_want_it():
    instance = tracker(snapshot(replace(SITE, excluded_ips=(V4,)), replace(SITE, idsite=2)))
    body = orjson.dumps({"requests": [f"?{PAGE}", f"?{PAGE.replace('idsite=1', 'idsite=2')}"]})
    instance.collect(method="POST", body=body, client_ip=V4)
    assert instance.drain().counts == {"stored": 1, "dropped.excluded_ip": 1}


@pytest.mark.skipif(not shipped_databases(), reason="the database was not fetched")
@pytest.mark.parametrize(
    ("client_ip", "query", "headers", "expected"),
    [
        ("193.0.6.139", PAGE, {}, "nl"),
        ("2001:67c:2e8:22::c100:68b", PAGE, {}, "nl"),
        ("193.0.6.139", PAGE, {"cloudfront-viewer-country": "PT"}, "pt"),
        ("127.0.0.1", f"{PAGE}&cip=193.0.6.139&token_auth={TOKEN}", {"cloudfront-viewer-country": "PT"}, "nl"),
        ("127.0.0.1", PAGE, {}, "de"),
    ],
)
def test_the_full_address_is_placed_before_it_is_masked(client_ip, query, headers, expected):
    instance = tracker(
        snapshot(settings={"usercountry.location_provider": "geoip2php", "PrivacyManager.ipAddressMaskLength": "4"})
    )
    instance.collect(query, client_ip=client_ip, headers=headers)
    instance.drain()
    (row,) = instance.rows()
    assert orjson.loads(row["raw"])["@location"][0] == expected


def test_nothing_is_looked_up_when_enrichment_may_not_see_the_full_address():
    settings = {"usercountry.location_provider": "geoip2php", "PrivacyManager.useAnonymizedIpForVisitEnrichment": "1"}
    headers = {"cloudfront-viewer-country": "PT", "sec-ch-ua-model": "X", "x-forwarded-for": V4}
    door = Door(snapshot(settings=settings))
    assert door.origin("193.0.6.139", headers) == Origin("193.0.0.0")
    assert door.headers(headers) == ["sec-ch-ua-model"]


@pytest.mark.parametrize("setting", ["uid", "ec_id"])
def test_ids_are_queued_as_pseudonyms_when_the_instance_wants_it(setting):
    name = {"uid": "anonymizeUserId", "ec_id": "anonymizeOrderId"}[setting]
    instance = tracker(snapshot(settings={f"PrivacyManager.{name}": "1"}))
    instance.collect(f"{PAGE}&idgoal=0&{setting}=jane-77")
    instance.collect(f"{PAGE}&cip={NAMED}&{setting}=jane-77")
    assert b"jane-77" not in written(instance)
    instance.drain()
    assert b"jane-77" not in written(instance)
    assert "jane-77" not in repr(list(instance.state.query("tracking_failures")))


@pytest.mark.parametrize(
    ("option", "referrer", "gone", "expected"),
    [
        ("exclude_query", "https://www.google.com/search?q=tidal", b"tidal", (2, "Google", "")),
        ("exclude_path", "https://blog.example/secret?q=1", b"secret", (3, "blog.example", "")),
        ("exclude_all", "https://blog.example/secret?q=1", b"blog.example", (3, "", "")),
        ("exclude_all", "https://www.google.com/search?q=tidal", b"tidal", (2, "Google", "")),
    ],
)
def test_referrers_are_queued_without_what_the_instance_hides(option, referrer, gone, expected):
    instance = tracker(snapshot(settings={"PrivacyManager.anonymizeReferrer": option}))
    instance.collect(
        f"{PAGE}&urlref={referrer.replace('?', '%3F').replace('=', '%3D')}&idgoal=0&ec_id=1&_ref={referrer}"
    )
    assert gone not in written(instance)
    instance.drain()
    (row,) = instance.rows()
    assert (row["referer_type"], row["referer_name"], row["referer_keyword"]) == expected
    assert orjson.loads(row["attribution"])[:2] == list(expected[:2])
    assert gone not in written(instance)


def test_spam_is_found_before_its_referrer_is_hidden():
    instance = tracker(snapshot(settings={"PrivacyManager.anonymizeReferrer": "exclude_all"}))
    instance.collect(f"{PAGE}&urlref=https%3A%2F%2Fsemalt.com%2F")
    assert instance.drain().counts == {"stored": 0, "dropped.referrer_spam": 1}


def test_messages_of_earlier_formats_are_as_they_would_be_written_today():
    """They waited in the queue during an upgrade."""
    old = {
        "v": 2,
        "id": "a" * 24,
        "t": NOW,
        "q": 7,
        "s": 1,
        "ip": V4,
        "ua": "x",
        "al": "de-DE,de;q=0.9",
        "hd": {"via": "1.1 p"},
    }
    instance, today = tracker(), tracker()
    hits = [[0, f"{PAGE}&uid=anna", 0], [1, {"idsite": "1", "rec": "1", "cip": NAMED}, 1]]
    instance.queue.bodies = [orjson.dumps(old | {"h": hits})]
    assert instance.drain().counts == {"stored": 2}
    today.collect(f"{PAGE}&uid=anna")
    today.collect(f"idsite=1&rec=1&cip={NAMED}&token_auth={TOKEN}")
    today.drain()
    for column in ("fingerprint", "location_ip", "user_id"):
        assert [row.get(column) for row in instance.rows()] == [row.get(column) for row in today.rows()]


def test_an_erased_address_is_known_by_what_its_waiting_hits_say():
    origin = Door(snapshot()).origin(V4)
    assert origin.key == address_pseudonym(V4, "salt")
    assert Subject(SubjectKind.ADDRESS, origin.key) != Subject(SubjectKind.ADDRESS, V4)


@given(st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=16), st.integers(0, 4))
def test_masking_clears_the_bytes_that_it_should_and_is_done_once_and_for_all(data, length):
    address = ipaddress.ip_address(data)
    mapped = getattr(address, "ipv4_mapped", None)
    found = masked(str(address), length)
    kept = {4: 32 - 8 * length, 16: (128, 64, 48, 24, 0)[length]}[len(data)] if mapped is None else 128 - 8 * length
    number = int(address) >> (len(data) * 8 - kept) << (len(data) * 8 - kept)
    assert int(ipaddress.ip_address(found)) == number
    assert masked(found, length) == found


@given(st.text(max_size=50))
def test_no_text_is_an_error_when_masked(text):
    assert ipaddress.ip_address(masked(text, 2))
    assert bot_network(text) in (0, GOOGLE, OTHERS)


def test_a_message_is_private_once_it_went_through_the_door():
    door = Door(snapshot())
    said = Envelope("a" * 24, NOW, 1, Origin(V4), hits=[RawHit(0, {"idsite": "1"})], is_private=False)
    once = door.private(said)
    assert once.is_private
    assert door.private(once) is once
