"""Bad input: a clear answer, nothing lost that could be kept, nothing private in any log. Source: issue 2, the list."""

from __future__ import annotations

import logging

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.tracking import NOW, TOKEN, tracker
from tidemark.tracking.answers import GIF, NOTICE

HIT = "idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2Fa"
MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("query", "status", "stored"),
    [
        ("idsite=98989&rec=1", 400, 0),
        ("idsite=abc&rec=1", 400, 0),
        ("rec=1", 400, 0),
        ("idsite=1&url=https://shop.example.org/", 200, 0),
        ("idsite=1&rec=1&url=https%3A%2F%2Fshop.exa%", 200, 1),
        ("idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2F%E2%28%A1", 200, 1),
        ("idsite=1&rec=1&action_name=%FF%FE", 200, 1),
        ("idsite=1&rec=1&&&=&=x&[]=1&%00=1&a[b[c]]=1", 200, 1),
        (HIT + "x" * MEGABYTE, 200, 1),
        (HIT + "&urlref=https://x/" + "y" * MEGABYTE, 200, 1),
        (HIT + "&action_name=" + "%20" * 100_000, 200, 1),
        (HIT + "&data=" + "x" * MEGABYTE, 400, 0),
        (HIT + "".join(f"&p{number}=1" for number in range(10_000)), 200, 1),
        (f"{HIT}&cdt={NOW + 3600}", 200, 1),
        (f"{HIT}&cdt={NOW - 90_000}", 400, 0),
        (f"{HIT}&cdt={NOW - 90_000}&token_auth={'0' * 32}", 400, 0),
        (f"{HIT}&cdt={NOW - 90_000}&token_auth={TOKEN}", 200, 1),
        (f"{HIT}&cip=192.0.2.1&token_auth={'0' * 32}", 400, 0),
        (f"{HIT}&cip=nonsense&token_auth={TOKEN}", 200, 1),
        (f"{HIT}&lat=nan&long=inf&token_auth={TOKEN}", 200, 1),
        (f"{HIT}&e_c=a&e_a=b&e_v=1e999", 200, 1),
        (
            f"{HIT}&idgoal=0&ec_id=1&revenue=1e308&ec_items=%5B%5B%22s%22%2C%22n%22%2C%22c%22%2C1e308%2C1e308%5D%5D",
            200,
            1,
        ),
        (f"{HIT}&search_count=99999999999&search=x", 200, 1),
        (f"{HIT}&bw_bytes=99999999999999999999", 200, 1),
        (f"{HIT}&res=%00&h=99&m=-1&lang=%00%00", 200, 1),
        (f"{HIT}&uadata=%7B%22brands%22%3A%5B%5B%5D%5D%7D", 200, 1),
    ],
)
def test_a_single_request_is_answered_clearly_when_it_is_odd(query, status, stored):
    instance = tracker()
    answer = instance.collect(query)
    assert answer.status == status
    assert answer.body.startswith(GIF)
    assert (NOTICE in answer.body) is (status == 400)
    result = instance.drain()
    assert (result.failed, result.counts["stored"]) == (frozenset(), stored)
    assert not [name for name in result.counts if name.startswith("rejected")]


def test_it_is_said_what_is_wrong_when_a_hit_is_too_large():
    answer = tracker().collect(HIT + "&data=" + "x" * MEGABYTE)
    assert b"at most" in answer.body


def test_no_image_but_a_notice_is_answered_when_none_is_wanted():
    answer = tracker().collect("idsite=98989&rec=1&send_image=0")
    assert (answer.status, answer.body) == (400, NOTICE)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"requests":["?idsite=1"', {"tracked": 0, "invalid": 0}),
        (b'{"requests":[', {"tracked": 0, "invalid": 0}),
        (b'{"requests":5}', {"tracked": 0, "invalid": 0}),
        (b"{'requests':['?idsite=1']}", {"tracked": 0, "invalid": 0}),
        (b'{"requests":["?idsite=98989&rec=1"]}', {"tracked": 0, "invalid": 1}),
        (b'{"requests":["?rec=1","?' + HIT.encode() + b'"]}', {"tracked": 1, "invalid": 1}),
        (b'{"requests":[{"idsite":{"a":1},"rec":[1]}]}', {"tracked": 0, "invalid": 1}),
        (b'{"requests":[{"idsite":1,"rec":1,"x":' + b"[" * 300 + b"]" * 300 + b"}]}", {"tracked": 0, "invalid": 1}),
        (b'{"requests":["?' + HIT.encode() + b"&data=" + b"x" * MEGABYTE + b'"]}', {"tracked": 0, "invalid": 1}),
        (b'{"requests":["\xff\xfe?idsite=1&rec=1"]}', {"tracked": 1, "invalid": 0}),
    ],
)
def test_a_bulk_counts_what_is_wrong_when_some_of_it_is(body, expected):
    answer = tracker().collect("", method="POST", body=body)
    assert answer.status == 200
    assert orjson.loads(answer.body) == {"status": "success"} | expected


_NAMES = st.sampled_from(
    [
        *("idsite", "rec", "url", "urlref", "action_name", "_id", "cid", "uid", "e_c", "e_a", "e_v", "c_n", "link"),
        *(
            "download",
            "search",
            "search_count",
            "idgoal",
            "revenue",
            "ec_id",
            "ec_items",
            "_cvar",
            "cvar",
            "_pkc",
            "cdt",
        ),
        *(
            "cdo",
            "cip",
            "lang",
            "ua",
            "uadata",
            "cs",
            "res",
            "pf_net",
            "ping",
            "ca",
            "_ref",
            "_rcn",
            "dimension1",
            "a[]",
        ),
    ]
)
_VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["1", "0", "-1", "https://h/?q=a#b", "[[]]", '{"1":["a","b"]}', "%E9", "1e9", "2026-01-01"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=12))
def test_whatever_is_accepted_is_stored_or_dropped_when_ingested(pairs):
    instance = tracker()
    query = "&".join(["idsite=1&rec=1", *(f"{name}={value}" for name, value in pairs)])
    answer = instance.collect(query)
    assert answer.status in (200, 204, 400)
    result = instance.drain()
    assert result.failed == frozenset()
    assert not [name for name in result.counts if name.startswith(("rejected", "failed"))], result.counts


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=60),
    st.binary(max_size=60),
    st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4),
)
def test_nothing_raises_and_nothing_is_logged_when_requests_are_noise(query, body, headers):
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append
    logging.getLogger("tidemark").addHandler(handler)
    try:
        for method in ("GET", "POST", "OPTIONS"):
            tracker().collect(query, method=method, body=body, headers=headers)
    finally:
        logging.getLogger("tidemark").removeHandler(handler)
    assert records == []
