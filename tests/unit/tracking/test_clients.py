"""Ways in which clients send hits, and parameters that only they care about. Source: recorded traffic, README."""

from __future__ import annotations

import orjson
import pytest

from tests.support.tracking import SITE, TOKEN, WRITER_TOKEN, snapshot, tracker
from tidemark.tracking.answers import GIF
from tidemark.tracking.request import Request

HIT = "idsite=1&rec=1&action_name=Hello"
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


def titles(instance):
    instance.drain()
    return [row.get("title") for row in instance.rows()]


@pytest.mark.parametrize(
    "extra",
    [
        "consent=1",
        "queuedtracking=0",
        "queuedtracking=1",
        "dp=1",
        "apiv=1&rand=5&r=123456",
        "_idts=1&_idvc=2&_viewts=3&_ects=4&_idn=1&_refts=5",
        "dir=1&gears=1&gt_ms=17&data=%7B%7D",
        "ma_id=x&ma_ti=y&ma_re=z&ma_mt=video&ma_pn=p&ma_st=1&ma_le=2&ma_ps=3&ma_ttp=4&ma_w=5&ma_h=6&ma_fs=1&ma_se=%5B%5D",
        "cra=message&cra_st=at&cra_ct=c&cra_tp=t&cra_ru=u&cra_rl=1&cra_rc=2",
        "e_cvar=%7B%7D",
        "debug=1",
        "nobody=knows&this[]=1",
    ],
)
def test_a_hit_is_recorded_whatever_else_clients_send(extra):
    instance = tracker()
    answer = instance.collect(f"{HIT}&{extra}")
    assert (answer.status, answer.body) == (200, GIF)
    assert titles(instance) == ["Hello"]


def test_the_last_of_equal_parameters_counts():
    """Source: README, "What the clients expect": queued requests repeat idsite and rec."""
    instance = tracker()
    instance.collect(f"idsite=9&rec=0&action_name=First&{HIT}")
    assert titles(instance) == ["Hello"]


@pytest.mark.parametrize("path", ["/", "/matomo.php", "/piwik.php", "/js/tracker.php"])
def test_hits_are_taken_at_whatever_path_the_front_sends_on(path):
    instance = tracker()
    request = Request("POST", path, HIT, dict(FORM), b"", "203.0.113.7")
    assert instance.collector.collect(request).status == 200
    assert titles(instance) == ["Hello"]


@pytest.mark.parametrize(
    ("query", "body", "expected"),
    [
        (HIT, b"", "Hello"),
        ("", HIT.encode(), "Hello"),
        ("action_name=Query", HIT.encode(), "Query"),
        (HIT, f"token_auth={TOKEN}".encode(), "Hello"),
    ],
)
def test_parameters_come_from_query_and_form_of_a_post(query, body, expected):
    instance = tracker()
    instance.collect(query, method="POST", body=body, headers=FORM)
    assert titles(instance) == [expected]


@pytest.mark.parametrize(
    "entry",
    [
        f"?{HIT}",
        f"https://stats.example.org/matomo.php?{HIT}",
        f"/piwik.php?{HIT}#fragment",
        {"idsite": 1, "rec": True, "action_name": "Hello", "url": None},
        {"idsite": "1", "rec": "1", "action_name": "Hello"},
    ],
)
def test_a_bulk_under_a_form_content_type_takes_strings_urls_and_objects(entry):
    instance = tracker()
    body = orjson.dumps({"requests": [entry], "send_image": 0})
    assert instance.collect(method="POST", body=body, headers=FORM).status == 204
    assert titles(instance) == ["Hello"]


def test_hits_of_a_bulk_go_to_their_sites():
    other = SITE.__class__(2, "Other", "https://other.example", 0)
    instance = tracker(snapshot(SITE, other))
    requests = [f"?{HIT}", f"?{HIT.replace('idsite=1', 'idsite=2')}", "?idsite=3&rec=1"]
    answer = instance.collect(method="POST", body=orjson.dumps({"requests": requests, "token_auth": TOKEN}))
    assert orjson.loads(answer.body) == {"status": "success", "tracked": 2, "invalid": 1, "invalid_indices": [2]}
    instance.drain()
    assert [row["idsite"] for row in instance.rows()] == [1, 2]


@pytest.mark.parametrize(
    ("token", "settings", "is_shown"),
    [
        (TOKEN, {}, True),
        (WRITER_TOKEN, {}, False),
        ("", {}, False),
        ("", {"Tracker.debug_on_demand": "1"}, True),
    ],
)
def test_debug_output_is_for_those_who_may_see_it(token, settings, is_shown):
    instance = tracker(snapshot(settings=settings))
    answer = instance.collect(f"{HIT}&debug=1&token_auth={token}")
    assert answer.headers["content-type"].startswith("text/plain") is is_shown
    assert (b"action_name = Hello" in answer.body) is is_shown
    assert TOKEN.encode() not in answer.body
    assert titles(instance) == ["Hello"]


def test_debug_output_says_why_a_hit_is_refused():
    instance = tracker()
    answer = instance.collect(f"idsite=9&rec=1&debug=1&token_auth={TOKEN}")
    assert answer.status == 400
    assert b"there is no site 9 (unknown_site)" in answer.body
