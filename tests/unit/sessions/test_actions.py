"""Actions and what they know of those before. Source: Matomo 5.2, tracking behaviour, sections 7 and 8."""

import pytest

from tests.support.hit_rows import event, goal_only, hit, ping, search
from tests.support.visit_logs import logs_of
from tidemark.plugin import Dimension, Scope


def actions(rows, *names, **rules):
    """Some columns of the actions in their order."""
    return [tuple(row[name] for name in names) for row in logs_of(rows, **rules)["actions"]]


PREVIOUS = {
    "pages": ([hit(0), hit(1)], [(None, None, None, None), ("example.org/0", "page 0", None, 1)]),
    "events lie between pages": (
        [hit(0), event(1), hit(2)],
        [(None, None, None, None), ("example.org/0", "page 0", None, 1), ("example.org/0", "page 0", None, 1)],
    ),
    "a search has a keyword and no url": ([search("shoes"), hit(1)], [(None,) * 4, (None, None, "shoes", 8)]),
    "a page without title keeps the one before": (
        [hit(0), hit(1, title=None), hit(2)],
        [(None,) * 4, ("example.org/0", "page 0", None, 1), ("example.org/1", "page 0", None, 1)],
    ),
    "each visit begins anew": ([hit(0), hit(4000)], [(None,) * 4, (None,) * 4]),
    "the order of sending counts": (
        [hit(0, sent=0), hit(100, sent=1), hit(50, sent=2)],
        [(None,) * 4, ("example.org/0", "page 0", None, 1), ("example.org/100", "page 100", None, 1)],
    ),
}


@pytest.mark.parametrize(("rows", "expected"), PREVIOUS.values(), ids=PREVIOUS)
def test_page_before(rows, expected):
    assert actions(rows, "url_ref", "title_ref", "search_ref", "ref_type") == expected


TIMES = {
    "seconds since the action before": ([hit(0), event(20), hit(50)], [(0, 20), (20, 30), (30, None)]),
    "a request without action counts, a ping does not": (
        [hit(0), goal_only(10), ping(40), hit(50)],
        [(0, 40), (40, None)],
    ),
    "what was sent later with an earlier time took no time": (
        [hit(0, sent=0), hit(100, sent=1), hit(50, sent=2), hit(110, sent=3)],
        [(0, 100), (100, 0), (0, 10), (10, None)],
    ),
    "what was sent later with a time from before the visit took no time either": (
        [hit(0, sent=9), hit(100, sent=0), hit(200, sent=10)],
        [(0, 0), (0, 100), (100, None)],
    ),
}


@pytest.mark.parametrize(("rows", "expected"), TIMES.values(), ids=TIMES)
def test_times(rows, expected):
    assert actions(rows, "time_spent_ref", "time_spent") == expected


def test_an_action_keeps_the_id_by_which_its_visitor_was_known_then():
    rows = [hit(0, visitor=0xA), hit(1, visitor=None, fingerprint=0xA), hit(2, visitor=0xB, fingerprint=0xA)]
    shared = [row | {"fingerprint": 0xF5} for row in rows]
    assert actions(shared, "visitor_id") == [(0xA,), (0xA,), (0xB,)]


def test_the_action_that_opens_a_visit_of_a_known_visitor_keeps_the_known_id():
    rows = [hit(0, visitor=0xA), hit(1800, visitor=0xB), hit(1801, visitor=0xB)]
    shared = [row | {"fingerprint": 0xF5} for row in rows]
    assert actions(shared, "visitor_id") == [(0xA,), (0xA,), (0xB,)]


def test_positions():
    rows = [event(0), hit(1), event(2), search("k", 3), goal_only(4), hit(5)]
    assert actions(rows, "position", "pageview_position") == [(1, None), (2, 1), (3, 1), (4, 2), (5, 3)]


def test_pings_and_requests_without_action_are_no_actions():
    assert len(actions([hit(0), ping(1), goal_only(2)], "url")) == 1


PERFORMANCE = {
    "a page view's own": ([hit(0, time_server=5)], [5]),
    "an event has none": ([hit(0), event(1, time_server=5)], [None, None]),
    "a later request tells it": (
        [hit(0, idpageview="abcdef", time_server=5), goal_only(1, idpageview="abcdef", time_server=7)],
        [7],
    ),
    "so does a ping, and what it does not know stays": (
        [hit(0, idpageview="abcdef", time_server=5), ping(1, idpageview="abcdef", time_network=7)],
        [5],
    ),
    "of the same page view": (
        [hit(0, idpageview="abcdef"), hit(1, idpageview="fedcba"), ping(2, idpageview="abcdef", time_server=7)],
        [7, None],
    ),
    "of the same visit": ([hit(0, idpageview="abcdef"), event(4000, idpageview="abcdef", time_server=7)], [None, None]),
    "also if it was received first": (
        [hit(1, idpageview="abcdef", sent=2), event(0, idpageview="abcdef", time_server=7, sent=1)],
        [None, 7],
    ),
    "without a page view nothing happens": ([hit(0), event(1, time_server=7)], [None, None]),
}


@pytest.mark.parametrize(("rows", "expected"), PERFORMANCE.values(), ids=PERFORMANCE)
def test_page_performance(rows, expected):
    assert [row for (row,) in actions(rows, "time_server")] == expected


def test_a_dimension_is_told_later_when_it_says_so():
    dimensions = tuple(
        Dimension(name, Scope.ACTION, str, "int32", told_later=name == "paint") for name in ("paint", "own")
    )
    rows = [
        hit(0, idpageview="abcdef", own=1),
        hit(1, idpageview="fedcba", paint=3),
        ping(2, idpageview="abcdef", paint=7, own=8),
        ping(3, idpageview="abcdef", paint=9),
    ]
    assert actions(rows, "paint", "own", dimensions=dimensions) == [(9, 1), (3, None)]


def test_dimensions_of_action_scope_stand_on_their_action():
    rows = [hit(0, custom_dimensions='{"2":"b","1":"a","3":"c"}'), hit(1)]
    assert actions(rows, "custom_dimensions", visit_dimensions=frozenset("1")) == [('{"2":"b","3":"c"}',), (None,)]
