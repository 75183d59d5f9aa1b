"""Failures of requests that would have been excluded anyway. Source: Matomo 5.2, tracking behaviour, section 2."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.tracking import FIREFOX, FIREFOX_CLIENT, NOW, SITE, snapshot, tracker
from tidemark.model.hit import Client
from tidemark.tracking.failures import MAX_CLIENTS

BOT = Client(is_bot=True, os_code="BOT", bot_name="Googlebot")
OLD = f"idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2F&cdt={NOW - 100_000}"
"""Needs a token, and has none."""


def failures(query, present=None, headers=None, client_ip="203.0.113.77"):
    instance = tracker(present, detects=lambda agent, _: BOT if "bot" in agent else FIREFOX_CLIENT)
    assert instance.collect(query, headers=headers or {"user-agent": FIREFOX}, client_ip=client_ip).status == 400
    instance.drain()
    return [(item["idsite"], item["idfailure"]) for item in instance.state.query("tracking_failures")]


def settings(**values):
    return snapshot(settings={name.replace("__", "."): value for name, value in values.items()})


@pytest.mark.parametrize(
    ("query", "more", "expected"),
    [
        (OLD, {}, [(1, 2)]),
        ("idsite=9&rec=1", {}, [(9, 1)]),
        (OLD.replace("rec=1", "rec=0"), {}, []),
        ("idsite=9", {}, []),
        (OLD, {"headers": {"user-agent": "a bot"}}, []),
        ("idsite=9&rec=1", {"headers": {"user-agent": "a bot"}}, []),
        (OLD + "&bots=1", {"headers": {"user-agent": "a bot"}}, [(1, 2)]),
        (OLD, {"client_ip": "66.249.85.36"}, []),
        (OLD + "&bots=1", {"client_ip": "66.249.85.36"}, [(1, 2)]),
        (OLD, {"headers": {"x-moz": "prefetch"}}, []),
        (OLD, {"headers": {"cookie": "matomo_ignore=1"}}, []),
        (OLD, {"headers": {"dnt": "1"}}, [(1, 2)]),
        (OLD, {"headers": {"dnt": "1"}, "present": settings(PrivacyManager__doNotTrackEnabled="1")}, []),
        (OLD + "&tracker_install_check=abc", {}, []),
        (OLD + "&urlref=http%3A%2F%2Fsemalt.com%2F", {}, []),
        (
            OLD + "&urlref=http%3A%2F%2Fsemalt.com%2F",
            {"present": settings(PrivacyManager__anonymizeReferrer="exclude_all")},
            [],
        ),
        (OLD + "&e_c=Media", {"present": settings(Tracker__exclude_requests="e_c==media")}, []),
        (OLD, {"present": snapshot(replace(SITE, excluded_ips=("203.0.113.77",)))}, []),
        (OLD, {"present": snapshot(replace(SITE, excluded_user_agents=("Firefox",)))}, []),
        (
            OLD.replace("shop.example.org", "elsewhere.example"),
            {"present": snapshot(replace(SITE, exclude_unknown_urls=True))},
            [],
        ),
    ],
)
def test_a_failure_is_kept_unless_the_request_would_be_excluded(query, more, expected):
    assert failures(query, **more) == expected


def test_lists_of_sites_do_not_matter_when_there_is_no_such_site():
    present = settings(SitesManager_ExcludedIpsGlobal="203.0.113.77", SitesManager_ExcludedUserAgentsGlobal="Firefox")
    assert failures("idsite=9&rec=1", present) == [(9, 1)]
    assert failures(OLD, present) == []


def test_the_failure_is_kept_when_an_address_is_named_without_token():
    assert failures(OLD + "&cip=192.0.2.1", headers={"user-agent": "a bot"}) == [(1, 2)]


def test_a_failure_is_kept_when_a_bot_failed_before_in_the_same_process():
    instance = tracker(detects=lambda agent, _: BOT if "bot" in agent else FIREFOX_CLIENT)
    for agent in ("a bot", "a bot", FIREFOX):
        instance.collect(OLD, headers={"user-agent": agent})
    assert sum(len(envelope.failures) for envelope in instance.queue.envelopes) == 2
    instance.drain()
    assert [item["idsite"] for item in instance.state.query("tracking_failures")] == [1]


def test_the_queue_is_not_filled_when_user_agents_are_made_up():
    instance = tracker()
    for number in range(100):
        instance.collect(OLD, headers={"user-agent": f"agent {number}"})
    assert sum(len(envelope.failures) for envelope in instance.queue.envelopes) == MAX_CLIENTS
