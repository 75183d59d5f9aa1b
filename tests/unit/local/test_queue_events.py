"""Queue batches and schedules as events."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tidemark.local.queue_events import failed_ids, schedule_event, sqs_event
from tidemark.stores.ports import Message

EVENTS = Path(__file__).parents[2] / "events"


def message(number: int) -> Message:
    return Message(f"m{number}", b"{}", f"r{number}", 1, 1795262400.25)


def test_sqs_event_when_compared_with_the_recorded_one():
    one = Message(
        "19dd0b57-b21e-4ac1-bd88-01bbb068cb78",
        '{"hello":"Grüße"}'.encode(),
        "MessageReceiptHandle",
        2,
        1795262400.25,
    )
    assert sqs_event([one], "HitsQueue") == json.loads((EVENTS / "sqs.json").read_text(encoding="utf-8"))


def test_schedule_event_when_compared_with_the_recorded_one():
    expected = json.loads((EVENTS / "schedule.json").read_text(encoding="utf-8"))
    event = schedule_event("PlanFunctionEveryMinute", 1795262400.9)
    assert {**event, "id": ""} == {**expected, "id": ""}


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "m2"}]}, {"m2"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"m1", "m2"}),
        ({"batchItemFailures": [{"itemIdentifier": "m1"}, {"itemIdentifier": "other"}]}, {"m1", "m2"}),
    ],
)
def test_failed_ids(answer, failed):
    assert failed_ids(answer, [message(1), message(2)]) == failed
