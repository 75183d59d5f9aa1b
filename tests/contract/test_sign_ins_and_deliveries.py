"""Sessions, second factors, token uses, deliveries and alerts on real drivers: their conditions mean the same in both."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pyotp
import pytest

from tidemark.clock import SystemClock
from tidemark.model.alert import Alert, Triggered
from tidemark.model.user import User
from tidemark.registry.alerts import StoredAlerts
from tidemark.registry.deliveries import LEASE_SECONDS, MAX_TRIES, RETRY_SECONDS, StoredDeliveries
from tidemark.registry.second_factors import StoredSecondFactors
from tidemark.registry.sign_ins import REST_SECONDS, StoredSignIns
from tidemark.registry.table_registry import TableRegistry
from tidemark.registry.token_uses import TokenUses

NOW = 1_900_000_000


@pytest.fixture
def world(driver):
    clock, table = SimpleNamespace(now=float(NOW)), driver.stores.registry
    registry = TableRegistry(table, driver.stores.objects, SystemClock())
    return SimpleNamespace(clock=clock, table=table, registry=registry, moment=lambda: clock.now, salt=lambda: "salt")


def test_a_session_begins_rests_and_ends(world):
    world.registry.add_user(User("anna"), "correct horse")
    sign_ins = StoredSignIns(world.table, world.registry, world.salt, world.moment)
    secret, begun = sign_ins.begin("anna", remember=False)
    world.clock.now += REST_SECONDS - 1
    assert sign_ins.find(secret).csrf == begun.csrf
    world.clock.now += REST_SECONDS - 1
    assert sign_ins.find(secret) is not None
    world.clock.now += REST_SECONDS
    assert sign_ins.find(secret) is None
    secret, _ = sign_ins.begin("anna", remember=True)
    sign_ins.end(secret)
    assert sign_ins.find(secret) is None


def test_a_code_is_taken_once_by_however_many_processes(world):
    def factors():
        return StoredSecondFactors(world.table, world.salt, world.moment)

    codes = pyotp.TOTP(factors().begin("anna").secret)
    recovery = factors().confirm("anna", codes.at(NOW))
    world.clock.now += 30
    for code in (codes.at(NOW + 30), recovery[0]):
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(lambda sent: factors().accept("anna", sent), [code] * 4)) == 1
    assert factors().off("anna")
    assert not factors().accept("anna", recovery[1])


def test_uses_of_a_token_are_noted_by_the_hour(world):
    for seconds in (0, 1800, 3700):
        world.clock.now = NOW + seconds
        TokenUses(world.table, world.moment).note("anna", "hash")
    assert TokenUses(world.table).of("anna") == {"hash": NOW + 3700}
    TokenUses(world.table).forget("anna")
    assert TokenUses(world.table).of("anna") == {}


def test_what_is_due_is_claimed_by_one_process_and_given_up_in_the_end(world):
    def deliveries():
        return StoredDeliveries(world.table, world.salt, world.moment)

    with ThreadPoolExecutor(4) as pool:
        claims = [one for one in pool.map(lambda _: deliveries().claim("report#1", "day x"), range(4)) if one]
    (claim,) = claims
    deliveries().note(claim, "Anna@example.org")
    assert not deliveries().is_open("report#1", "day x")
    world.clock.now += LEASE_SECONDS + 1
    again = deliveries().claim("report#1", "day x")
    assert deliveries().has_got(again, "anna@example.org")
    deliveries().finish(claim)
    assert deliveries().last_sent("report#1") == int(world.clock.now)
    deliveries().fail(again, "gone")
    for _ in range(MAX_TRIES - 2):
        world.clock.now += RETRY_SECONDS + 1
        deliveries().fail(deliveries().claim("report#1", "day x"), "gone")
    world.clock.now += RETRY_SECONDS + 1
    assert deliveries().claim("report#1", "day x") is None
    other = deliveries().claim("report#1", "day y")
    deliveries().finish(other)
    assert deliveries().claim("report#1", "day y") is None


def test_alerts_and_what_went_off(world):
    alerts = StoredAlerts(world.table)
    alert = alerts.add(
        Alert(0, "anna", "Quiet", (1, 2), "day", "VisitsSummary_get", "nb_visits", "anomaly", 3.5, ts_created=NOW)
    )
    assert alerts.all() == [alert]
    rows = [{"report": "r", "label": "x", "value": 1.5, "before": 2, "share": 0.25}]
    for at in (NOW, NOW + 1):
        alerts.note(Triggered(1, 1, "anna", "2026-11-20", at, 10, 99.5, rows))
    assert [one.at for one in alerts.triggered("anna", 10)] == [NOW + 1, NOW]
    assert alerts.triggered("anna", 1)[0].explanation == rows
    assert alerts.triggered("ben", 1) == []
