"""Imported visits on real drivers: stored, merged with hits, reported, replaced, kept for a time, anonymised and erased."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.importing.test_imported_visits import ANNA, BEN, DAY, tables, visit
from tests.support.erasure import NOON, SUPERUSER
from tidemark.bootstrap import Instance
from tidemark.clock import SettableClock
from tidemark.config import Config
from tidemark.model.anonymising import Hidden
from tidemark.model.erasure import Subject, SubjectKind
from tidemark.model.site import Site

YEAR = timedelta(days=365)


@pytest.fixture
def instance(driver):
    instance = Instance(Config(snapshot_age_seconds=0), SettableClock(NOON), driver.stores)
    instance.registry().create_superuser("admin", "0" * 32)
    instance.registry().add_site(Site(0, "Shop", "https://shop.example.org", NOON - 9 * 86_400))
    return instance


def visits(instance, day=DAY):
    asked = {"idSite": 1, "period": "day", "date": str(day)}
    return instance.reporter().call("VisitsSummary.get", asked, SUPERUSER).rows[0].columns["nb_visits"]


def test_imported_visits_live_and_go_like_tracked_ones(instance, driver):
    imports = instance.imports()
    assert imports.put(1, DAY, tables(visit(1, ANNA, user="anna"), visit(2, BEN, -7140)), "a")
    assert visits(instance) == 2
    assert imports.put(1, DAY, tables(visit(1, ANNA, user="anna"), visit(2, BEN), visit(3, BEN, -3600)), "b")
    assert imports.sources(1) == {DAY: "b"}
    assert visits(instance) == 3
    instance.anonymising().order(Hidden(DAY, DAY, addresses=True, users=True), "admin")
    rows = imports.read(1, DAY)["visits"].to_pylist()
    assert {row["location_ip"] for row in rows} == {"203.0.0.0"}
    assert {len(row["user_id"] or "") for row in rows} == {0, 40}
    instance.erasing().erase(Subject(SubjectKind.USER, "anna"), (), "admin")
    assert [row["idvisit"] for row in imports.read(1, DAY)["visits"].to_pylist()] == [2, 3]
    assert visits(instance) == 2


def test_imported_days_are_deleted_by_age_and_stay_in_reports(driver):
    clock = SettableClock(NOON)
    instance = Instance(Config(snapshot_age_seconds=0), clock, driver.stores)
    instance.registry().create_superuser("admin", "0" * 32)
    instance.registry().add_site(Site(0, "Shop", "https://shop.example.org", NOON - 9 * 86_400))
    instance.imports().put(1, DAY, tables(visit(1, ANNA)), "a")
    instance.archive_all()
    asked = {"delete_logs_enable": True, "delete_logs_older_than": 30, "delete_logs_schedule_lowest_interval": 1}
    instance.registry().set_settings({f"Deletelogs.{name}": value for name, value in asked.items()})
    for _ in range(4):
        clock.set(clock.now() + YEAR.total_seconds() / 4)
        instance.housekeeper().run(everything=True)
        instance.archive_all()
    assert instance.imports().sources(1) == {}
    left = [info.key for info in driver.stores.objects.listing("") if info.key.startswith(("imported/", "log/visits"))]
    assert left == []
    assert visits(instance) == 1, "its archive stays"
    assert instance.imports().put(1, DAY, tables(visit(1, ANNA), visit(2, BEN)), "a") is not None
    assert visits(instance) == 1, "what was deleted by age is not counted anew"
