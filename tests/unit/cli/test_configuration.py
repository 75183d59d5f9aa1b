"""Commands about settings and plugins."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tidemark.cli.main import app


@pytest.fixture
def call(tmp_path):
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)])


def value(call, name):
    return json.loads(call("config", "get", name, "--json").stdout)["value"]


def test_config_when_set_and_reset(call):
    assert value(call, "Tracker.visit_standard_length") == 1800
    assert call("config", "set", "Tracker.visit_standard_length", "900").exit_code == 0
    assert value(call, "Tracker.visit_standard_length") == 900
    (changed,) = [json.loads(line) for line in call("config", "list", "--changed", "--json").stdout.splitlines()]
    assert changed == {"name": "Tracker.visit_standard_length", "value": 900, "default": 1800}
    assert "config set" in call("audit").stdout
    assert call("config", "reset", "Tracker.visit_standard_length").exit_code == 0
    assert value(call, "Tracker.visit_standard_length") == 1800
    assert len(call("config", "list").stdout.splitlines()) > 100


def test_config_when_it_is_a_sites(call):
    assert call("config", "set", "Deletelogs.delete_logs_older_than.site3", "30").exit_code == 0
    assert value(call, "Deletelogs.delete_logs_older_than.site3") == 30


def test_config_when_it_makes_no_sense(call):
    wrong = call("config", "set", "Tracker.visit_standard_lenght", "900")
    assert wrong.exit_code == 1
    assert "did you mean Tracker.visit_standard_length" in wrong.output
    assert call("config", "set", "Tracker.visit_standard_length", "long").exit_code == 2
    assert call("config", "set", "My.own", "[1]", "--force").exit_code == 0
    assert value(call, "My.own") == "[1]"


def test_plugins_when_listed():
    plugins = [json.loads(line) for line in CliRunner().invoke(app, ["plugins", "list", "--json"]).stdout.splitlines()]
    assert {"Actions", "Referrers"} <= {one["name"] for one in plugins}
    assert next(one for one in plugins if one["name"] == "Actions")["reports"] > 5


def test_replay_when_nothing_waits(call):
    assert json.loads(call("replay", "--json").stdout) == {"spilled": 0, "dead_letters": 0}
    assert call("requeue").exit_code == 0


def test_completion_when_asked_for():
    assert "--install-completion" in CliRunner().invoke(app, ["--help"]).output
