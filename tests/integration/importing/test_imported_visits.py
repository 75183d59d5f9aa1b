"""Imported visits live with a day's hits: merged, kept through rebuilds, replaced, erased and retained like them."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest

from tests.support.erasure import NOON, TrackedInstance
from tidemark.model.erasure import Subject, SubjectKind

DAY = date(2026, 11, 18)
ANNA, BEN = 0x0A11CE5DEADBEEF5, 0x30B0B0B0B0B0B0B0
ONE_DAY = timedelta(days=1)
EVER = date(1990, 1, 1), date(2030, 1, 1)


def visit(number: int, visitor: int, at: int = -7200, user: str = "", ip: str = "203.0.113.77") -> dict:
    moment = NOON + at
    return {
        "idvisit": number,
        "idsite": 1,
        "visitor_id": visitor,
        "fingerprint": number,
        "user_id": user or None,
        "location_ip": ip,
        "visit_first_action_time": moment,
        "visit_last_action_time": moment + 30,
        "first_sequence": moment * 4_096_000_000,
        "visit_total_time": 31,
        "visit_total_actions": 2,
        "visit_total_interactions": 2,
        "visitor_returning": 0,
        "visitor_count_visits": 1,
        "referer_type": 1,
        "visit_goal_converted": 0,
        "visit_goal_buyer": 0,
        "config_browser_name": "FF",
        "config_os": "LIN",
    }


def tables(*visits: dict) -> dict:
    actions = [
        {
            "idvisit": one["idvisit"],
            "idsite": 1,
            "visitor_id": one["visitor_id"],
            "position": position,
            "server_time": one["visit_first_action_time"] + position,
            "action_type": 1,
            "url": "shop.example.org/old",
            "sequence": one["first_sequence"] + position,
            "url_prefix": 2,
            "title": "Old",
        }
        for one in visits
        for position in (1, 2)
    ]
    return {"visits": pa.Table.from_pylist(list(visits)), "actions": pa.Table.from_pylist(actions)}


@pytest.fixture
def site(tmp_path):
    instance = TrackedInstance(tmp_path)
    yield instance
    instance.close()


def rows(site, table="visits"):
    logs = site.instance._visit_logs()
    logs.ensure(1, EVER[1])
    return [row for log in logs.days(1, DAY, DAY) for row in logs.read(log, table).to_pylist()]


def test_imports_when_hits_come_later(site):
    assert site.instance.imports().put(1, DAY, tables(visit(1, ANNA), visit(2, BEN, -7140)), "a")
    assert [row["idvisit"] for row in rows(site)] == [1, 2]
    site.track(at=-3600, cid=f"{ANNA:016x}", url="https://shop.example.org/new")
    site.settle()
    assert len(rows(site)) == 3
    assert len(rows(site, "actions")) == 5
    assert [row["visitor_id"] for row in rows(site, "visitors")] == [ANNA, ANNA, BEN]
    site.track(at=-1800, cid=f"{BEN:016x}", url="https://shop.example.org/again")
    site.settle()
    assert len(rows(site)) == 4


def test_imports_when_a_visitor_comes_back_on_a_later_day(site):
    site.track(at=-60, cid=f"{ANNA:016x}", url="https://shop.example.org/next")
    site.settle()
    (row,) = rows(site)
    assert (row["visitor_returning"], row["visitor_count_visits"]) == (0, 1)
    yesterday = {**visit(1, ANNA, -86_400), "visitor_count_visits": 7, "visitor_seconds_since_first": 864_000}
    site.instance.imports().put(1, DAY - ONE_DAY, tables(yesterday), "a")
    (row,) = rows(site)
    assert (row["visitor_returning"], row["visitor_count_visits"]) == (1, 8)
    assert row["visitor_seconds_since_first"] == 864_000 + 86_400 - 60


def test_imports_when_put_again(site):
    imports = site.instance.imports()
    imports.put(1, DAY, tables(visit(1, ANNA)), "a")
    before = rows(site)
    assert not imports.put(1, DAY, tables(visit(1, ANNA)), "b")
    assert imports.sources(1) == {DAY: "b"}
    assert rows(site) == before
    assert imports.put(1, DAY, tables(visit(1, ANNA), visit(3, BEN)), "c")
    assert len(rows(site)) == 2
    imports.forget(1, DAY)
    assert rows(site) == []


def test_imports_when_the_day_is_made_in_parts(site, monkeypatch):
    site.instance.imports().put(1, DAY, tables(visit(1, ANNA), visit(2, BEN, -7140)), "a")
    for number in range(12):
        ids = {"cid": f"{ANNA if number == 0 else number + 1:016x}", "address": f"203.0.113.{number}"}
        site.track(at=-3600 + number, url=f"https://shop.example.org/{number}", **ids)
    site.settle()
    whole = {row["idvisit"] for row in rows(site)}
    logs = site.instance._visit_logs()
    monkeypatch.setattr(logs, "_part_hits", 3)
    site.track(at=-1000, cid=f"{77:016x}", url="https://shop.example.org/z")
    site.settle()
    found = rows(site)
    (log,) = logs.days(1, DAY, DAY)
    assert len(log.parts) > 1
    assert whole < {row["idvisit"] for row in found}
    assert len(found) == len(whole) + 1 == 15
    of_anna = [part for part in log.parts if ANNA in logs.read(part, "visits")["visitor_id"].to_pylist()]
    assert len(of_anna) == 1


@pytest.mark.parametrize(
    "subject",
    [
        Subject(SubjectKind.USER, "anna@example.org"),
        Subject(SubjectKind.VISITOR, f"{ANNA:016x}"),
        Subject(SubjectKind.ADDRESS, "203.0.113.99"),
    ],
)
def test_imports_when_a_person_is_erased(site, subject):
    anna = visit(1, ANNA, user="anna@example.org", ip="203.0.113.99")
    site.instance.imports().put(1, DAY, tables(anna, visit(2, BEN)), "a")
    site.track(at=-3600, cid=f"{BEN:016x}", url="https://shop.example.org/new")
    site.settle()
    assert len(rows(site)) == 3
    receipt = site.instance.erasing().erase(subject, (), "admin")
    assert receipt.counts["imported_visits"] == 1
    assert {row["visitor_id"] for row in rows(site)} == {BEN}
    site.instance.imports().put(1, DAY, tables(anna, visit(2, BEN)), "again")
    assert {row["visitor_id"] for row in rows(site)} == {BEN}


def test_imports_when_single_visits_are_erased(site):
    site.instance.imports().put(1, DAY, tables(visit(1, ANNA), visit(2, ANNA, -3600)), "a")
    site.settle()
    site.instance.erasing().erase_visits({(1, DAY): [2]}, "admin")
    assert [row["idvisit"] for row in rows(site)] == [1]


def test_imports_when_there_are_none(site):
    assert site.instance.imports().read(1, DAY) is None
    assert site.instance.imports().sources(1) == {}
