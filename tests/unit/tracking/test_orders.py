"""Order ids are unique over all time. Source: Matomo 5.2, tracking behaviour, section 12; parameter ec_id."""

from __future__ import annotations

import orjson
import pytest

from tests.support.tracking import SITE, snapshot, tracker
from tidemark.model.site import Site
from tidemark.stores.ports import UnavailableError
from tidemark.tracking.orders import MOST_CHECKED, ORDERS_PREFIX, order_of

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


def test_only_some_orders_of_a_bulk_are_looked_up_before_it_is_answered():
    instance = tracker()
    requests = [f"?{ORDER.replace('A1', f'B{number}')}" for number in range(MOST_CHECKED + 10)]
    instance.collect(method="POST", body=orjson.dumps({"requests": requests}))
    assert sum(key.startswith(ORDERS_PREFIX) for key in instance.objects.stored) == MOST_CHECKED


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
