"""Counts what the functions do on an emulated AWS (`make cost`), and tells what months of traffic cost.

The counts go to the cost plugin's counts.json, the table to docs/cost.md; what is assumed stands in the plugin's model.py.
A run of a function that was seen before is counted, so that what is loaded once per start is left out.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cost_table
import tracking_load
from cost_meter import CountedLog, Meter, counted
from tidemark.plugins.cost import model
from tidemark.plugins.cost.model import Work

HERE = Path(__file__).resolve().parent
COUNTS = Path(model.__file__).with_name("counts.json")
SINGLE, BULKS, BULK = 690, 30, 10
SEEN, SMALL, LARGE = 210, 70, 409
PART = 53
ONE_THREAD = frozenset({"collect", "collect_bulk"})
FUNCTION_PLACES = ("track", "archive", "report")
EVENT = {"time": "2026-11-21T12:30:00Z"}


class LambdaContext:
    """What handlers ask of their context."""

    function_name = memory_limit_in_mb = aws_request_id = invoked_function_arn = ""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Time enough."""
        return 900_000


def deploy(endpoint: str) -> None:
    """Make the template's resources there, and let the environment name them."""
    import boto3  # noqa: PLC0415 - only this benchmark needs it

    from tidemark.local import deploy as deployment  # noqa: PLC0415
    from tidemark.local.emulator import emulated_environment  # noqa: PLC0415
    from tidemark.local.template import find_template  # noqa: PLC0415

    os.environ |= emulated_environment(endpoint)
    os.environ |= deployment.deploy(boto3.Session(), find_template())


class Counting:
    """Runs work and counts it."""

    def __init__(self, meters: list[Meter], log: CountedLog) -> None:
        self._meters, self._log = meters, log
        self.calls: dict[str, dict[str, float]] = {}
        self.work: dict[str, Work] = {}

    def run(self, name: str, do: Callable[[], Any], *, times: int = 1, hits: float = 0, answered: int = 0) -> Meter:
        """Do it and note it as `times` runs of the function."""
        meter = Meter()
        self._meters.append(meter)
        logged, began, began_here = self._log.bytes, time.process_time(), time.thread_time()
        do()
        cpu = time.process_time() - began - meter.cpu_seconds
        if name in ONE_THREAD:  # so that no part of the proxy is counted
            cpu = time.thread_time() - began_here
        names = ("sqs_requests", "s3_writes", "s3_reads", "write_units", "read_units", "bytes_stored")
        numbers = {one: meter.used[one] / times for one in names}
        log_bytes = (self._log.bytes - logged) / times
        calls = sum(meter.calls.values()) / times
        seconds = cpu / times
        if name in self.work:  # other processes of the machine only ever add
            seconds = min(seconds, self.work[name].cpu_seconds)
        self.work[name] = Work(hits, calls, seconds, **numbers, bytes_answered=answered, log_bytes=log_bytes)
        self.calls[name] = {call: count / times for call, count in sorted(meter.calls.items())}
        return meter


def sqs_event(bodies: list[bytes]) -> dict[str, Any]:
    """A batch as Lambda hands it to a function."""
    records = [
        {
            "messageId": str(number),
            "receiptHandle": "",
            "body": body.decode(),
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "0"},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:jobs",
        }
        for number, body in enumerate(bodies)
    ]
    return {"Records": records}


def answered_bytes(answer: dict[str, Any]) -> int:
    """Of an answer to the client, with what the CDN adds to its head."""
    added = 250
    return (
        len(answer["body"]) * 3 // 4
        + sum(len(f"{name}: {text}\r\n") for name, text in answer["headers"].items())
        + added
    )


@contextlib.contextmanager
def instance() -> Iterator[Counting]:
    """The template's resources with one site, and what counts there."""
    from tidemark.local.emulator import emulator  # noqa: PLC0415

    meters, log = [Meter()], CountedLog()
    quiet = contextlib.redirect_stderr(log), contextlib.redirect_stdout(log)
    with emulator() as direct, counted(direct, meters) as endpoint, quiet[0], quiet[1]:
        deploy(direct)
        os.environ["AWS_ENDPOINT_URL"] = endpoint
        for name in list(os.environ):
            if name.startswith("TIDEMARK_") and name.endswith("_URL"):
                os.environ[name] = endpoint + urlsplit(os.environ[name]).path
        os.environ |= {"POWERTOOLS_METRICS_NAMESPACE": "Tidemark", "POWERTOOLS_SERVICE_NAME": "tidemark"}
        os.environ |= {"TIDEMARK_SNAPSHOT_AGE_SECONDS": "300", "TIDEMARK_ERASE_ON_CALL": "0"}
        sys.path[:0] = [str(HERE.parent / "functions" / place) for place in FUNCTION_PLACES]
        from tidemark import bootstrap  # noqa: PLC0415
        from tidemark.model.site import Site  # noqa: PLC0415

        registry = bootstrap.instance().registry()
        registry.add_site(Site(0, "Shop", "https://shop.example.org", ts_created=1_700_000_000))
        registry.create_superuser("admin", tracking_load.TOKEN)
        yield Counting(meters, log)


