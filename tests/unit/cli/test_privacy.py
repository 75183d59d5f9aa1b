"""The console's commands about people."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from typer.testing import CliRunner

from tests.support.erasure import TrackedInstance, traces
from tidemark.cli.main import app
from tidemark.model.anonymising import Hidden

ANNA = "anna@example.org"


@pytest.fixture
def call(tmp_path):
    site = TrackedInstance(tmp_path)
    site.track(uid=ANNA, url="https://shop.example.org/a")
    site.track(uid="ben", url="https://shop.example.org/a")
    site.settle()
    site.close()

    def run(*arguments: str):
        return CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)])

    return run


def test_a_person_when_exported_and_erased(call, tmp_path):
    exported = json.loads(call("export", "--user-id", ANNA).output)
    assert [visit["user_id"] for visit in exported["log_visit"]] == [ANNA]
    receipt = json.loads(call("erase", "--user-id", ANNA, "--yes", "--json").output)
    assert (receipt["state"], receipt["hits"], receipt["named_by"]) == ("erased", 1, "user")
    assert json.loads(call("export", "--user-id", ANNA).output) == {}
    assert len(call("erasures").output.splitlines()) == 1
    site = TrackedInstance(tmp_path)
    assert traces(site.stores, texts=[ANNA]) == []
    site.close()


def test_visits_when_erased_by_a_segment(call):
    told = json.loads(call("erase", "--segment", "userId==ben", "--yes", "--json").output)
    assert (told["visits"], told["hits"], told["state"], told["named_by"]) == (1, 1, "erased", "visits")
    assert json.loads(call("export", "--segment", "userId==ben", "--json").output) == {}
    assert json.loads(call("erase", "--segment", "userId==ben", "--yes", "--json").output) == {"visits": 0}
    (receipt,) = json.loads(call("call", "PrivacyManager.getErasures", "--json").output)
    assert (receipt["requester"], receipt["named_by"], receipt["state"]) == ("console", ["visits"], "erased")
    assert (receipt["counts"]["hits"], receipt["days"]) == (1, {"1": ["2026-11-18"]})


@pytest.mark.parametrize("options", [(), ("--user-id", "a", "--ip", "203.0.113.1")])
def test_a_person_when_not_named_once(call, options):
    assert call("erase", *options, "--yes").exit_code == 2


def test_nothing_when_not_confirmed(call):
    assert call("erase", "--user-id", ANNA).exit_code == 1
    assert len(json.loads(call("export", "--user-id", ANNA).output)["log_visit"]) == 1


def test_past_days_when_anonymised(call, tmp_path):
    days = ("--first", "2026-11-18", "--yes", "--json")
    told = json.loads(call("anonymize", *days, "--users", "--addresses").output)
    assert (told["state"], told["hits"], told["days"]) == ("done", 2, 1)
    site = TrackedInstance(tmp_path)
    assert traces(site.stores, texts=[ANNA]) == []
    site.close()
    assert call("anonymize", *days).exit_code == 2
    assert call("anonymize", *days, "--unset-visit-column", "visit_total_actions").exit_code == 2
    assert call("anonymize", "--first", "2026-11-18", "--users").exit_code == 1, "it asks"


def test_an_anonymisation_when_it_was_interrupted(call, tmp_path):
    site = TrackedInstance(tmp_path)
    waiting = replace(site.instance.anonymising(), runs_at_once=False)
    waiting.order(Hidden(date(2026, 11, 18), date(2026, 11, 18), users=True), "admin")
    site.close()
    found = {one["check"]: one for one in map(json.loads, call("doctor", "--json").output.splitlines())}
    assert found["unfinished anonymisations"]["mend"].startswith("tidemark erasures")
    call("erasures")
    found = {one["check"]: one for one in map(json.loads, call("doctor", "--json").output.splitlines())}
    assert found["unfinished anonymisations"]["found"] == "0"
    assert json.loads(call("export", "--user-id", ANNA).output) == {}
