"""The queue and schedule functions with events in their triggers' form, one after the other as on AWS."""

from __future__ import annotations

import base64
import json

import pytest

from tests.support.function_answers import body_of
from tests.unit.functions.conftest import NOON, TOKEN
from tidemark.local.functions import Functions
from tidemark.local.queue_events import schedule_event, sqs_event
from tidemark.local.template import find_template, read_wiring
from tidemark.stores.ports import Message

EVENTS = find_template().parent / "tests" / "events"


@pytest.fixture
def call(instance):
    return Functions(read_wiring(find_template()).functions).call


def recorded(name: str) -> dict:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def form(method: str) -> str:
    """The body of a call of the API about today, in base64."""
    text = f"module=API&method={method}&idSite=1&period=day&date=today&format=json&token_auth={TOKEN}"
    return base64.b64encode(text.encode()).decode()


def deliver(queue, function: str, call) -> dict:
    """Deliver what a queue holds and delete what was taken; the function's answer."""
    messages = queue.receive(100, 30)
    answer = call(function, sqs_event(messages, "Queue"))
    failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
    queue.delete([message.receipt for message in messages if message.id not in failed])
    return answer


def test_functions_when_a_hit_goes_all_the_way(instance, call):
    assert call("CollectFunction", recorded("function_url_get"))["statusCode"] == 204
    assert deliver(instance.stores().hits, "IngestFunction", call) == {"batchItemFailures": []}
    assert instance.stores().hits.depth().total == 0
    planned = call("PlanFunction", schedule_event("PlanFunctionEveryMinute", NOON))
    assert planned["spilled"] == 0
    assert planned["jobs"] >= 4  # day, week, month, year
    assert call("PlanFunction", schedule_event("PlanFunctionEveryMinute", NOON))["jobs"] == 0
    assert deliver(instance.stores().archive, "BuildFunction", call) == {"batchItemFailures": []}
    assert instance.stores().archive.depth().total == 0
    assert call("PlanFunction", schedule_event("PlanFunctionEveryMinute", NOON))["jobs"] == 0
    answer = call("ReportFunction", {**recorded("rest_api_post"), "body": form("VisitsSummary.getVisits")})
    assert json.loads(body_of(answer)) == {"value": 1}


def test_ingest_when_a_message_is_none_of_ours(instance, call):
    call("CollectFunction", recorded("function_url_get"))
    good = instance.stores().hits.receive(1, 30)
    bad = Message("bad", b'{"no": "envelope"}', "r", 1, NOON)
    answer = call("IngestFunction", sqs_event([*good, bad], "HitsQueue"))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}


def test_plan_when_collect_had_to_spill(instance, call):
    call("CollectFunction", recorded("function_url_get"))
    queue = instance.stores().hits
    (message,) = queue.receive(1, 30)
    queue.delete([message.receipt])
    instance.stores().objects.put("spill/2026-11-21/12/a.json", message.body)
    assert call("PlanFunction", schedule_event("PlanFunctionEveryMinute", NOON))["spilled"] == 1
    assert queue.depth().total == 1


def test_housekeep_when_an_old_hour_has_many_files(instance, call):
    call("CollectFunction", recorded("function_url_get"))
    deliver(instance.stores().hits, "IngestFunction", call)
    objects = instance.stores().objects
    (key,) = [info.key for info in objects.listing("hits/")]
    for name in "abcd":
        objects.put(f"{key.rpartition('/')[0]}/{name}.parquet", objects.get(key).data)
    done = call("HousekeepFunction", schedule_event("HousekeepFunctionEveryHour", NOON))
    assert done["merged_hit_files"] == 0
    instance._clock.set(NOON + 48 * 3600)
    done = call("HousekeepFunction", schedule_event("HousekeepFunctionEveryHour", NOON))
    assert done["merged_hit_files"] == 5
    assert done["is_busy"] == 0


def test_build_when_one_job_of_two_fails(instance, call):
    job = {"idsite": 1, "period": "day", "first": "2026-11-21", "last": "2026-11-21", "segment": ""}
    messages = [Message("good", json.dumps(job).encode(), "r1", 1, NOON), Message("bad", b"{}", "r2", 1, NOON)]
    assert call("BuildFunction", sqs_event(messages, "ArchiveQueue")) == {
        "batchItemFailures": [{"itemIdentifier": "bad"}]
    }


def test_build_when_every_job_fails(instance, call):
    messages = [Message("bad", b"{}", "r2", 1, NOON)]
    assert call("BuildFunction", sqs_event(messages, "ArchiveQueue")) == {
        "batchItemFailures": [{"itemIdentifier": "bad"}]
    }


def test_report_when_the_version_is_asked_for(instance, call):
    event = recorded("rest_api_post")
    answer = call("ReportFunction", event)
    assert answer["statusCode"] == 200
    assert "value" in json.loads(body_of(answer))


def test_report_when_the_module_is_unknown(instance, call):
    event = {**recorded("rest_api_get"), "multiValueQueryStringParameters": {"module": ["Nothing"]}}
    assert call("ReportFunction", event)["statusCode"] == 404


def test_report_when_the_reports_fail(instance, call, monkeypatch):
    def fail(*_):
        raise RuntimeError("secret")

    monkeypatch.setattr(type(instance.reporter()), "handle", fail)
    answer = call("ReportFunction", recorded("rest_api_post"))
    assert answer["statusCode"] == 500
    assert b"secret" not in body_of(answer)


@pytest.mark.parametrize(("form_of_answer", "is_base64"), [("json", False), ("csv", True)])
def test_report_when_its_answer_is_text_needs_no_base64(instance, call, form_of_answer, is_base64):
    body = f"module=API&method=API.getMatomoVersion&format={form_of_answer}&token_auth={TOKEN}"
    event = {**recorded("rest_api_post"), "body": base64.b64encode(body.encode()).decode()}
    assert call("ReportFunction", event)["isBase64Encoded"] is is_base64  # CSV is UTF-16
