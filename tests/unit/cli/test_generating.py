"""`tidemark generate`."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner

from tidemark.cli.client import ClientError, UnavailableError
from tidemark.cli.generating import load_demo, send_traffic
from tidemark.cli.main import app
from tidemark.cli.receivers import Remote, Taken
from tidemark.generating.traffic import Plan, Target

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Listener:
    """Takes everything."""

    def __init__(self) -> None:
        self.sites: dict[int, str] = {}
        self.bulks: list[int] = []
        self.asked: list[str] = []
        self.is_finished = False

    def ask(self, method, **params):
        self.asked.append(method)
        if method == "SitesManager.addSite":
            self.sites[len(self.sites) + 1] = params["urls[0]"]
            return {"value": len(self.sites)}
        return list(self.sites) if method == "SitesManager.getAllSites" else {}

    def take(self, hits):
        self.bulks.append(len(hits))
        return Taken(len(hits))

    def finish(self):
        self.is_finished = True


def test_send_traffic_when_in_bulks():
    listener, told = Listener(), []
    plan = Plan((Target(1, "https://a.example.org"),), 100, 3, date(2026, 11, 20))
    facts = send_traffic(listener, plan, NOW, 50, told.append)
    assert sum(told) == facts["visits"] == 100
    assert facts["hits"] == sum(listener.bulks) > 100
    assert all(size >= 50 for size in listener.bulks[:-1])
    assert listener.is_finished


def test_load_demo_when_there_are_sites():
    listener, said = Listener(), []
    load_demo(listener, said.append)
    assert "done" in said[-1]
    assert {"Goals.addGoal", "SegmentEditor.add", "Annotations.add"} <= set(listener.asked)
    load_demo(listener, said.append)
    assert "nothing was sent" in said[-1]


class Busy:
    """Answers only the third time."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.calls = 0

    def bulk(self, hits):
        self.calls += 1
        if self.calls <= self.failures:
            raise UnavailableError("503")
        return {"tracked": len(hits), "invalid_indices": [1]}


def test_remote_when_it_is_busy():
    pauses: list[float] = []
    receiver = Remote(Busy(2), attempts=3, pause=1.0, sleep=pauses.append)
    assert receiver.take([{}, {}]) == Taken(2, (1,))
    assert pauses == [1.0, 2.0]
    with pytest.raises(ClientError):
        Remote(Busy(3), attempts=3, sleep=pauses.append).take([{}])


def test_generate_when_straight_into_an_instance(tmp_path):
    where = ["--data", str(tmp_path)]
    refused = CliRunner().invoke(app, ["generate", *where, "--visits", "5"])
    assert refused.exit_code == 1
    assert "superuser" in refused.output
    CliRunner().invoke(app, ["user", "add", "anna", "anna@example.org", *where])
    CliRunner().invoke(app, ["user", "superuser", "anna", *where])
    made = CliRunner().invoke(app, ["generate", *where, "--visits", "9", "--last", "2026-11-20", "--json"])
    facts = json.loads(made.stdout)
    assert (facts["visits"], facts["refused"]) == (9, 0)
    asked = ["VisitsSummary.get", f"idSite={facts['sites'][-1]}", "period=month", "date=2026-11-20"]
    summary = json.loads(CliRunner().invoke(app, ["call", *asked, *where]).stdout)
    assert summary["nb_visits"] == 9


def test_generate_when_told_both_ways(tmp_path):
    result = CliRunner().invoke(app, ["generate", "--url", "http://127.0.0.1:1", "--data", str(tmp_path)])
    assert result.exit_code == 2
