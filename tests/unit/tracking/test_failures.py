"""Tracking failures. Source: Matomo 5.2, tracking behaviour, section 2."""

from __future__ import annotations

import pytest

from tests.support.memory_stores import MemoryTable
from tests.support.tracking import NOW, TOKEN
from tidemark.model.errors import TrackingError
from tidemark.tracking.failure_store import FAILURES_PK, KEPT_SECONDS, store_failure
from tidemark.tracking.failures import FailureMemory, failure_of, redacted
from tidemark.tracking.message import Failure


@pytest.mark.parametrize(
    ("reason", "idsite", "expected"),
    [
        ("unknown_site", "9", Failure(9, 1, "idsite=9")),
        ("unknown_site", "0", Failure(0, 1, "idsite=0")),
        ("not_authenticated", "1", Failure(1, 2, "idsite=1")),
        ("unknown_site", "10000000", None),
        ("unknown_site", "-1", None),
        ("bad_visitor_id", "1", None),
    ],
)
def test_only_unknown_sites_and_missing_rights_are_told_when_refused(reason, idsite, expected):
    assert failure_of(TrackingError("no", reason), {"idsite": idsite}, "", dict) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"token_auth": "x", "a": "1"}, "token_auth=__TOKEN_AUTH__&a=1"),
        ({"a": "my-token"}, "a=__TOKEN_AUTH__"),
        ({"a": TOKEN}, "a=__TOKEN_AUTH__"),
        ({"a": "g" * 32}, "a=" + "g" * 32),
        ({"a": "0" * 28}, "a=" + "0" * 28),
    ],
)
def test_whatever_looks_like_a_token_is_hidden_when_told(params, expected):
    assert redacted(params, "my-token") == expected


def test_a_kind_is_told_once_an_hour_when_it_floods():
    memory, failure = FailureMemory(), Failure(1, 2, "a=1")
    assert memory.news([failure, failure], NOW) == [failure]
    assert memory.news([failure], NOW + 3599) == []
    assert memory.news([Failure(1, 1, "a=1")], NOW) == [Failure(1, 1, "a=1")]
    assert memory.news([failure], NOW + 3600) == [failure]


def test_the_first_failure_of_a_kind_is_kept_when_more_follow():
    table = MemoryTable()
    store_failure(table, Failure(1, 2, "a=1"), NOW, NOW)
    store_failure(table, Failure(1, 2, "a=2"), NOW + 5, NOW + 5)
    (item,) = table.query(FAILURES_PK)
    assert (item["request_url"], item["date_first_occurred"], item["ttl"]) == ("a=1", NOW, NOW + KEPT_SECONDS)
