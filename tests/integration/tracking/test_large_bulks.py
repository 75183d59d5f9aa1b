"""Ten thousand entries in one body: each order counts once, invalid ones are named by index."""

from __future__ import annotations

import json

import pytest

from tests.support.instance import TOKEN, serving

ENTRIES, ORDERS = 10_000, 900


@pytest.fixture(scope="module")
def instance():
    with serving() as running:
        running.set_now("2026-11-18T12:00:00Z")
        running.add_site(ecommerce=1)
        yield running


def entry(number):
    if number % 1000 == 999:
        return {"idsite": "99", "rec": "1"}
    order = number % ORDERS
    moment = 1_794_960_000 + number  # 2026-11-17 and -18: repeats lie on other days too
    return (
        f"?idsite=1&rec=1&idgoal=0&ec_id=order-{order}&revenue=2&_id={order:016x}&cdt={moment}"
        f"&url=https%3A%2F%2Fshop.example.org%2Fthanks"
    )


@pytest.mark.slow
def test_an_order_counts_once_however_often_a_bulk_repeats_it(instance):
    body = json.dumps({"requests": [entry(number) for number in range(ENTRIES)], "token_auth": TOKEN}).encode()
    answer = instance.send("POST", "/matomo.php", body, {"content-type": "application/json"})
    told = answer.json()
    invalid = ENTRIES // 1000
    assert answer.status == 200
    assert told["tracked"] + told["invalid"] == ENTRIES
    assert set(range(999, ENTRIES, 1000)) <= set(told["invalid_indices"])
    instance.drain()
    goals = instance.api("Goals.get", idSite=1, period="week", date="2026-11-18", idGoal="ecommerceOrder")
    assert (goals["nb_conversions"], goals["revenue"]) == (ORDERS, 2 * ORDERS)
    filtered = instance.api("TrackingFilters.getHitsOfUnknownSites", period="week", date="2026-11-18")
    assert [row["nb_hits"] for row in filtered] == [invalid]
