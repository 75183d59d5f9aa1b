"""Commands about settings and plugins."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from tests.support.instance import CONSOLE
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


NO_FACTS = {"serve", "serve-moto", "mcp"}
"""Which serve until they are stopped."""


def commands(group=None, path=""):
    """Every command of the console by its name."""
    for name, command in (group or get_command(app)).commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


@pytest.mark.parametrize("command", sorted(name for name, _ in commands()))
def test_json_when_asked_for(command):
    options = {option for parameter in dict(commands())[command].params for option in parameter.opts}
    assert ("--json" in options) == (command not in NO_FACTS)


def test_acts_when_told_as_json(call):
    call("site", "add", "Shop", "https://shop.example.org")
    call("site", "add", "Blog", "https://blog.example.org")
    call("user", "add", "anna", "anna@example.org")
    acts = {
        ("config", "set", "Tracker.visit_standard_length", "900"): {
            "name": "Tracker.visit_standard_length",
            "value": 900,
        },
        ("config", "reset", "Tracker.visit_standard_length"): {"name": "Tracker.visit_standard_length", "value": 1800},
        ("user", "access", "anna", "view", "--site", "1"): {"login": "anna", "access": "view", "sites": [1]},
        ("user", "superuser", "anna"): {"login": "anna", "superuser": True},
        ("site", "delete", "2"): {"idsite": 2, "deleted": True},
    }
    for act, told in acts.items():
        assert json.loads(call(*act, "--json").stdout) == told
    assert call("user", "superuser", "anna", "--no").stdout == ""


@pytest.mark.parametrize(
    ("shell", "line", "position", "wanted"),
    [
        ("bash", "tidemark sit", 1, "site"),
        ("bash", "tidemark site ad", 2, "add"),
        ("zsh", "tidemark doc", None, "doctor"),
        ("fish", "tidemark anony", None, "anonymize"),
    ],
)
def test_completion_when_a_shell_asks(shell, line, position, wanted):
    asked = {"_TIDEMARK_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": line, "COMP_WORDS": line}
    words = {"COMP_CWORD": str(position), "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    result = subprocess.run(
        [CONSOLE], env={**os.environ, **asked, **words}, capture_output=True, text=True, check=False, timeout=120
    )
    assert wanted in result.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_when_its_script_is_asked_for(shell, monkeypatch):
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: shell)  # it looks for one among the processes above
    result = CliRunner().invoke(app, ["--show-completion"], prog_name="tidemark")
    assert "_TIDEMARK_COMPLETE" in result.output
