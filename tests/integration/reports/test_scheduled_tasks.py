"""What schedules do, when it is asked for now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.erasure import TrackedInstance
from tidemark.bootstrap import Instance
from tidemark.model.erasure import ErasureState, Subject, SubjectKind

ANNA = "anna@example.org"
TASKS = ["archives", "housekeeping", "erasures", "anonymisations", "reports and alerts"]


@pytest.fixture
def site(tmp_path):
    instance = TrackedInstance(tmp_path)
    yield instance
    instance.close()


def run(site):
    return {one["task"]: one["output"] for one in site.call("CoreAdminHome.runScheduledTasks")}


def test_everything_is_done_where_one_process_may_do_it(site):
    site.track(uid=ANNA, url="https://shop.example.org/a")
    site.ingest()
    waiting = replace(site.instance.erasing(), runs_at_once=False)
    waiting.erase(Subject(SubjectKind.USER, ANNA), (), "admin")
    told = run(site)
    assert list(told) == TASKS
    assert told["erasures"] == "1 were worked on"
    assert [one.state for one in waiting.receipts()] == [ErasureState.ERASED]
    assert int(told["archives"].split()[0]) > 0
    assert "reports_due: 0" in told["reports and alerts"]


def test_other_functions_are_left_their_rights(tmp_path):
    site = TrackedInstance(tmp_path, lambda config, *rest: Instance(config._replace(erase_on_call=False), *rest))
    site.track(uid=ANNA, url="https://shop.example.org/a")
    site.ingest()
    site.instance.erasing().erase(Subject(SubjectKind.USER, ANNA), (), "admin")
    told = run(site)
    assert "next run" in told["erasures"]
    assert [one.state for one in site.instance.erasing().receipts()] == [ErasureState.ORDERED]
    site.close()
