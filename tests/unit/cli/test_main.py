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


def test_invalidate_when_no_day_has_hits(call):
    assert json.loads(call("invalidate", "1", "--first", "2026-11-01", "--json").output) == {"days": 0}


def test_requeue_when_nothing_failed(call):
    assert json.loads(call("requeue", "--json").output) == {"spilled": 0, "dead_letters": 0}


@pytest.mark.parametrize("arguments", [("site", "list"), ("archive",)])
def test_command_when_no_instance_is_named(call, arguments):
    assert call(*arguments, data=False).exit_code == 2
