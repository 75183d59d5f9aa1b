"""Order ids are unique over all time. Source: Matomo 5.2, tracking behaviour, section 12; parameter ec_id."""

from __future__ import annotations

from itertools import count

import orjson
import pytest

from tests.support.memory_stores import MemoryObjects
from tests.support.tracking import SITE, snapshot, tracker
from tidemark.model.site import Site
from tidemark.stores.ports import UnavailableError
from tidemark.tracking.orders import LOOK_UP_SECONDS, ORDERS_PREFIX, order_of, repeated_orders

ORDER = "idsite=1&rec=1&idgoal=0&ec_id=A1&revenue=10"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"rec": "1", "idgoal": "0", "ec_id": "A1"}, "A1"),
        ({"rec": "1", "idgoal": "0", "ec_id": "x" * 200}, "x" * 100),
        ({"rec": "1", "idgoal": "0"}, ""),
        ({"rec": "1", "idgoal": "1", "ec_id": "A1"}, ""),
        ({"rec": "1", "ec_id": "A1"}, ""),
        ({"idgoal": "0", "ec_id": "A1"}, ""),
        ({"rec": "1", "idgoal": "0", "ec_id": "A1", "ping": "1"}, ""),
    ],
)
def test_only_orders_are_looked_up(params, expected):
    assert order_of(params) == expected


def test_a_repeated_order_is_answered_400_whatever_the_day():
    instance = tracker()
    assert instance.collect(ORDER).status == 200
    instance.clock.set(instance.clock.now() + 400 * 86_400)
    assert instance.collect(ORDER + "&revenue=12").status == 400
    assert instance.collect(ORDER.replace("A1", "A2")).status == 200


def test_orders_are_the_sites_own():
    instance = tracker(snapshot(SITE, Site(2, "Other", "https://other.example", 0)))
    assert instance.collect(ORDER).status == 200
    assert instance.collect(ORDER.replace("idsite=1", "idsite=2")).status == 200


def test_the_hit_of_a_repeated_order_goes_on_so_that_no_lost_answer_loses_an_order():
    instance = tracker()
    instance.collect(ORDER)
    instance.collect(ORDER)
    assert instance.drain().counts == {"stored": 2, "refused.duplicate_order": 1}


def test_repeated_orders_of_a_bulk_are_reported_by_index():
    instance = tracker()
    requests = [f"?{ORDER}", "?idsite=1&rec=1", f"?{ORDER}", f"?{ORDER.replace('A1', 'A2')}"]
    token = "0123456789abcdef0123456789abcdef"
    answer = instance.collect(method="POST", body=orjson.dumps({"requests": requests, "token_auth": token}))
    assert orjson.loads(answer.body) == {"status": "success", "tracked": 3, "invalid": 1, "invalid_indices": [2]}


def test_orders_of_a_large_bulk_are_all_looked_up_while_there_is_time():
    instance = tracker()
    requests = [f"?{ORDER.replace('A1', f'B{number % 9_000}')}" for number in range(10_000)]
    body = orjson.dumps({"requests": requests, "token_auth": "0123456789abcdef0123456789abcdef"})
    answer = orjson.loads(instance.collect(method="POST", body=body).body)
    assert (answer["tracked"], answer["invalid_indices"]) == (9_000, list(range(9_000, 10_000)))
    assert sum(key.startswith(ORDERS_PREFIX) for key in instance.objects.stored) == 9_000
    assert orjson.loads(instance.collect(method="POST", body=body).body)["invalid"] == 10_000


def test_a_slow_index_is_asked_for_seconds_only_but_repeats_within_a_bulk_are_found():
    objects = MemoryObjects()
    requests = [
        dict(part.split("=") for part in ORDER.replace("A1", f"B{number % 20}").split("&")) for number in range(40)
    ]
    clock = count()  # each look is a second later
    repeated = repeated_orders(requests, (), objects, "salt", lambda: next(clock))
    assert [place for place, _ in repeated] == list(range(20, 40))
    assert len(objects.stored) == LOOK_UP_SECONDS - 1


def test_no_order_is_refused_when_the_index_is_away():
    instance = tracker()

    def away(*_args, **_more):
        raise UnavailableError("away")

    instance.objects.put = away
    assert [instance.collect(ORDER).status for _ in range(2)] == [200, 200]


def test_ordinary_hits_ask_no_store():
    instance = tracker()
    instance.collect("idsite=1&rec=1&url=https%3A%2F%2Fshop.example.org%2F")
    assert instance.objects.stored == {}


def test_the_index_does_not_show_order_ids():
    instance = tracker()
    instance.collect(ORDER.replace("A1", "jane-2026"))
    assert all("jane" not in key for key in instance.objects.stored)
