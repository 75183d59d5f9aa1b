"""The whole flow on the template's resources in moto: tracked, ingested, archived, reported."""

from __future__ import annotations

import pytest

from tests.support.instance import serving
from tests.support.template import deployed


@pytest.fixture(scope="module")
def instance():
    with deployed() as stack, serving("--store", "aws", "--ephemeral", environment=stack.environment) as one:
        yield one


@pytest.mark.slow
def test_flow_when_hits_are_sent(instance):
    assert instance.add_site() == 1
    for path in ("a", "a", "b"):
        answer = instance.track(
            url=f"https://shop.example.org/{path}", action_name=path.upper(), _id="0123456789abcdef"
        )
        assert answer.status == 204
    assert instance.drain()["dead_letters"] == 0
    summary = instance.api("VisitsSummary.get", idSite=1, period="day", date="today")
    assert (summary["nb_visits"], summary["nb_actions"]) == (1, 3)
    titles = instance.api("Actions.getPageTitles", idSite=1, period="month", date="today")
    assert {row["label"].strip(): row["nb_hits"] for row in titles} == {"A": 2, "B": 1}


@pytest.mark.slow
def test_flow_when_the_instance_is_reset(instance):
    instance.reset()
    assert instance.add_site("Another") == 1
    assert instance.api("VisitsSummary.getVisits", idSite=1, period="day", date="today")["value"] == 0
