"""A superuser sees what the month costs."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from tests.unit.functions.conftest import TOKEN
from tidemark.reporting.request import ApiRequest


def estimate(instance, token=TOKEN):
    form = {"module": "API", "format": "json", "method": "Cost.getMonthlyEstimate", "token_auth": token}
    return json.loads(instance.reporter().handle(ApiRequest(form=urlencode(form))).body)


def test_an_idle_month_costs_next_to_nothing(instance):
    lines = {row["label"]: row for row in estimate(instance)}
    assert 0 < lines["total"]["usd"] <= 0.30
    assert lines["total"]["hits_so_far"] == 0
    assert lines["total"]["usd_in_free_tier"] == 0
    assert "CDN requests" not in lines


def test_hits_of_the_month_so_far_are_expected_to_go_on(instance, monkeypatch):
    monkeypatch.setattr(
        type(instance.reporter().archives),
        "numbers",
        lambda _self, ids, periods, *_: {(ids[0], periods[0]): {"nb_actions": 1_000_000}},
    )
    total = estimate(instance)[-1]
    assert total["hits_so_far"] == 1_000_000
    assert total["hits_expected"] == round(1_000_000 / 20.5 * 30)  # noon of the 21st
    assert total["usd"] > 1


def test_only_superusers_see_it(instance):
    assert estimate(instance, "0" * 32)["result"] == "error"
