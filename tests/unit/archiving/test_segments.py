"""Segments choose visits. Cases from Matomo 5.2's behaviour, archiving rules, section 12."""

from __future__ import annotations

import pytest

from tests.support.visit_log import log_table
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.segments import Segments
from tidemark.model.errors import BadSegment
from tidemark.plugin import Dimension, Plugin, Scope, Segment, call, col
from tidemark.plugin.plugin import Plugins
from tidemark.plugin.record import Source

CITY = Dimension("city", Scope.VISIT, lambda hit: None)
SEGMENTS = (
    Segment("city", "City", "", col("city")),
    Segment("country", "Country", "", col("city"), to_stored={"eur": ("Berlin", "Rome")}.get),
    Segment("visits", "Visits", "", col("visitor_count_visits"), type="metric"),
    Segment("converted", "Converted", "", col("visit_goal_converted")),
    Segment("profilable", "Profilable", "", col("is_profilable")),
    Segment("days", "Days", "", call("floor", col("visitor_seconds_since_last") / 86_400), type="metric"),
    Segment("pageUrl", "URL", "", col("url"), "actions"),
    Segment("eventAction", "Event", "", col("event_action"), "actions"),
    Segment("eventValue", "Value", "", col("event_value"), "actions", type="metric"),
    Segment("goal", "Goal", "", col("idgoal"), "conversions"),
    Segment("actionUrl", "Any URL", "", None, union_of=("pageUrl", "outlink")),
    Segment("outlink", "Outlink", "", col("title"), "actions"),
)
CATALOGUE = Catalogue.of(Plugins((Plugin("P", dimensions=(CITY,), segments=SEGMENTS),)))
VISITS = [
    {"idvisit": 1, "city": "Berlin", "visitor_count_visits": 1, "visit_goal_converted": 0, "is_profilable": True},
    {"idvisit": 2, "city": "berlin 100%", "visitor_count_visits": 5, "visit_goal_converted": 1, "is_profilable": False},
    {"idvisit": 3, "city": "", "visitor_count_visits": 10, "visit_goal_converted": 0, "is_profilable": None},
    {"idvisit": 4, "city": None, "visitor_count_visits": 2, "visitor_seconds_since_last": 200_000},
]
ACTIONS = [
    {"idvisit": 1, "url": "example.org/a"},
    {"idvisit": 1, "url": "example.org/b"},
    {"idvisit": 2, "url": "example.org/a_b", "event_action": "play", "event_value": 1.0},
    {"idvisit": 2, "event_action": "rate", "event_value": 9.5},
    {"idvisit": 3, "url": "example.org/A", "title": "out"},
]
CONVERSIONS = [{"idvisit": 1, "idgoal": 1}, {"idvisit": 1, "idgoal": 2}, {"idvisit": 2, "idgoal": 2}]
TABLES = {
    Source.VISITS: log_table("visits", VISITS, [CITY]),
    Source.ACTIONS: log_table("actions", ACTIONS),
    Source.CONVERSIONS: log_table("conversions", CONVERSIONS),
}


def chosen(text, tables=TABLES):
    segments = Segments(CATALOGUE)
    found = segments.filtered(tables, segments.check(text), {"idsite": 1, "utc_offset_seconds": 0})
    return found[Source.VISITS]["idvisit"].to_pylist()


