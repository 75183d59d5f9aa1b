"""A Matomo database on a real MariaDB server comes straight into a deployed stack, and gives the same reports there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.mariadb import running
from tests.support.matomo_database import fill
from tests.support.template import Deployment, deployed
from tidemark.bootstrap import Instance
from tidemark.cli.generating import send_traffic
from tidemark.cli.instances import opened_instance
from tidemark.cli.main import app
from tidemark.cli.receivers import CONSOLE, Direct
from tidemark.generating.set_up import make_sites
from tidemark.generating.traffic import Plan
from tidemark.local.deploy import STACK_NAME

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 3)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
VISITS = 16
METHODS = (
    *("VisitsSummary.get", "Actions.getPageUrls", "Goals.get", "Referrers.getReferrerType", "UserCountry.getCountry"),
    *("DevicesDetection.getType", "Events.getCategory", "Goals.getItemsName", "VisitFrequency.get"),
)


@pytest.fixture(scope="module")
def tracked(tmp_path_factory) -> Instance:
    """An instance with traffic of two days."""
    folder: Path = tmp_path_factory.mktemp("tracked")
    instance = opened_instance(folder, None)
    instance.registry().create_superuser("boss", "0123456789abcdef0123456789abcdef")
    receiver = Direct(instance)
    targets = make_sites(receiver.ask, 1, FIRST, LAST)
    send_traffic(receiver, Plan(targets, VISITS, 2, LAST), NOW, 500, lambda _: None)
    return instance


@pytest.fixture(scope="module")
def database(tracked) -> Iterator[str]:
    """The address of a database with the same."""
    with running() as server:
        with server.connect() as connection:
            connection.cursor().execute("CREATE DATABASE matomo CHARACTER SET utf8mb4")
        with server.connect("matomo") as connection:
            fill(connection, tracked, [1])
            connection.commit()
        yield server.url("matomo")


@pytest.fixture
def stack() -> Iterator[Deployment]:
    with deployed() as one:
        yield one


def imported(database: str, *options: str) -> list[dict]:
    arguments = ["import", "matomo", "--database", database, "--no-password", "--stack", STACK_NAME, "--json"]
    result = CliRunner().invoke(app, [*arguments, *options])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def reports(instance: Instance) -> dict[tuple[str, str], str]:
    found = {}
    for method in METHODS:
        for period in ("day", "month"):
            asked = {"idSite": "1", "period": period, "date": "2026-11-03", "filter_limit": "-1", "expanded": "1"}
            query = "&".join(f"{name}={value}" for name, value in {"method": method, "format": "json", **asked}.items())
            (answer,) = instance.reporter().call("API.getBulkRequest", {"urls": [query]}, CONSOLE)
            found[method, period] = json.dumps(answer, sort_keys=True)
    return found


@pytest.mark.slow
def test_import_when_it_goes_into_a_stack(tracked, database, stack):
    told = imported(database)
    assert told[0]["taken_over"]["sites"] == 1
    assert told[0]["left_behind"] == []
    assert told[-1]["different"] == 0
    assert told[-1]["compared"] > 500
    there = opened_instance(None, STACK_NAME)
    assert reports(there) == reports(tracked)
    again = imported(database, "--no-archives")[-1]
    assert (again["days"], again["unchanged"], again["visits"]) == (0, 2, 0)
    again = imported(database, "--again", "--no-archives")[-1]
    assert (again["unchanged"], again["visits"] > 0) == (0, True)
    assert reports(opened_instance(None, STACK_NAME)) == reports(tracked), "nothing is counted twice"
