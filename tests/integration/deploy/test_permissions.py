"""Each function's role allows what the function does: the whole flow on moto, every call compared with the template."""

from __future__ import annotations

import base64
import json
import os
import time
from collections import Counter
from fnmatch import fnmatch
from typing import Any
from unittest import mock
from urllib.parse import quote, urlencode

import boto3
import pytest

from tests.support.aws_calls import Call, recording
from tests.support.function_answers import body_of
from tests.support.template import Deployment, deployed, translated_template
from tidemark import bootstrap
from tidemark.clock import SystemClock
from tidemark.config import Config
from tidemark.local.functions import Functions
from tidemark.local.queue_events import schedule_event, sqs_event
from tidemark.local.template import find_template, read_wiring
from tidemark.stores.ports import Message, Stores

pytestmark = pytest.mark.slow

TOKEN = "0123456789abcdef0123456789abcdef"
GONE = "-gone"
"""Behind a queue's URL: that queue does not exist, so collect has to spill."""
FUNCTIONS = ("Collect", "Ingest", "Plan", "Build", "Housekeep", "Erase", "Report")
EVENTS = find_template().parent / "tests" / "events"
RESOURCES = {
    "HitsQueue": "TIDEMARK_HITS_QUEUE_URL",
    "HitsDeadQueue": "TIDEMARK_HITS_DEAD_QUEUE_URL",
    "ArchiveQueue": "TIDEMARK_ARCHIVE_QUEUE_URL",
    "Bucket": "TIDEMARK_BUCKET",
    "ArchiveNumericTable": "TIDEMARK_ARCHIVE_NUMERIC_TABLE",
    "ArchiveStateTable": "TIDEMARK_ARCHIVE_STATE_TABLE",
    "RegistryTable": "TIDEMARK_REGISTRY_TABLE",
}
QUESTIONS = (
    {
        "method": "SitesManager.addSite",
        "siteName": "Another",
        "urls[0]": "https://example.org",
        "timezone": "Asia/Tokyo",
    },
    {"method": "SitesManager.updateSite", "idSite": 2, "siteName": "Renamed"},
    {"method": "UsersManager.addUser", "userLogin": "anna", "password": "a-long-secret", "email": "anna@example.org"},
    {"method": "UsersManager.setUserAccess", "userLogin": "anna", "access": "view", "idSites": "1"},
    {"method": "Annotations.add", "idSite": 1, "date": "2026-01-01", "note": "Hello"},
    {"method": "Annotations.deleteAll", "idSite": 1},
    {"method": "CoreAdminHome.invalidateArchivedReports", "idSites": "1", "dates": "today", "period": "day"},
    {"method": "CoreAdminHome.getArchivingState"},
    {"method": "CoreAdminHome.runCronArchiving"},
    {"method": "CoreAdminHome.archiveReports", "idSite": 1, "period": "day", "date": "today"},
    {"method": "CoreAdminHome.deleteAllTrackingFailures"},
    {"method": "VisitsSummary.get", "idSite": 1, "period": "month", "date": "today"},
    {"method": "Actions.getPageUrls", "idSite": 1, "period": "range", "date": "last30"},
    {"method": "VisitsSummary.get", "idSite": 1, "period": "day", "date": "today", "segment": "browserCode==FF"},
    {"method": "Live.getLastVisitsDetails", "idSite": 1, "period": "day", "date": "today"},
    {"method": "SitesManager.deleteSite", "idSite": 2, "passwordConfirmation": "x"},
    {"method": "UsersManager.deleteUser", "userLogin": "anna", "passwordConfirmation": "x"},
)


@pytest.fixture(scope="module")
def used():
    """What the functions called, by function."""
    with deployed() as stack, recording(stack.endpoint) as (address, calls):
        run_the_flow(stack, address)
    return calls, stack.names


@pytest.mark.parametrize("function", FUNCTIONS)
def test_role_when_its_function_does_its_work(function, used):
    calls, names = used
    own = [call for call in calls if call.caller == function and not call.resource.endswith(GONE)]
    assert own, "the flow did not reach the function"
    refused = {(call.action, call.resource) for call in own if not allows(function, call, names)}
    assert refused == set()


