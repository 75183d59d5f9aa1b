"""The console's commands on an instance in a folder."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tidemark.cli.main import app


@pytest.fixture
def call(tmp_path):
    def run(*arguments: str, data: bool = True):
        where = ("--data", str(tmp_path)) if data else ()
        return CliRunner().invoke(app, [*arguments, *where])

    return run


def test_site_when_one_is_added(call):
    added = call("site", "add", "Shop", "https://shop.example.org/", "--timezone", "Europe/Berlin", "--json")
    assert json.loads(added.output) == {"idsite": 1}
    assert call("site", "list").output == "1\tShop\thttps://shop.example.org\n"


def test_token_when_there_is_no_such_user(call):
    result = call("token", "add", "nobody")
    assert result.exit_code == 1
    assert "nobody" in result.output


def test_archive_when_there_is_nothing_to_do(call):
    assert json.loads(call("archive", "--json").output) == {"jobs": 0}


def test_archive_when_only_some_archives_are_wanted(call):
    options = ("--force-idsites", "1,2", "--force-periods", "day,week", "--force-date-range", "2026-11-01,2026-11-03")
    assert json.loads(call("archive", *options, "--skip-all-segments", "--json").output) == {"jobs": 0}


@pytest.mark.parametrize(
    "options", [("--force-periods", "eon"), ("--force-date-range", "yesterday"), ("--force-idsites", "one")]
)
def test_archive_when_an_option_makes_no_sense(call, options):
    assert call("archive", *options).exit_code == 2


def test_invalidate_when_there_are_no_archives(call):
    asked = ("invalidate", "1", "--first", "2026-11-01", "--json")
    assert json.loads(call(*asked).output) == {"archives": 0}
    assert json.loads(call(*asked, "--force", "--periods", "week", "--dry-run").output) == {"archives": 4}
    assert call(*asked, "--segment", "nonsense").exit_code == 2


def test_invalidate_when_every_site_is_meant(call):
    for name in ("Shop", "Journal"):
        call("site", "add", name, f"https://{name.lower()}.example.org/")
    asked = ("invalidate", "--first", "2026-11-01", "--force", "--dry-run", "--json")
    one, both = (json.loads(call(*asked, which).output)["archives"] for which in ("1", "--all-sites"))
    assert both == 2 * one > 0
    assert call(*asked).exit_code == call(*asked, "1", "--all-sites").exit_code == 2


def test_archive_state_when_an_archive_was_asked_for(call):
    call("site", "add", "Shop", "https://shop.example.org/")
    call("invalidate", "1", "--first", "2026-11-01", "--force")
    lines = [json.loads(line) for line in call("archive-state", "--json").output.splitlines()]
    assert {(line["period"], line["status"]) for line in lines[:-1]} == {
        (kind, "asked") for kind in ("day", "week", "month", "year")
    }
    assert lines[-1] == {"queued": 0, "dead_letters": 0}


def test_requeue_when_nothing_failed(call):
    assert json.loads(call("requeue", "--json").output) == {"spilled": 0, "dead_letters": 0}


@pytest.mark.parametrize("arguments", [("site", "list"), ("archive",)])
def test_command_when_no_instance_is_named(call, arguments):
    assert call(*arguments, data=False).exit_code == 2
