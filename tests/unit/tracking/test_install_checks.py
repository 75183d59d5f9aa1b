"""Install checks. Source: Matomo 5.2, tracking parameters, tracker_install_check."""

from __future__ import annotations

import pytest

from tests.support.tracking import FIREFOX_CLIENT, NOW, tracker
from tidemark.model.hit import Client
from tidemark.registry.filtered_hits import CountedHits
from tidemark.tracking.install_checks import KEPT_SECONDS, MOST_PER_BATCH

NONCE = "c3dfa1abbbab6381baca0793b8dd5d00"
BOT = Client(is_bot=True, os_code="BOT", bot_name="Googlebot")


def after(*queries, agent="Firefox"):
    instance = tracker(detects=lambda sent, _: BOT if "bot" in sent else FIREFOX_CLIENT)
    for query in queries:
        instance.collect(f"idsite=1&{query}", headers={"user-agent": agent})
    assert instance.drain().counts["stored"] == 0
    return instance


@pytest.mark.parametrize(
    ("query", "agent", "expected"),
    [
        (f"rec=1&tracker_install_check={NONCE}", "Firefox", {NONCE}),
        (f"rec=1&tracker_install_check={NONCE.upper()}", "Firefox", {NONCE}),
        (f"rec=1&tracker_install_check={NONCE}", "a bot", {NONCE}),
        (f"tracker_install_check={NONCE}", "Firefox", {NONCE}),
        ("rec=1&tracker_install_check=abc", "Firefox", set()),
        (f"rec=1&tracker_install_check={NONCE[:-1]}g", "Firefox", set()),
        ("tracker_install_check=", "Firefox", set()),
    ],
)
def test_the_nonce_is_seen_and_no_visit_recorded_whatever_else_excludes_it(query, agent, expected):
    instance = after(query, agent=agent)
    assert CountedHits(instance.state).install_checks(1) == expected
    assert CountedHits(instance.state).install_checks(2) == frozenset()


def test_nonces_are_forgotten_after_some_days():
    (item,) = after(f"rec=1&tracker_install_check={NONCE}").state.query(
        "site#1", sk_between=("install_check#", "install_check#~")
    )
    assert item["ttl"] == NOW + KEPT_SECONDS


def test_few_are_remembered_when_somebody_sends_many():
    queries = [f"rec=1&tracker_install_check={number:032x}" for number in range(100)]
    assert len(CountedHits(after(*queries).state).install_checks(1)) == MOST_PER_BATCH