def run_the_flow(stack: Deployment, address: str) -> None:
    set_up(stack)
    call = Caller(stack, address)
    event = recorded("function_url_get")
    assert call("Collect", event)["statusCode"] == 204
    assert call("Collect", {**event, "rawQueryString": "idsite=99&rec=1"})["statusCode"] == 400
    with mock.patch.dict(os.environ, {"TIDEMARK_HITS_QUEUE_URL": stack.names["TIDEMARK_HITS_QUEUE_URL"] + GONE}):
        assert Caller(stack, address)("Collect", event)["statusCode"] == 204  # spilled
    with mock.patch.dict(os.environ, stack.environment):
        stores = bootstrap.aws_stores()
    call("Plan", schedule_event("rule", 0))
    hits = stores.hits.receive(100, 60)
    assert len(hits) >= 2
    poison = [*hits, hits[0].__class__("bad", b"{}", "r", 1, 0.0)]
    assert len(call("Ingest", sqs_event(poison, "HitsQueue"))["batchItemFailures"]) == 1
    call("Ingest", sqs_event(hits, "HitsQueue"))
    assert call("Plan", schedule_event("rule", 0))["jobs"] > 0
    jobs = stores.archive.receive(100, 60)
    assert jobs
    make_a_giant_day(stores, call, jobs)
    for question in QUESTIONS:
        assert call("Report", api_event(question))["statusCode"] < 500, question
    for name in "abcd":
        (key, *_) = [info.key for info in stores.objects.listing("hits/")]
        stores.objects.put(f"{key.rpartition('/')[0]}/{name}.parquet", stores.objects.get(key).data)
    tidy_up(stack, call)
    found = call(
        "Report", api_event({"method": "PrivacyManager.findDataSubjects", "idSite": 1, "segment": "actions>0"})
    )
    (visit, *_) = json.loads(body_of(found))
    named = {"visits[0][idsite]": 1, "visits[0][idvisit]": visit["idVisit"]}
    assert call("Report", api_event({"method": "PrivacyManager.deleteDataSubjects", **named}))["statusCode"] == 200
    hidden = {"idSites": "all", "date": "2020-01-01,2039-12-31", "anonymizeIp": 1, "anonymizeUserId": 1}
    ordered = call("Report", api_event({"method": "PrivacyManager.anonymizeSomeRawData", **hidden}))
    assert ordered["statusCode"] == 200
    assert call("Erase", schedule_event("rule", 0)) == {"erasures": 1, "anonymisations": 1}
    call("Plan", schedule_event("rule", 0))  # raw data stay until their day is archived
    call("Build", sqs_event(stores.archive.receive(100, 60), "ArchiveQueue"))
    settings = {"Deletelogs.delete_logs_enable": True, "Deletelogs.delete_logs_schedule_lowest_interval": 1}
    years_later(stack, call, settings)


def make_a_giant_day(stores: Stores, call: Caller, jobs: list[Message]) -> None:
    """Do archive jobs where a day of two hits is a giant: its parts are jobs of the template's queue."""
    parts: set[str] = set()
    with mock.patch("tidemark.sessions.parts.LEAST_HITS", 1):
        call.forget("Build", archive_memory_mb=1)
        while jobs:
            assert call("Build", sqs_event(jobs, "ArchiveQueue")) == {"batchItemFailures": []}
            stores.archive.delete([job.receipt for job in jobs])
            jobs = stores.archive.receive(100, 60)
            parts |= {json.loads(job.body)["part"]["stage"] for job in jobs if "part" in json.loads(job.body)}
    assert parts == {"log", "archive"}
    call.forget("Build")


def tidy_up(stack: Deployment, call: Caller) -> None:
    """What is due days later, then the retention of reports."""
    done: Counter[str] = Counter()
    for hours in (3 * 24, 3 * 24 + 7):
        call.clock_ahead_seconds = hours * 3600
        done.update(call("Housekeep", schedule_event("rule", 0)))
    assert done["merged_hit_files"] >= 4
    assert done["deleted_hit_files"] >= 4
    assert years_later(stack, call, {"Deletereports.delete_reports_enable": True})["stripped_archives"]


