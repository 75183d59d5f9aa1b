"""Calls of AWS per 1,000 hits, counted on an emulated AWS with the resources of template.yaml, and what they cost.

A proxy counts what the functions' handlers send. The arithmetic for a million hits, of a site that has as many a day:

* collect, per hit: the counted calls, one invocation, its CPU, and WAIT_SECONDS for the queue at 512 MB;
* ingest, per batch of BATCH hits (20 s of such a site): the counted calls, one invocation, its CPU; Lambda's poller
  receives and deletes ten messages a request;
* plan, every minute: the counted calls, one invocation, its CPU;
* build, every REFRESH_SECONDS of the day: the counted calls of four jobs (day, week, month, year), their CPU, and the CPU
  of refreshing half a million hits, as `refresh` measured it (results.json), else REFRESH_CPU_SECONDS.

Storage is told apart: it is paid by the month.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import prices
import tracking_load

HERE = Path(__file__).resolve().parent
HITS, BATCH = 690, 230
DAY_SECONDS, REFRESH_SECONDS = 86_400, 900
WAIT_SECONDS, COLLECT_GB = 0.010, 0.5
REFRESH_CPU_SECONDS = 15.0


class Meter:
    """Calls and their price, by service and operation."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.messages: list[bytes] = []
        """What was sent to queues."""
        self.dollars = 0.0

    def note(self, method: str, path: str, target: str, sent: bytes, answered: int) -> None:
        """Count a request."""
        service, _, operation = target.partition(".")
        if service.startswith("AmazonSQS"):
            if operation == "SendMessage":
                self.messages.append(json.loads(sent)["MessageBody"].encode())
            self.dollars += prices.SQS_REQUEST * max(1, -(-len(sent) // 65_536))
        elif service.startswith("DynamoDB"):
            is_write = operation.startswith(("Put", "Update", "Delete", "BatchWrite", "Transact"))
            unit = prices.DYNAMODB_WRITE_UNIT if is_write else prices.DYNAMODB_READ_UNIT
            self.dollars += unit * max(1, -(-len(sent) // 1024) if is_write else -(-answered // 4096))
        else:
            is_listing = method == "GET" and "list-type" in parse_qs(urlsplit(path).query)
            operation = "List" if is_listing else method.capitalize()
            service = "S3"
            is_read = method in {"GET", "HEAD"} and not is_listing
            self.dollars += prices.S3_READ if is_read else prices.S3_WRITE * (method != "DELETE")
        self.calls[f"{service.split('_')[0]}.{operation}"] += 1


@contextmanager
def counted(endpoint: str, meter: list[Meter]) -> Iterator[str]:
    """An address that passes everything on and counts it on the last meter."""
    target = urlsplit(endpoint)

    class Proxy(BaseHTTPRequestHandler):
        """Passes requests on."""

        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
            connection.request(self.command, self.path, body or None, dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
            meter[-1].note(self.command, self.path, self.headers.get("x-amz-target") or "", body, len(content))
            self.send_response_only(answer.status)
            hidden = {"connection", "date", "transfer-encoding", "content-length"}
            for name, value in answer.getheaders():
                if name.lower() not in hidden:
                    self.send_header(name, value)
            length = answer.getheader("content-length") if self.command == "HEAD" else None
            self.send_header("content-length", length or str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            connection.close()

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass  # noqa: N815 - the library's names

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


def deploy(endpoint: str) -> None:
    """Make the template's resources there, and let the environment name them."""
    import boto3  # noqa: PLC0415 - only this benchmark needs it

    from tidemark.local import deploy as deployment  # noqa: PLC0415
    from tidemark.local.emulator import emulated_environment  # noqa: PLC0415
    from tidemark.local.template import find_template  # noqa: PLC0415

    os.environ |= emulated_environment(endpoint)
    os.environ |= deployment.deploy(boto3.Session(), find_template())


def step(meters: list[Meter], work: Callable[[], Any]) -> tuple[Meter, float]:
    """What some work calls, and its CPU seconds."""
    meters.append(Meter())
    started = time.thread_time()
    work()
    return meters[-1], time.thread_time() - started


def run_build() -> None:
    """Do all jobs of the archive queue."""
    from tidemark import bootstrap  # noqa: PLC0415

    instance = bootstrap.instance()
    queue, builder = instance.stores().archive, instance.builder()
    while messages := queue.receive(10, 60):
        for message in messages:
            builder.run(message.body)
            queue.delete([message.receipt])


def sqs_event(bodies: list[bytes]) -> dict[str, Any]:
    """A batch as Lambda hands it to ingest."""
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "0"}
    records = [
        {"messageId": str(number), "receiptHandle": "", "body": body.decode(), "attributes": attributes}
        for number, body in enumerate(bodies)
    ]
    return {
        "Records": [{**record, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:::hits"} for record in records]
    }


def measure() -> dict[str, dict[str, Any]]:
    from tidemark.local.emulator import emulator  # noqa: PLC0415

    meters = [Meter()]
    with emulator() as direct, counted(direct, meters) as endpoint:
        deploy(direct)
        os.environ["AWS_ENDPOINT_URL"] = endpoint
        for name in list(os.environ):
            if name.startswith("TIDEMARK_") and name.endswith("_URL"):
                os.environ[name] = endpoint + urlsplit(os.environ[name]).path
        os.environ |= {"POWERTOOLS_METRICS_NAMESPACE": "Tidemark", "POWERTOOLS_SERVICE_NAME": "bench"}
        sys.path.insert(0, str(HERE.parent / "functions" / "track"))
        from tidemark import bootstrap  # noqa: PLC0415

        instance = bootstrap.instance()
        from tidemark.model.site import Site  # noqa: PLC0415

        instance.registry().add_site(Site(0, "Shop", "https://shop.example.org", ts_created=1_700_000_000))
        import collect  # noqa: PLC0415
        import ingest  # noqa: PLC0415

        events = list(tracking_load.events(HITS, 1, tracking_load.user_agents(40)))
        collect.handler(events[0], None)  # what is loaded once per container is no cost of a hit
        collecting, collect_cpu = step(meters, lambda: [collect.handler(event, None) for event in events[1:]])
        batches = [collecting.messages[start : start + BATCH] for start in range(0, HITS - 1, BATCH)]
        ingest.handler(sqs_event(batches[0]), None)
        ingesting, ingest_cpu = step(meters, lambda: [ingest.handler(sqs_event(one), None) for one in batches[1:]])
        planning, plan_cpu = step(meters, lambda: instance.planner().plan())
        building, build_cpu = step(meters, run_build)
    return figures(
        (collecting, collect_cpu / (HITS - 1)),
        (ingesting, ingest_cpu / (len(batches) - 1), len(batches) - 1),
        (planning, plan_cpu),
        (building, build_cpu),
    )


def figures(
    collecting: tuple[Meter, float],
    ingesting: tuple[Meter, float, int],
    planning: tuple[Meter, float],
    building: tuple[Meter, float],
) -> dict[str, dict[str, Any]]:
    """Calls per 1,000 hits and dollars per million, as the module says."""
    million = 1_000_000
    refresh = json.loads(Path(HERE, "results.json").read_text()) if Path(HERE, "results.json").exists() else {}
    refresh_cpu = refresh.get("incremental_minute_cpu_s", {"value": REFRESH_CPU_SECONDS})["value"] / 2
    batches, minutes, refreshes = million / BATCH, DAY_SECONDS / 60, DAY_SECONDS / REFRESH_SECONDS
    per_hit, per_batch = 1 / (HITS - 1), 1 / ingesting[2]

    def function(times: float, cpu: float, waiting: float = 0.0) -> float:
        gb_seconds = cpu * prices.GB_PER_VCPU + waiting
        return times * (prices.LAMBDA_REQUEST + gb_seconds * prices.LAMBDA_GB_SECOND)

    dollars = {
        "collect": million * collecting[0].dollars * per_hit
        + function(million, collecting[1], WAIT_SECONDS * COLLECT_GB),
        "ingest": batches * ingesting[0].dollars * per_batch
        + function(batches, ingesting[1])
        + million / 10 * 2 * prices.SQS_REQUEST,
        "plan": minutes * planning[0].dollars + function(minutes, planning[1]),
        "build": refreshes * building[0].dollars
        + 4 * function(refreshes, building[1] / 4)
        + function(refreshes, refresh_cpu),
    }
    calls = {
        "collect": sum(collecting[0].calls.values()) * per_hit * 1000,
        "ingest": sum(ingesting[0].calls.values()) * per_batch * 1000 / BATCH + 1000 / 10 * 2,
        "plan": sum(planning[0].calls.values()) * minutes / 1000,
        "build": sum(building[0].calls.values()) * refreshes / 1000,
    }
    named = zip(("collect", "ingest", "plan", "build"), (collecting, ingesting, planning, building), strict=True)
    for name, part in named:
        print(name, dict(part[0].calls), f"{part[1]:.4f} s CPU, ${dollars[name]:.3f} per million", file=sys.stderr)
    found = {
        "aws_calls_per_1000_hits": {"value": sum(calls.values()), "unit": "calls", "target": None},
        "usd_per_million_hits": {"value": sum(dollars.values()), "unit": f"USD ({prices.DATED})", "target": None},
    }
    for name, price in dollars.items():
        found[f"aws_calls_{name}_per_1000_hits"] = {"value": calls[name], "unit": "calls", "target": None}
        found[f"usd_{name}_per_million_hits"] = {"value": price, "unit": "USD", "target": None}
    return found


if __name__ == "__main__":
    for name, figure in measure().items():
        print(f"{name:36} {figure['value']:>10.3f} {figure['unit']}")
