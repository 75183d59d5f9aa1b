"""The console's commands about sites."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tidemark.cli.main import app


@pytest.fixture
def call(tmp_path):
    def run(*arguments: str):
        return CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)])

    run("site", "add", "Shop", "https://shop.example.org", "https://www.example.org")
    return run


def site(call):
    return json.loads(call("call", "SitesManager.getSiteFromId", "idSite=1").output)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("site", "add", "Bad", "https://bad.example.org", "--timezone", "Nowhere/Zone"), "Nowhere/Zone"),
        (("site", "add", "Bad", "javascript://alert"), "javascript"),
        (("site", "change", "1", "--timezone", "Nowhere/Zone"), "Nowhere/Zone"),
        (("site", "change", "1", "--exclude-ip", "nonsense"), "nonsense"),
        (("site", "change", "7", "--name", "Blog"), "7"),
    ],
)
def test_a_site_when_it_cannot_be_so(call, arguments, told):
    before = site(call)
    result = call(*arguments)
    assert (result.exit_code, told in result.output) == (1, True)
    assert site(call) == before
    assert len(call("site", "list").output.splitlines()) == 1


def test_a_site_when_the_instance_has_a_time_zone(call):
    call("call", "SitesManager.setDefaultTimezone", "defaultTimezone=Asia/Tokyo")
    call("site", "add", "Blog", "https://blog.example.org")
    assert json.loads(call("call", "SitesManager.getSiteFromId", "idSite=2").output)["timezone"] == "Asia/Tokyo"


def test_a_site_when_one_thing_is_changed(call):
    before = site(call)
    changed = call("site", "change", "1", "--name", "Store", "--json")
    assert (json.loads(changed.output), changed.exit_code) == ({"idsite": 1, "changed": True}, 0)
    assert site(call) == {**before, "name": "Store"}
    assert json.loads(call("call", "SitesManager.getSiteUrlsFromId", "idSite=1").output) == [
        "https://shop.example.org",
        "https://www.example.org",
    ]


def test_a_site_when_all_is_changed_and_taken_back(call):
    options = ("--timezone", "Europe/Berlin", "--currency", "EUR", "--group", "Shops", "--shop", "--no-search")
    excluded = ("--exclude-ip", "10.0.0.1", "--exclude-ip", "10.1.*.*", "--exclude-parameter", "ref")
    agents = ("--exclude-user-agent", "checker")
    assert (
        call("site", "change", "1", "--url", "https://store.example.org/", *options, *excluded, *agents).exit_code == 0
    )
    now = site(call)
    assert [now[name] for name in ("main_url", "timezone", "currency", "group", "ecommerce", "sitesearch")] == [
        "https://store.example.org",
        "Europe/Berlin",
        "EUR",
        "Shops",
        1,
        0,
    ]
    lists = ("excluded_ips", "excluded_parameters", "excluded_user_agents")
    assert [now[name] for name in lists] == ["10.0.0.1,10.1.*.*", "ref", "checker"]
    emptied = ("--group", "", "--exclude-ip", "", "--exclude-parameter", "", "--exclude-user-agent", "")
    call("site", "change", "1", "--no-shop", "--search", *emptied)
    now = site(call)
    assert [now[name] for name in ("group", *lists)] == ["", "", "", ""]
    assert (now["ecommerce"], now["sitesearch"]) == (0, 1)


def test_a_site_when_nothing_to_change_is_given(call):
    assert call("site", "change", "1").exit_code == 2


def test_a_site_when_deleted(call):
    assert call("site", "delete", "1").exit_code == 1, "the last one stays"
    call("site", "add", "Blog", "https://blog.example.org")
    assert call("site", "delete", "1").exit_code == 0
    assert call("site", "list").output.startswith("2\t")
