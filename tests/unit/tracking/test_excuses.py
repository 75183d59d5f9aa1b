"""Hits of wrong values that are excluded anyway. Source: Matomo 5.2, tracking behaviour, section 1, processing order."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from tests.support.tracking import FIREFOX, SITE, TOKEN, snapshot, tracker
from tidemark.tracking import excuses

BLANK = "idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2F&e_c=%20&e_a=play"
WRONG = (
    BLANK,
    "idsite=1&rec=1&idgoal=99",
    "idsite=1&rec=1&cid=short",
    "idsite=1&rec=1&ca=1",
    "idsite=1&rec=1&pf_net=-5",
)
NO_FIREFOX = snapshot(replace(SITE, excluded_user_agents=("Firefox",)))


@pytest.mark.parametrize("query", WRONG)
def test_wrong_values_do_not_matter_when_the_hit_is_excluded(query):
    assert tracker().collect(query).status == 400
    instance = tracker(NO_FIREFOX)
    assert instance.collect(query).status == 200
    assert instance.drain().counts == {"stored": 0, "dropped.excluded_user_agent": 1}


@pytest.mark.parametrize(
    ("reason", "query", "more", "present"),
    [
        ("prefetch", BLANK, {"headers": {"x-moz": "prefetch"}}, snapshot()),
        ("opt_out_cookie", BLANK, {"headers": {"cookie": "matomo_ignore=1"}}, snapshot()),
        ("bot_address", BLANK, {"client_ip": "66.249.85.36"}, snapshot()),
        ("referrer_spam", BLANK + "&urlref=http%3A%2F%2Fsemalt.com%2F", {}, snapshot()),
        (
            "referrer_spam",
            BLANK + "&urlref=http%3A%2F%2Fsemalt.com%2F",
            {},
            snapshot(settings={"PrivacyManager.anonymizeReferrer": "exclude_all"}),
        ),
        ("excluded_ip", BLANK, {}, snapshot(replace(SITE, excluded_ips=("203.0.113.77",)))),
        (
            "excluded_ip",
            f"{BLANK}&cip=192.0.2.1&token_auth={TOKEN}",
            {},
            snapshot(replace(SITE, excluded_ips=("192.0.2.1",))),
        ),
        (
            "unknown_url",
            BLANK.replace("shop.", "other."),
            {},
            snapshot(replace(SITE, exclude_unknown_urls=True)),
        ),
        ("excluded_request", BLANK, {}, snapshot(settings={"Tracker.exclude_requests": "e_a==PLAY"})),
    ],
)
def test_they_are_counted_by_what_excludes_them(reason, query, more, present):
    instance = tracker(present)
    assert instance.collect(query, **more).status == 200
    assert instance.drain().counts == {"stored": 0, f"dropped.{reason}": 1}


@pytest.mark.parametrize("query", ["idsite=9&rec=1", "idsite=1&rec=1&cip=192.0.2.1", "idsite=1&rec=1&cdt=2026-01-01"])
def test_missing_sites_and_rights_are_told_before_anything_is_excluded(query):
    assert tracker(NO_FIREFOX).collect(query).status == 400


def test_a_bulk_counts_excluded_hits_of_wrong_values_as_tracked():
    instance = tracker()
    requests = [f"?{BLANK}&ua=x", f"?{BLANK}&urlref=http%3A%2F%2Fsemalt.com%2F", "?idsite=1&rec=1&action_name=a"]
    answer = instance.collect(method="POST", body=orjson.dumps({"requests": requests, "token_auth": TOKEN}))
    assert orjson.loads(answer.body) == {"status": "success", "tracked": 2, "invalid": 1, "invalid_indices": [0]}
    assert instance.drain().counts == {"stored": 1, "dropped.referrer_spam": 1, "refused.blank_parameter": 1}


def test_a_wrong_hit_is_refused_when_nobody_can_tell_whether_it_is_excluded(monkeypatch):
    def failing(*_):
        raise RuntimeError

    monkeypatch.setattr(excuses, "is_excluded", failing)
    assert tracker(NO_FIREFOX).collect(BLANK, headers={"user-agent": FIREFOX}).status == 400
