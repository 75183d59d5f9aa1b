"""Goals. Source: Matomo 5.2, tracking behaviour, section 11."""

from __future__ import annotations

import pytest

from tests.support.tracking import row, snapshot
from tidemark.model.errors import TrackingError
from tidemark.model.goal import Goal
from tidemark.tracking.goals import matches, money

URL = "https://shop.example.org/Thanks?a=1&gclid=2"


def goal(attribute, pattern="", pattern_type="contains", **more):
    return Goal(1, more.pop("idgoal", 1), "Goal", attribute, pattern, pattern_type, **more)


def converted(params, *goals):
    return row(params, snapshot(goals=goals)).get("goals")


@pytest.mark.parametrize(
    ("one", "params", "expected"),
    [
        (goal("url", "thanks"), {"url": URL}, True),
        (goal("url", "thanks", case_sensitive=True), {"url": URL}, False),
        (goal("url", "Thanks", case_sensitive=True), {"url": URL}, True),
        (goal("url", "gclid"), {"url": URL}, True),
        (goal("url", URL, "exact"), {"url": URL}, True),
        (goal("url", URL.lower(), "exact"), {"url": URL}, True),
        (goal("url", URL[:-1], "exact"), {"url": URL}, False),
        (goal("url", r"thanks\?a=\d", "regex"), {"url": URL}, True),
        (goal("url", r"/Thanks.*/", "regex"), {"url": URL}, False),  # no delimiters: slashes mean themselves
        (goal("url", r"\/thanks(?<query>\?)", "regex"), {"url": URL}, True),
        (goal("url", "shop.example.org/Th", "regex"), {"url": URL}, True),
        (goal("url", "(", "regex"), {"url": URL}, False),
        (goal("url", "a%20b"), {"url": "https://h/a b"}, True),
        (goal("url", "thanks"), {"url": URL, "e_c": "a", "e_a": "b"}, False),
        (goal("url", "thanks"), {"url": URL, "link": "http://x"}, False),
        (goal("url", "q=tide"), {"url": "https://h/?q=tide"}, False),  # a site search
        (goal("title", "order"), {"url": URL, "action_name": "Your Order"}, True),
        (goal("title", "order"), {"url": URL + "order", "action_name": "x"}, False),
        (goal("file", ".pdf"), {"url": URL, "download": "https://h/a.pdf"}, True),
        (goal("file", ".pdf"), {"url": "https://h/a.pdf"}, False),
        (goal("external_website", "partner"), {"url": URL, "link": "https://partner.example/"}, True),
        (goal("event_category", "video"), {"url": URL, "e_c": "Video", "e_a": "play"}, True),
        (goal("event_action", "play", "exact"), {"url": URL, "e_c": "Video", "e_a": "play"}, True),
        (goal("event_name", "intro"), {"url": URL, "e_c": "Video", "e_a": "play", "e_n": "intro"}, True),
        (goal("event_name", "intro"), {"url": URL, "e_c": "Video", "e_a": "play"}, False),
        (goal("manually"), {"url": URL}, False),
        (goal("url", "thanks", "no_such_type"), {"url": URL}, False),
    ],
)
def test_goals_match_what_their_attribute_says_when_a_hit_comes(one, params, expected):
    assert converted(params, one) == ([[1, 0.0, False, None]] if expected else None)


@pytest.mark.parametrize(
    ("one", "params", "expected"),
    [
        (goal("url", "thanks", revenue=5.0), {"url": URL}, 5.0),
        (goal("url", "thanks", revenue=5.0), {"url": URL, "revenue": "7.456"}, 7.46),
        (goal("url", "thanks", revenue=5.0), {"url": URL, "revenue": "0"}, 0.0),
        (goal("url", "thanks", revenue=5.0), {"url": URL, "revenue": "undefined"}, 5.0),
        (
            goal("event_action", "buy", event_value_as_revenue=True, revenue=5.0),
            {"e_c": "a", "e_a": "buy", "e_v": "9"},
            9.0,
        ),
        (goal("event_action", "buy", event_value_as_revenue=True, revenue=5.0), {"e_c": "a", "e_a": "buy"}, 5.0),
        (goal("event_action", "buy", revenue=5.0), {"e_c": "a", "e_a": "buy", "e_v": "9"}, 5.0),
    ],
)
def test_revenue_is_the_events_or_the_requests_or_the_goals_own(one, params, expected):
    assert converted(params, one)[0][1] == expected


def test_a_named_goal_converts_alone_when_its_pattern_does_not_match():
    goals = (goal("manually", idgoal=2, allow_multiple=True, revenue=3.0), goal("url", "thanks"))
    found = row({"url": URL, "idgoal": "2"}, snapshot(goals=goals))
    assert found["goals"] == [[2, 3.0, True, None]]
    assert found["conversion_url"] == "https://shop.example.org/Thanks?a=1"


def test_goals_on_duration_are_left_to_sessions_when_any_action_comes():
    one = goal("visit_duration", "2.5", "greater_than")
    assert converted({"url": URL}, one) == [[1, 0.0, False, 2.5]]
    assert converted({"url": URL, "ping": "1"}, one) is None


def test_an_unknown_goal_is_refused_when_named():
    with pytest.raises(TrackingError):
        converted({"idgoal": "9"})


def test_pings_convert_nothing_when_they_name_a_goal():
    assert converted({"idgoal": "1", "ping": "1"}, goal("manually")) is None


def test_deleted_goals_convert_nothing():
    assert converted({"url": URL}, goal("url", "thanks", deleted=True)) is None


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"_rcn": "Summer", "_rck": "Sea"}, [6, "summer", "sea", ""]),
        ({"_rcn": "Summer", "_ref": "https://www.google.com/search?q=tide"}, [6, "summer", "", ""]),
        (
            {"_ref": "https://www.google.com/search?q=Tide"},
            [2, "Google", "tide", "https://www.google.com/search?q=Tide"],
        ),
        ({"_ref": "https://blog.example.net/a"}, [3, "blog.example.net", "", "https://blog.example.net/a"]),
        ({"_ref": "https://www.facebook.com/x"}, [7, "Facebook", "", "https://www.facebook.com/x"]),
        ({"_ref": "https://shop.example.org/"}, None),
        ({"_ref": "nonsense"}, None),
        ({}, None),
    ],
)
def test_conversions_are_attributed_by_the_clients_cookie_when_it_names_someone(params, expected):
    found = row(params | {"url": URL}, snapshot(goals=[goal("url", "thanks")]))
    assert found.get("attribution") == expected


def test_hits_without_conversion_are_not_attributed():
    assert "attribution" not in row({"_rcn": "Summer", "url": URL})


@pytest.mark.parametrize(
    ("amount", "expected"), [(3.0, 3.0), (2.345, 2.35), (2.005, 2.01), (1.004, 1.0), (-2.345, -2.35), (1e300, 1e300)]
)
def test_money_is_rounded_to_cents_when_it_has_a_fraction(amount, expected):
    assert money(amount) == expected


def test_patterns_are_decoded_when_they_do_not_match_as_written():
    assert matches(goal("url", "%C3%A9", "contains"), "https://h/é")