def years_later(stack: Deployment, call: Caller, settings: dict[str, Any]) -> Counter[str]:
    """What housekeeping does two years later under some settings."""
    with mock.patch.dict(os.environ, stack.environment):
        boto3.setup_default_session()
        bootstrap.Instance(Config(), SystemClock()).registry().set_settings(settings)
    done: Counter[str] = Counter()
    for hours in (0, 2, 4):
        call.clock_ahead_seconds = (2 * 366 * 24 + hours) * 3600
        done.update(call("Housekeep", schedule_event("rule", 0)))
    call.clock_ahead_seconds = 0
    return done


class AheadClock:
    """The real time, and so many seconds."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def now(self) -> float:
        return time.time() + self._call.clock_ahead_seconds


class Caller:
    """Calls functions, each with credentials of its own, through the recording proxy."""

    def __init__(self, stack: Deployment, address: str) -> None:
        self._stack = stack
        self._address = address
        self._instances: dict[str, bootstrap.Instance] = {}
        self.clock_ahead_seconds = 0
        self.archive_memory_mb = Config().archive_memory_mb

    def forget(self, function: str, archive_memory_mb: int = Config().archive_memory_mb) -> None:
        """Let the function start anew, with so much memory."""
        self._instances.pop(function, None)
        self.archive_memory_mb = archive_memory_mb

    def __call__(self, function: str, event: dict[str, Any]) -> Any:
        own = {
            **self._stack.environment,
            "AWS_ENDPOINT_URL": self._address,
            "AWS_ACCESS_KEY_ID": function,
            "TIDEMARK_HITS_QUEUE_URL": os.environ.get(
                "TIDEMARK_HITS_QUEUE_URL", self._stack.names["TIDEMARK_HITS_QUEUE_URL"]
            ),
            "POWERTOOLS_METRICS_DISABLED": "true",
            "POWERTOOLS_METRICS_NAMESPACE": "Tidemark",
        }
        with mock.patch.dict(os.environ, own), mock.patch.object(bootstrap, "_installed", []) as installed:
            boto3.setup_default_session()
            if function not in self._instances:
                self._instances[function] = bootstrap.Instance(
                    Config(snapshot_age_seconds=0, erase_on_call=False, archive_memory_mb=self.archive_memory_mb),
                    AheadClock(self),
                )
            installed.append(self._instances[function])
            return Functions(read_wiring(find_template()).functions).call(f"{function}Function", event)


def set_up(stack: Deployment) -> None:
    """A site and a superuser, made by the one who deployed."""
    from tidemark.model.site import Site

    with mock.patch.dict(os.environ, stack.environment):
        boto3.setup_default_session()
        registry = bootstrap.Instance(Config(), SystemClock()).registry()
        registry.create_superuser("admin", TOKEN)
        registry.add_site(Site(0, "Shop", "https://shop.example.org", 0))


def recorded(name: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def api_event(question: dict[str, Any]) -> dict[str, Any]:
    form = urlencode({"module": "API", "format": "json", "token_auth": TOKEN, **question}, quote_via=quote)
    return {**recorded("rest_api_post"), "body": base64.b64encode(form.encode()).decode()}


def allows(function: str, call: Call, names: dict[str, str]) -> bool:
    """Whether one of the role's statements covers the call."""
    role = translated_template()["Resources"][f"{function}Role"]["Properties"]
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            if call.action in statement["Action"] and any(covers(one, call.resource, names) for one in resources):
                return True
    return False


def covers(resource: dict[str, Any], used: str, names: dict[str, str]) -> bool:
    if "Fn::Sub" in resource:
        return fnmatch(used, resource["Fn::Sub"].replace("${Bucket.Arn}", names["TIDEMARK_BUCKET"]))
    logical_id = resource["Fn::GetAtt"][0]
    return logical_id in RESOURCES and names[RESOURCES[logical_id]] == used
