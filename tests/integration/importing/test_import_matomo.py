"""A Matomo database on a real MariaDB server gives the reports of the same traffic tracked directly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.mariadb import Server, running
from tests.support.matomo_database import fill
from tidemark.bootstrap import Instance
from tidemark.cli.generating import send_traffic
from tidemark.cli.instances import opened_instance
from tidemark.cli.main import app
from tidemark.cli.receivers import CONSOLE, Direct
from tidemark.generating.set_up import make_sites
from tidemark.generating.traffic import Plan

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 5)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
VISITS = 90
PERIODS = (("day", "2026-11-03"), ("month", "2026-11-01"))
ONE_DAY = (("day", "2026-11-03"),)
FEW = frozenset({"VisitsSummary", "Actions"})


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as one:
        yield one


def opened(folder: Path) -> Instance:
    folder.mkdir()
    instance = opened_instance(folder, None)
    instance.registry().create_superuser("boss", "0123456789abcdef0123456789abcdef")
    return instance


@pytest.fixture(scope="module")
def tracked(tmp_path_factory) -> Instance:
    """An instance with traffic of everything that there is."""
    instance = opened(tmp_path_factory.mktemp("tracked") / "data")
    receiver = Direct(instance)
    targets = make_sites(receiver.ask, 1, FIRST, LAST)
    send_traffic(receiver, Plan(targets, VISITS, 4, LAST), NOW, 500, lambda _: None)
    return instance


@pytest.fixture(scope="module")
def database(server, tracked) -> str:
    """The address of a database with the same."""
    with server.connect() as connection:
        connection.cursor().execute("CREATE DATABASE matomo CHARACTER SET utf8mb4")
    with server.connect("matomo") as connection:
        filler = fill(connection, tracked, [1])
        filler.insert("user", login="anna", password="$2y$10$secret", email="anna@example.org")
        filler.insert("access", login="anna", idsite=1, access="view")
        connection.commit()
    return server.url("matomo")


def imported(database: str, folder: Path, *options: str):
    return CliRunner().invoke(
        app, ["import", "matomo", "--database", database, "--no-password", "--data", str(folder), "--json", *options]
    )


def lines(result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def reports(instance: Instance, periods=PERIODS, modules: frozenset[str] = frozenset()) -> dict[str, str]:
    """Every report (of some modules) of these periods, as JSON."""
    api = instance.reporter()
    found: dict[str, str] = {}
    for one in api.call("API.getReportMetadata", {"idSite": 1}, CONSOLE):
        if modules and one["module"] not in modules:
            continue
        for period, day in periods:
            own = {name: str(value) for name, value in one.get("parameters", {}).items()}
            given = {"idSite": "1", "period": period, "date": day, "filter_limit": "-1", "expanded": "1", **own}
            method = f"{one['module']}.{one['action']}"
            query = "&".join(f"{name}={value}" for name, value in {"method": method, **given, "format": "json"}.items())
            (answer,) = api.call("API.getBulkRequest", {"urls": [query]}, CONSOLE)
            found[f"{method} {own} {period}"] = json.dumps(answer, sort_keys=True)
    return found


@pytest.mark.slow
def test_import_when_compared_with_the_same_traffic_tracked(tracked, database, tmp_path):
    instance = opened(tmp_path / "data")
    result = imported(database, tmp_path / "data")
    assert result.exit_code == 0, result.output
    told = lines(result)
    assert told[0] == {
        "taken_over": {"sites": 1, "goals": 5, "custom_dimensions": 3, "segments": 4, "users": 1},
        "left_behind": [],
    }
    assert told[-1]["different"] == 0
    assert told[-1]["compared"] > 5000
    metrics = {one["metric"] for one in told if "metric" in one}
    assert {"nb_visits", "Actions_actions_url.nb_hits", "UserCountry_country.goal 1 nb_conversions"} <= metrics
    there, here = reports(tracked), reports(instance)
    assert len(there) > 120
    assert {name for name in there if there[name] != here[name]} == set()
    anna = instance.registry().user("anna")
    assert anna is not None
    assert (anna.password_hash, dict(anna.roles)) == ("", {1: 1})


@pytest.mark.slow
def test_import_when_run_twice_and_after_later_hits(tracked, database, tmp_path):
    instance = opened(tmp_path / "data")
    assert imported(database, tmp_path / "data", "--last", "2026-11-03").exit_code == 0
    again = lines(imported(database, tmp_path / "data"))
    site = next(one for one in again if "unchanged" in one)
    assert (site["days"], site["unchanged"]) == (2, 2)
    before = reports(instance, ONE_DAY, FEW)
    assert imported(database, tmp_path / "data", "--again").exit_code == 0
    assert reports(instance, ONE_DAY, FEW) == before
    visits = json.loads(before["VisitsSummary.get {} day"])["nb_visits"]
    visitor = tracked._visit_logs().read(tracked._visit_logs().days(1, FIRST, LAST)[0], "visits").to_pylist()[0]
    late = {
        "rec": 1,
        "idsite": 1,
        "url": "https://shop.example.org/late",
        "cdt": "2026-11-03 23:00:00",
        "_id": f"{visitor['visitor_id']:016x}",
        "cip": "203.0.113.9",
    }
    receiver = Direct(instance)
    assert receiver.take([late]).accepted == 1
    receiver.finish()
    after = json.loads(reports(instance, ONE_DAY, FEW)["VisitsSummary.get {} day"])
    assert after["nb_visits"] == visits + 1
    logs = instance._visit_logs()
    (log,) = logs.days(1, date(2026, 11, 3), date(2026, 11, 3))
    (row,) = [one for one in logs.read(log, "visits").to_pylist() if one["visit_entry_url"] == "shop.example.org/late"]
    assert row["visitor_returning"] > 0
    assert row["visitor_count_visits"] > 1


def test_import_when_matomo_counted_something_else(database, server, tmp_path):
    with server.connect("matomo") as connection:
        connection.cursor().execute(
            "UPDATE matomo_archive_numeric_2026_11 SET value = value + 1 WHERE name = 'nb_visits' AND date1 = '2026-11-04'"
        )
        connection.commit()
    opened(tmp_path / "data")
    result = imported(database, tmp_path / "data")
    assert result.exit_code == 3
    (difference,) = [one for one in lines(result) if "differs" in one and not one["row"]]
    assert (difference["differs"], difference["day"]) == ("nb_visits", "2026-11-04")
    assert difference["matomo"] == difference["tidemark"] + 1


def test_import_when_the_database_is_another_one(server, tmp_path):
    opened(tmp_path / "data")
    result = imported(server.url("mysql"), tmp_path / "data")
    assert result.exit_code == 1
    assert "prefix" in result.output
    assert imported(server.url("none"), tmp_path / "data").exit_code == 1
    assert imported("http://127.0.0.1/matomo", tmp_path / "data").exit_code == 2
