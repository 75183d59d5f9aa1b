import json

import pytest

from tests.support.api_calls import Caller
from tidemark.model.errors import ApiError, BadSegment
from tidemark.model.site import Site
from tidemark.model.table import DataTable, Row
from tidemark.plugin import Plugin, Plugins, Segment, col, most_used, number_suggestions
from tidemark.plugins.api.suggestions import get_suggested_values_for_segment, most_frequent

VISITS = [
    {
        "browserCode": "FF",
        "kind": True,
        "theme__1": "dark",
        "theme__2": "light",
        "actionDetails": [{"size": 17.4}, {"sizes": ["L", "S"]}, {"size": 17.4}],
    },
    {"browserCode": "CH", "kind": False, "theme__1": "light", "actionDetails": [{"size": "9.10"}]},
    {"browserCode": "FF", "kind": None, "entry": "a &amp; b", "actionDetails": []},
]
SEGMENTS = (
    Segment("browserCode", "", "", col("x")),
    Segment("kind", "", "", col("x")),
    Segment("theme", "", "", col("x"), "actions"),
    Segment("size", "", "", col("x"), "actions"),
    Segment("sizes", "", "", None, "actions", union_of=("size",), detail="sizes"),
    Segment("any", "", "", None, "actions", union_of=("size", "theme")),
    Segment("nowhere", "", "", None, "actions", union_of=("kindless",)),
    Segment("kindless", "", "", col("x")),
    Segment("entry", "", "", col("x")),
    Segment("fixed", "", "", col("x"), suggestions=("b", "a")),
    Segment("own", "", "", col("x"), suggest=lambda _context, site, visits: [f"{site}:{len(visits)}"]),
    Segment("part", "", "", col("x"), is_listed=False),
)


class LogCaller(Caller):
    calls: list

    def call(self, method, **params):
        self.calls.append({"method": method, **params})
        return DataTable(Row(dict(visit)) for visit in VISITS)


def caller():
    found = LogCaller(services={Plugins: Plugins((Plugin("Demo", segments=SEGMENTS),))})
    found.calls = []
    return found


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("browserCode", ["FF", "CH"]),
        ("kind", ["1"]),
        ("theme", ["light", "dark"]),
        ("size", ["17.4", "9.1"]),
        ("sizes", ["L", "S"]),
        ("any", ["17.4", "light", "9.1", "dark"]),
        ("entry", ["a & b"]),
        ("fixed", ["b", "a"]),
        ("own", ["1:3"]),
    ],
)
def test_suggested_values_are_the_most_frequent_ones_of_recent_visits(name, values):
    assert get_suggested_values_for_segment(caller(), name, 1) == values


def test_several_segments_in_one_that_no_visit_has_are_an_error(monkeypatch):
    assert get_suggested_values_for_segment(caller(), "nowhere", 1) == []
    monkeypatch.setattr(LogCaller, "call", lambda _self, _method, **_params: DataTable())
    with pytest.raises(ApiError):
        get_suggested_values_for_segment(caller(), "nowhere", 1)
    assert get_suggested_values_for_segment(caller(), "kindless", 1) == []


def test_recent_visits_are_those_with_a_value_and_without_actions_where_none_are_needed():
    asked = caller()
    get_suggested_values_for_segment(asked, "browserCode", 1)
    get_suggested_values_for_segment(asked, "theme", 1)
    assert asked.calls == [
        {
            "method": "Live.getLastVisitsDetails",
            "idSite": 1,
            "period": "range",
            "date": "2026-11-16,today",
            "segment": f"{name}!=",
            "flat": 1,
            "doNotFetchActions": without,
            "filter_limit": limit,
        }
        for name, without, limit in (("browserCode", 1, 800), ("theme", 0, 400))
    ]


def test_values_of_several_sites_are_those_of_all_their_visits():
    asked = caller()
    asked.registry.add_site(Site(0, "Shop", "", 0))
    asked.registry.add_site(Site(0, "Blog", "", 0))
    assert get_suggested_values_for_segment(asked, "own", "all") == ["1:3", "2:3"]
    assert get_suggested_values_for_segment(asked, "browserCode", "1,2") == ["FF", "CH"]
    assert [call["idSite"] for call in asked.calls] == ["all", "1,2"]


@pytest.mark.parametrize("name", ["nothing", "part"])
def test_unknown_and_hidden_segments_are_refused(name):
    with pytest.raises(BadSegment, match=name):
        get_suggested_values_for_segment(caller(), name, 1)


@pytest.mark.parametrize(
    "setting", [{"General.enable_segment_suggested_values": False}, {"General.enabled_periods_API": "day,week"}]
)
def test_nothing_is_suggested_when_it_is_switched_off(setting):
    asked = caller()
    asked.registry.set_settings(setting)
    assert get_suggested_values_for_segment(asked, "browserCode", 1) == []


def test_at_most_thirty_values_are_suggested():
    many = Segment("many", "", "", col("x"), suggest=lambda _context, _site, _visits: map(str, range(100)))
    asked = LogCaller(services={Plugins: Plugins((Plugin("Demo", segments=(many,)),))})
    asked.calls = []
    assert len(get_suggested_values_for_segment(asked, "many", 1)) == 30
    assert json.dumps(number_suggestions(0, 59)[-2:]) == '["29", "30"]'


def test_values_that_occur_equally_often_come_in_alphabetical_order():
    assert most_frequent(["b", 10, 2, "b", None, "", {}, float("inf")]) == ["b", "10", "2", "inf"]


def test_names_that_occur_equally_often_come_in_reverse_alphabetical_order():
    assert most_used({"A": "Ant", "B": "Bee", "C": "Cow"}, ["C", "?", None]) == ["Unknown", "Cow", "Bee", "Ant"]