def count() -> Counting:
    """All functions at work."""
    with instance() as counting:
        _count_schedules(counting)
        _count_tracking(counting)
        _count_archiving(counting)
        return counting


def _count_schedules(counting: Counting) -> None:
    """An idle instance: what runs by the clock."""
    import deliver  # noqa: PLC0415 - of the functions
    import erase  # noqa: PLC0415
    import housekeep  # noqa: PLC0415
    import plan  # noqa: PLC0415

    context = LambdaContext()
    for name, handler in (("plan", plan.handler), ("erase", erase.handler), ("deliver", deliver.handler)):
        handler(EVENT, context)
        counting.run(name, lambda handler=handler: handler(EVENT, context))
    housekeep.handler(EVENT, context)
    counting.run("housekeep", lambda: housekeep.handler(EVENT, context))


def _count_tracking(counting: Counting) -> None:
    import collect  # noqa: PLC0415 - of the functions
    import ingest  # noqa: PLC0415

    agents = tracking_load.user_agents(40)
    events = list(tracking_load.events(SINGLE, 1, agents))
    size = answered_bytes(collect.handler(events[0], None))
    parts = [events[first : first + PART] for first in range(1, SINGLE, PART)]
    messages: list[bytes] = []
    for part in parts:
        messages += counting.run(
            "collect",
            lambda part=part: [collect.handler(one, None) for one in part],
            times=len(part),
            hits=1,
            answered=size,
        ).messages
    bulks = list(tracking_load.events(BULKS * BULK, BULK, agents))
    size = answered_bytes(collect.handler(bulks[0], None))
    counting.run(
        "collect_bulk",
        lambda: [collect.handler(one, None) for one in bulks[1:]],
        times=BULKS - 1,
        hits=BULK,
        answered=size,
    )
    ingest.handler(sqs_event(messages[:SEEN]), None)  # with every user agent
    first, second = messages[SEEN : SEEN + SMALL], messages[SEEN + SMALL : SEEN + SMALL + LARGE]
    counting.run("ingest", lambda: ingest.handler(sqs_event(first), None), hits=len(first))
    counting.run("ingest_large", lambda: ingest.handler(sqs_event(second), None), hits=len(second))


def _count_archiving(counting: Counting) -> None:
    import build  # noqa: PLC0415 - of the functions
    import plan  # noqa: PLC0415

    from tidemark import bootstrap  # noqa: PLC0415

    context, queue = LambdaContext(), bootstrap.instance().stores().archive

    def run_jobs() -> None:
        while messages := queue.receive(10, 60):
            for message in messages:
                build.handler(sqs_event([message.body]), context)
            queue.delete([message.receipt for message in messages])

    plan.handler(EVENT, context)
    run_jobs()
    counting.run("plan_active", lambda: plan.handler(EVENT, context))
    _send_more_hits(counting)
    queue.send_batch([job.to_message() for job in _jobs_of_today()])
    counting.run("build", run_jobs)
    _count_report(counting)


def _send_more_hits(counting: Counting) -> None:
    import collect  # noqa: PLC0415 - of the functions
    import ingest  # noqa: PLC0415

    events = list(tracking_load.events(50, 1, tracking_load.user_agents(40)))
    sent = counting.run("collect_more", lambda: [collect.handler(one, None) for one in events])
    ingest.handler(sqs_event(sent.messages), None)
    del counting.work["collect_more"], counting.calls["collect_more"]


def _jobs_of_today() -> list[Any]:
    from tidemark.archiving.job import Job  # noqa: PLC0415
    from tidemark.model.period import Period, parents_of  # noqa: PLC0415

    today = datetime.now(UTC).date()
    return [Job(1, period, "") for period in (Period.day(today), *parents_of(today))]


def _count_report(counting: Counting) -> None:
    from tidemark import bootstrap  # noqa: PLC0415
    from tidemark.reporting.request import ApiRequest  # noqa: PLC0415

    form = (
        "module=API&format=json&method=Actions.getPageUrls&idSite=1&period=day&date=today"
        f"&token_auth={tracking_load.TOKEN}"
    )
    reporter = bootstrap.instance().reporter()
    reporter.handle(ApiRequest(form=form))
    counting.run("report", lambda: reporter.handle(ApiRequest(form=form)))


def measure() -> dict[str, dict[str, Any]]:
    """For the benchmark table: calls of tracking per 1,000 hits, and dollars by the counts of this run."""
    counting = count()
    figures = cost_table.targets()
    calls = {name: 1000 / work.hits * work.calls for name, work in counting.work.items() if work.hits}
    figures |= {
        f"aws_calls_{name}_per_1000_hits": {"value": n, "unit": "calls", "target": None} for name, n in calls.items()
    }
    return figures


def write(counting: Counting) -> None:
    """What was counted, for the model."""
    document = {
        "calls": counting.calls,
        "work": {
            name: {key: float(f"{value:.6g}") for key, value in asdict(work).items()}
            for name, work in counting.work.items()
        },
    }
    COUNTS.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    model.counts.cache_clear()


if __name__ == "__main__":
    found = count()
    if "--check" in sys.argv:
        sys.stdout.write(json.dumps(found.calls))
    else:
        write(found)
        cost_table.write()
        sys.stdout.write(cost_table.text())