@pytest.mark.parametrize(
    ("text", "visits"),
    [
        ("city==BERLIN", [1]),  # columns of visits compare without case
        ("city!=Berlin", [2, 3, 4]),  # what is missing is different
        ("city=@berlin", [1, 2]),
        ("city!@berlin", [3, 4]),
        ("city=^berl", [1, 2]),
        ("city=$100%25", [2]),
        ("city=@%25", [2]),  # no wildcard
        ("city=@_", []),
        ("city==", [3, 4]),
        ("city!=", [1, 2]),
        ("visits>2", [2, 3]),
        ("visits>=2", [2, 3, 4]),
        ("visits<5", [1, 4]),
        ("visits<=5", [1, 2, 4]),
        ("visits==2", [4]),
        ("visits!=2", [1, 2, 3]),
        ("visits>2.5abc", [2, 3]),
        ("visits>x", [1, 2, 3, 4]),  # text that is no number counts as 0
        ("visits=@1", [1, 3]),
        ("converted==1", [2]),
        ("converted!=0", [2]),  # '0' is nothing: what is missing is left out
        ("converted!=1", [1, 3, 4]),
        ("profilable==1", [1]),
        ("profilable==0", [2]),
        ("days==2", [4]),
        ("country==eur", [1]),
        ("country!=eur", [2, 3, 4]),
        ("country==nowhere", []),
        ("country!=nowhere", [1, 2, 3, 4]),
        ("city==Berlin,visits>5", [1, 3]),
        ("city=@berlin;visits>2", [2]),
    ],
)
def test_conditions_on_visits(text, visits):
    assert chosen(text) == visits


@pytest.mark.parametrize(
    ("text", "visits"),
    [
        ("pageUrl==example.org/a", [1]),  # texts of actions are told apart by case
        ("pageUrl=@org/a", [1, 2, 3]),
        ("pageUrl!@org/a", [4]),  # no row may have it
        ("pageUrl!=example.org/a", [2, 3, 4]),
        ("pageUrl!=nowhere", [1, 2, 3, 4]),
        ("pageUrl==", [2, 4]),  # a row without, or no row at all
        ("pageUrl!=", [1, 2, 3]),
        ("pageUrl=@/a;pageUrl=@/b", []),  # one row must meet both
        ("pageUrl=$/a,pageUrl=$/b", [1, 3]),
        ("eventAction==rate;eventValue>9", [2]),
        ("eventAction==play;eventValue>9", []),
        ("pageUrl=@org;pageUrl!@_b", [1, 3]),
        ("pageUrl!@/b;pageUrl!@_b", [3, 4]),
        ("pageUrl!=example.org/a,pageUrl!=example.org/b", [1, 2, 3, 4]),  # no row is both
        ("goal==2", [1, 2]),
        ("goal==1;goal!=2", []),
        ("goal!=1", [2, 3, 4]),
        ("goal==1;city==Berlin", [1]),
        ("goal==2;eventAction==play", [2]),
        ("goal==2,visits>5", [1, 2, 3]),
        ("actionUrl==out", [3]),
        ("actionUrl!@org", [4]),
    ],
)
def test_conditions_on_rows_of_visits(text, visits):
    assert chosen(text) == visits


def test_every_table_keeps_the_rows_of_the_chosen_visits():
    segments = Segments(CATALOGUE)
    found = segments.filtered(TABLES, segments.check("pageUrl=$/a;city==Berlin"), {"idsite": 1})
    assert found[Source.ACTIONS]["url"].to_pylist() == ["example.org/a", "example.org/b"]
    assert found[Source.CONVERSIONS]["idgoal"].to_pylist() == [1, 2]


def test_a_day_without_conversions_has_none_that_match():
    tables = {Source.VISITS: TABLES[Source.VISITS]}
    assert chosen("goal==1", tables) == []
    assert chosen("goal!=1", tables) == [1, 2, 3, 4]
    assert chosen("pageUrl==", tables) == [1, 2, 3, 4]


def test_unknown_segments_are_refused():
    with pytest.raises(BadSegment, match="nothing"):
        Segments(CATALOGUE).check("city==x;nothing==1")


def test_values_cannot_leave_their_quotes():
    assert chosen("city==x' OR TRUE --") == []


def test_columns_needed_are_those_of_the_expression():
    segments = Segments(CATALOGUE)
    assert segments.columns_needed(segments.check("actionUrl=@x;visits>1")) == {
        Source.VISITS: {"idvisit", "visitor_count_visits"},
        Source.ACTIONS: {"idvisit", "url", "title"},
    }
