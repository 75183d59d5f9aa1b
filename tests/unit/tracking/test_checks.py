"""What collect refuses. Source: Matomo 5.2, tracking behaviour, sections 1 to 3, 5, 7, 8 and 11; http-contract."""

from __future__ import annotations

import pytest

from tests.support.tracking import NOW, SITE, TOKEN, WRITER_TOKEN, snapshot
from tidemark.model.errors import TrackingError
from tidemark.model.goal import Goal
from tidemark.model.site import Site
from tidemark.tracking.checks import check

PRESENT = snapshot(SITE, Site(2, "Other", "https://other.example", 0), goals=[Goal(1, 1, "Manual", "manually")])
OK = {"idsite": "1", "rec": "1"}
DAY = 86_400


def reason(params, *tokens, present=PRESENT):
    try:
        check(OK | params, tokens or ("",), present, NOW)
    except TrackingError as error:
        return error.reason if error.status == 400 else error
    return None


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, None),
        ({"idsite": "98989"}, "unknown_site"),
        ({"idsite": "abc"}, "unknown_site"),
        ({"idsite": ""}, "unknown_site"),
        ({"idsite": "-1"}, "unknown_site"),
        ({"idsite": {"0": "1"}}, "unknown_site"),
        ({"cip": "192.0.2.1"}, "not_authenticated"),
        ({"country": "de"}, "not_authenticated"),
        ({"region": "BE"}, "not_authenticated"),
        ({"city": "Berlin"}, "not_authenticated"),
        ({"lat": "1"}, "not_authenticated"),
        ({"long": "1"}, "not_authenticated"),
        ({"cip": "0"}, None),
        ({"cip": ""}, None),
        ({"rec": "0", "cip": "192.0.2.1"}, "not_authenticated"),
        ({"cdt": str(NOW - DAY)}, "not_authenticated"),
        ({"cdt": str(NOW - DAY + 1)}, None),
        ({"cdt": str(NOW + 10)}, None),
        ({"cdt": "2020-01-01"}, "not_authenticated"),
        ({"cdt": "nonsense"}, None),
        ({"idsite": "1,5"}, "unknown_site"),
        ({"idsite": "1.0"}, None),
        ({"cdo": "3600"}, None),
        ({"cdo": str(2 * DAY)}, "not_authenticated"),
        ({"cid": "123"}, "bad_visitor_id"),
        ({"cid": "0123456789abcdef"}, None),
        ({"cid": "123", "uid": "anna"}, None),
        ({"idgoal": "99"}, "unknown_goal"),
        ({"idgoal": "1"}, None),
        ({"idgoal": "0"}, None),
        ({"ca": "1"}, "unknown_custom_action"),
        ({"ca": "1", "cra": "Boom"}, "unknown_custom_action"),
        ({"ca": "1", "e_c": "a", "e_a": "b"}, None),
        ({"ca": "1", "search": "tide"}, None),
        ({"ca": "1", "url": "https://shop.example.org/?q=tide"}, None),
        ({"ca": "1", "ping": "1"}, None),
        ({"e_c": " ", "e_a": "b"}, "blank_parameter"),
        ({"e_c": "a", "e_a": "\t"}, "blank_parameter"),
        ({"e_c": "a"}, None),
        ({"c_n": " "}, "blank_parameter"),
        ({"pf_net": "-2"}, "negative_timing"),
        ({"pf_net": "-1"}, None),
        ({"pf_net": "-2", "e_c": "a", "e_a": "b"}, None),
        ({"pf_net": "-2", "search": "tide"}, None),
        ({"rec": "0", "cid": "123"}, None),
        ({"rec": "", "ca": "1"}, None),
    ],
)
def test_hits_are_refused_with_their_reason_when_wrong(params, expected):
    assert reason(params) == expected


@pytest.mark.parametrize("params", [{"cip": "192.0.2.1"}, {"cdt": "2020-01-01"}, {"city": "Berlin"}])
@pytest.mark.parametrize(
    ("token", "idsite", "expected"),
    [
        (TOKEN, "1", None),
        (TOKEN, "2", None),
        (WRITER_TOKEN, "1", None),
        (WRITER_TOKEN, "2", "not_authenticated"),
        ("0" * 32, "1", "not_authenticated"),
    ],
)
def test_restricted_parameters_pass_when_a_token_may_write(params, token, idsite, expected):
    assert reason(params | {"idsite": idsite}, token) == expected


def test_the_requests_own_token_counts_when_the_bulks_is_wrong():
    assert reason({"cip": "192.0.2.1"}, "0" * 32, TOKEN) is None


def test_nothing_needs_a_token_when_the_instance_says_so():
    present = snapshot(settings={"Tracker.tracking_requests_require_authentication": "0"})
    assert reason({"cip": "192.0.2.1", "cdt": "2020-01-01"}, present=present) is None


def test_old_times_are_refused_even_with_a_token_when_raw_data_is_deleted():
    present = snapshot(settings={"Deletelogs.delete_logs_enable": 1, "Deletelogs.delete_logs_older_than": 30})
    assert reason({"cdt": "2020-01-01"}, TOKEN, present=present) == "cdt_before_retention"
