"""The schedule that plans archives: what it looks for when."""

from __future__ import annotations

import pytest

from tests.unit.functions.conftest import NOON
from tidemark.local.functions import Functions
from tidemark.local.queue_events import schedule_event
from tidemark.local.template import find_template, read_wiring


@pytest.fixture
def plan():
    call = Functions(read_wiring(find_template()).functions).call
    return lambda now: call("PlanFunction", schedule_event("PlanFunctionEveryMinute", now))


def test_spilled_hits_come_back_with_the_full_hour_all_of_them(instance, plan, monkeypatch):
    left = [1000, 1000, 7, 0]
    monkeypatch.setattr(type(instance), "replay_spill", lambda _: left.pop(0))
    assert plan(NOON + 60)["spilled"] == 0
    assert plan(NOON)["spilled"] == 2007


def test_an_idle_instance_is_looked_at_every_ten_minutes(instance, plan, monkeypatch):
    planned = []
    monkeypatch.setattr(type(instance), "follow_archiving", lambda _self, _queued=0: True)
    monkeypatch.setattr(type(instance.planner()), "plan", lambda _: planned.append(1) or 0)
    for minute in range(60):
        plan(NOON + 60 * minute)
    assert len(planned) == 6


def test_an_instance_whose_queue_is_always_polled_is_never_idle(instance):
    assert not instance.follow_archiving(0)
