"""Values that are suggested for segments on custom dimensions."""

import pytest

from tests.support.api_calls import Caller
from tidemark.model.custom_dimension import CustomDimension
from tidemark.model.errors import BadSegment
from tidemark.model.site import Site
from tidemark.model.table import DataTable, Row
from tidemark.plugin import Plugin, Plugins
from tidemark.plugins.api.suggestions import get_suggested_values_for_segment
from tidemark.plugins.custom_dimensions.segments import SEGMENTS

VISITS = [{"dimension1": "free"}, {"dimension1": "paid"}, {"dimension1": "paid"}, {"dimension1": None}]
VALUES = ["Ann", "Value not defined", "Bob"]


class LogCaller(Caller):
    calls: list

    def call(self, method, **params):
        self.calls.append({"method": method, **params})
        return (
            DataTable(Row(dict(visit)) for visit in VISITS)
            if method.startswith("Live")
            else DataTable(Row({"label": value}) for value in VALUES)
        )


@pytest.fixture
def caller():
    found = LogCaller(services={Plugins: Plugins((Plugin("Demo", segments=SEGMENTS),))})
    found.calls = []
    found.registry.add_site(Site(0, "Shop", "", 0))
    for name, scope, active in (("Plan", "visit", True), ("Author", "action", True), ("Old", "visit", False)):
        found.registry.add_custom_dimension(CustomDimension(1, 0, name, 1, scope, active=active))
    return found


def test_values_of_visits_are_those_that_recent_visits_have_most_often(caller):
    assert get_suggested_values_for_segment(caller, "dimension1", 1) == ["paid", "free"]


def test_values_of_actions_are_those_of_the_report_of_the_last_months(caller):
    assert get_suggested_values_for_segment(caller, "dimension2", 1) == ["Ann", "Bob"]
    asked = caller.calls[-1]
    assert (asked["method"], asked["idDimension"]) == ("CustomDimensions.getCustomDimension", 2)
    assert (asked["period"], asked["date"]) == ("range", "2026-11-01,today")


@pytest.mark.parametrize(("name", "site"), [("dimension3", 1), ("dimension4", 1), ("dimension1.visits", 1)])
def test_what_the_site_does_not_have_is_refused(caller, name, site):
    with pytest.raises(BadSegment, match=name):
        get_suggested_values_for_segment(caller, name, site)
