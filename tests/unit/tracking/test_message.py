"""Queue messages: what goes in comes out, and none is too large."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.stores.limits import MAX_MESSAGE_BYTES
from tidemark.tracking.message import (
    MAX_HIT_BYTES,
    Envelope,
    Failure,
    Origin,
    RawHit,
    Referrers,
    ToldReferrer,
    decode,
    encode,
    encode_hit,
)
from tidemark.tracking.query import read_query

ORIGIN = Origin("203.0.113.0", "0f" * 12, 1, ("nl", None, None, 52.1, 4.3, "geoip2", None))
ENVELOPE = Envelope("a" * 24, 1_795_000_000, 5, ORIGIN, 'Agent "é"', "de", {"dnt": "1"}, True, "0" * 16)


def through_the_queue(hits, failures=()):
    envelope = ENVELOPE._replace(failures=failures)
    return [decode(message) for message in encode(envelope, [encode_hit(hit) for hit in hits])]


def test_an_envelope_comes_out_as_it_went_in_when_small():
    hit = RawHit(3, {"url": "https://é", "a": {"0": "x"}}, True)
    (found,) = through_the_queue([hit])
    assert found == ENVELOPE._replace(hits=[hit], failures=[])


def test_a_query_comes_out_as_its_parameters_when_it_went_in_as_it_was_sent():
    (found,) = through_the_queue([RawHit(0, read_query("url=https%3A%2F%2Fa%2F&x=+"))])
    assert found.hits == [RawHit(0, {"url": "https://a/", "x": " "})]


def test_what_a_hit_has_of_its_own_comes_out_as_it_went_in():
    told = ToldReferrer(2, "Google", "", "https://www.google.com/", True, False)
    hits = [
        RawHit(0, {"a": "b"}, False, True),
        RawHit(1, {}, True, False, ORIGIN),
        RawHit(2, {}, True, True, Origin("0.0.0.0"), Referrers(told, told)),
        RawHit(3, {}, referrers=Referrers(told)),
    ]
    (found,) = through_the_queue(hits)
    assert found.hits == hits


@pytest.mark.parametrize("version", [1, 2])
def test_messages_of_earlier_formats_are_read_when_they_waited_during_an_upgrade(version):
    (message,) = encode(ENVELOPE, [encode_hit(RawHit(0, {"a": "b"}))])
    found = decode(message.replace(b'"v":3', f'"v":{version}'.encode()))
    assert found.hits == [RawHit(0, {"a": "b"})]
    assert not found.is_private


def test_hits_keep_their_ids_when_their_request_was_sent_before_an_upgrade():
    assert ENVELOPE.hit_id(2) == "a" * 24 + "-2"
    assert ENVELOPE._replace(request_id="xY3-+").hit_id(2) == "7-xY3-+"


def test_nothing_is_sent_when_there_is_nothing_to_tell():
    assert through_the_queue([]) == []


def test_failures_travel_apart_when_told():
    messages = through_the_queue([RawHit(0, {})], [Failure(1, 2, "idsite=1"), Failure(9, 1, "idsite=9")])
    assert [list(message.failures) for message in messages] == [
        [],
        [Failure(1, 2, "idsite=1")],
        [Failure(9, 1, "idsite=9")],
    ]


@given(st.lists(st.integers(1, MAX_HIT_BYTES - 100), min_size=1, max_size=12))
def test_messages_stay_below_the_limit_when_a_bulk_is_split(sizes):
    hits = [RawHit(index, {"x": "y" * size}) for index, size in enumerate(sizes)]
    messages = list(encode(ENVELOPE, [encode_hit(hit) for hit in hits]))
    assert all(len(message) <= MAX_MESSAGE_BYTES for message in messages)
    assert [hit.place for message in messages for hit in decode(message).hits] == list(range(len(sizes)))


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"v":4}', b'{"v":1}', b'{"v":1,"id":"a","t":1,"q":1,"ip":"","ua":"","al":"","h":[1]}']
)
def test_other_messages_are_an_error_when_decoded(body):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the value, it is no message of ours
        decode(body)


def test_a_message_is_json_when_encoded():
    (message,) = encode(ENVELOPE, [encode_hit(RawHit(0, {"a": "\u2028"}))])
    assert orjson.loads(message)["h"] == [[0, {"a": "\u2028"}, 0]]
